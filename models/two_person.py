"""二人での承認: what one person asked for and only another can set free; the table itself refuses one person twice."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.items import Note, Record

TWO_PERSON_KINDS = ("see_numbers", "bulk_export", "rotate_keys", "deletion")
TWO_PERSON_STATES = ("open", "confirmed", "rejected", "used", "ended")


class TwoPersonRequest(Record):
    """承認の依頼: open → confirmed by another person (→ used, once) or rejected; either side may end it before (migrations)."""

    __tablename__ = "two_person_request"
    __table_args__ = (
        CheckConstraint("kind IN ('" + "', '".join(TWO_PERSON_KINDS) + "')", name="kind_is_known"),
        CheckConstraint("state IN ('" + "', '".join(TWO_PERSON_STATES) + "')", name="state_is_known"),
        CheckConstraint("decided_by <> requested_by", name="two_people"),
        CheckConstraint("decided_by <> for_user_id", name="nobody_confirms_for_herself"),
        CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="decided_by_somebody"),
        CheckConstraint("state NOT IN ('confirmed', 'rejected', 'used') OR decided_by IS NOT NULL", name="decided_by_another"),
        Index("uq_two_person_request_open", "kind", "digest", unique=True, postgresql_where=text("state IN ('open', 'confirmed')")),
    )

    kind: Mapped[str] = mapped_column(comment="承認の種類")
    digest: Mapped[str] = mapped_column(comment="何をするかの印")
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"), comment="内容(個人情報を含まない)")
    reason: Mapped[Note] = mapped_column(comment="理由")
    for_user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True, comment="誰のため")
    requested_by: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), comment="依頼者")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), comment="承認者")
    decided_at: Mapped[datetime | None] = mapped_column(comment="決めた時刻")
    closed_at: Mapped[datetime | None] = mapped_column(comment="終わった時刻")
    state: Mapped[str] = mapped_column(server_default="open", comment="状態")
