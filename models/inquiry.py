"""照会: a question to a physician, an insurer or a tax office, with its state and its age."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.items import Code, Note, Record

INQUIRY_KINDS = {"physician": "医師照会", "insurer": "保険者照会", "tax": "税照会", "mild_high_cost": "軽症高額照会"}


class Inquiry(Record):
    """照会の一件; the recorded items of its application (19–21, 28–30, 56–58) follow it in the same transaction."""

    __tablename__ = "inquiry"
    __table_args__ = (
        CheckConstraint("kind IN ('" + "', '".join(INQUIRY_KINDS) + "')", name="kind_is_known"),
        Index("uq_inquiry_open", "application_id", "kind", unique=True, postgresql_where=text("closed_on IS NULL")),
    )

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    kind: Mapped[str] = mapped_column(comment="照会の種類")
    state: Mapped[Code] = mapped_column(comment="照会区分")  # コード表 inquiry
    question: Mapped[Note] = mapped_column(comment="照会内容")
    asked_on: Mapped[date] = mapped_column(comment="照会日")
    due_on: Mapped[date] = mapped_column(comment="回答期限")
    reminded_on: Mapped[date | None] = mapped_column(comment="督促日")
    closed_on: Mapped[date | None] = mapped_column(comment="照会完了日")
    answer: Mapped[Note | None] = mapped_column(comment="回答")
    asked_by: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), comment="照会者")
    batch: Mapped[str | None] = mapped_column(index=True, comment="依頼ファイル")
