"""一回限りの鍵: which forms were sent and what the office answered, so that a second sending has no second effect."""

from datetime import datetime

from flask_appbuilder import Model
from sqlalchemy import DateTime, ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column


class FormKey(Model):  # type: ignore[misc]  # the base has no types
    """送られた用紙; written in the transaction that the form caused, so that it exists exactly if its effect does."""

    __tablename__ = "form_key"
    __table_args__ = (Index("ix_form_key_sent_at", "sent_at"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), primary_key=True, comment="送った人")
    key: Mapped[str] = mapped_column(primary_key=True, comment="鍵")
    sent_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now(), comment="時刻")
    location: Mapped[str | None] = mapped_column(comment="答えとして開いた画面")
