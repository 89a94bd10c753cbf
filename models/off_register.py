"""住登外の登録: a person who is not on the register, keyed by two people who do not see one another's work."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.items import Note, Record


class OffRegisterEntry(Record):
    """住登外の一件: two keyings and who settled them; the register row exists only after they agree (refused by the table)."""

    __tablename__ = "off_register_entry"
    __table_args__ = (
        CheckConstraint("second_by IS NULL OR second_by <> first_by", name="two_people"),
        CheckConstraint("settled_by IS NULL OR (settled_by <> first_by AND settled_by <> second_by)", name="a_third_settles"),
        CheckConstraint("addressee_id IS NULL OR second_answers = first_answers OR settled_by IS NOT NULL",
                        name="agreed_or_settled"),
    )

    reason: Mapped[Note] = mapped_column(comment="登録の理由")
    first_by: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), comment="第一入力者")
    first_answers: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="第一入力")
    second_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), comment="第二入力者")
    second_answers: Mapped[dict[str, Any] | None] = mapped_column(JSONB, comment="第二入力")
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), comment="相違を決めた人")
    registered_at: Mapped[datetime | None] = mapped_column(comment="登録日時")
    addressee_id: Mapped[int | None] = mapped_column(ForeignKey("addressee.id"), comment="宛名")
