"""履歴と訂正: what a row said before it was changed, and every correction with its two people."""

from datetime import datetime
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Identity, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.items import Note, Record


class RecordHistory(Model):  # type: ignore[misc]  # the base has no types
    """前の内容: a row as it stood until *known_until*; written by the database itself at every change (migrations)."""

    __tablename__ = "record_history"
    __table_args__ = (Index("ix_record_history_row", "table_name", "row_id", "known_until"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    table_name: Mapped[str] = mapped_column(comment="表")
    row_id: Mapped[int] = mapped_column(BigInteger, comment="行")
    known_until: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="この内容だった最後の時")
    content: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="内容")


class Correction(Record):
    """訂正: one item of one record; asked for by one person, approved by another, and only then carried out."""

    __tablename__ = "correction"
    __table_args__ = (
        CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="asker_does_not_approve"),
        CheckConstraint("(state = 'asked') = (decided_by IS NULL)", name="decided_by_somebody"),
        Index("ix_correction_recipient", "recipient_id", "id"),
    )

    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"))
    table_name: Mapped[str] = mapped_column(comment="表")
    row_id: Mapped[int] = mapped_column(BigInteger, comment="行")
    attribute: Mapped[str] = mapped_column(comment="項目")
    old_value: Mapped[str | None] = mapped_column(comment="訂正前")
    new_value: Mapped[str | None] = mapped_column(comment="訂正後")
    reason: Mapped[Note] = mapped_column(comment="訂正の理由")
    state: Mapped[str] = mapped_column(server_default="asked", comment="状態")  # asked | approved | rejected
    asked_by: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), comment="訂正を求めた人")
    asked_at: Mapped[datetime] = mapped_column(comment="求めた日時")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), comment="承認した人")
    decided_at: Mapped[datetime | None] = mapped_column(comment="承認日時")
