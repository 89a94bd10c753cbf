"""作業: what somebody must look at because something else changed; nothing about a person happens by itself."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.items import Note, Record

# What there is to do, in the office's words.
KINDS = {
    "moved_within": "市内転居: 住所の変更と受給者証の再交付を確かめる",
    "moved_out": "市外転出: 資格喪失を確かめる",
    "died": "死亡: 資格喪失を確かめる",
    "renamed": "氏名の変更: 受給者証の再交付を確かめる",
    "register_changed": "住民情報の変更を確かめる",
    "tier_would_change": "税の更正: 階層区分が変わる",
    "shared_cap": "世帯按分: 同じ世帯の受給者の上限額を見直す",
    "look_alike": "同じ人かもしれない受給者がいる",
    "expired": "有効期間が終わったが更新がない",
    "long_term_candidate": "医療費の高い月が続いた: 高額かつ長期の変更申請を案内する",
}


class WorkItem(Record):
    """作業の一件: open until somebody says what was done about it; the same cause is not told twice."""

    __tablename__ = "work_item"
    __table_args__ = (
        CheckConstraint("kind IN ('" + "', '".join(KINDS) + "')", name="kind_is_known"),
        CheckConstraint("(closed_at IS NULL) = (closed_by IS NULL)", name="closed_by_somebody"),
        Index("uq_work_item_cause", "recipient_id", "kind", "cause", unique=True),
        Index("ix_work_item_open", "kind", "id", postgresql_where=text("closed_at IS NULL")),
    )

    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"), index=True)
    kind: Mapped[str] = mapped_column(comment="作業の種類")
    cause: Mapped[str] = mapped_column(comment="きっかけ")
    detail: Mapped[dict[str, Any] | None] = mapped_column(JSONB, comment="内容")
    due_on: Mapped[date | None] = mapped_column(comment="期限")
    closed_at: Mapped[datetime | None] = mapped_column(comment="終了日時")
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), comment="終了した人")
    closing_note: Mapped[Note | None] = mapped_column(comment="対応")
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"), comment="起こした職権の申請")
