"""支援措置: from when until when it is hidden where a person lives, who noted it and who ended it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.items import Note, Record


class Protection(Record):
    """不開示の一件: holds until somebody ends it with a reason; no paper and no import ends it (refused by the table)."""

    __tablename__ = "protection"
    __table_args__ = (
        CheckConstraint("num_nonnulls(ended_on, ended_by, ending_reason) IN (0, 3)", name="ended_by_somebody"),
        CheckConstraint("ended_on >= since", name="ends_after_it_began"),
        Index("uq_protection_open", "recipient_id", unique=True, postgresql_where=text("ended_on IS NULL")),
    )

    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"), index=True)
    since: Mapped[date] = mapped_column(comment="開始日")
    reason: Mapped[Note] = mapped_column(comment="理由")
    # None: brought over from the former system.
    noted_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), comment="登録した人")
    ended_on: Mapped[date | None] = mapped_column(comment="終了日")
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), comment="終了した人")
    ending_reason: Mapped[Note | None] = mapped_column(comment="終了の理由")
    ended_at: Mapped[datetime | None] = mapped_column(comment="終了日時")
