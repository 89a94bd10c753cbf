"""廃棄: lists of what its period of retention is over for, approved by a second person; of what is gone the proof stays."""

from datetime import date, datetime
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.items import Count, Note, Record

DISPOSAL_STATES = ("listed", "approved", "rejected", "done")


class Disposal(Record):
    """廃棄の一覧: what, by which period, how much, the hash of what it names, who listed it and who approved it."""

    __tablename__ = "disposal"
    __table_args__ = (
        CheckConstraint("state IN ('" + "', '".join(DISPOSAL_STATES) + "')", name="state_is_known"),
        CheckConstraint("decided_by IS NULL OR decided_by <> listed_by", name="lister_does_not_approve"),
        CheckConstraint("(state = 'listed') = (decided_by IS NULL)", name="decided_by_somebody"),
        CheckConstraint("(state = 'done') = (counts IS NOT NULL)", name="done_with_its_proof"),
        Index("uq_disposal_open", "kind", unique=True, postgresql_where=text("state IN ('listed', 'approved')")),
    )

    kind: Mapped[str] = mapped_column(comment="記録の種類")
    cutoff: Mapped[date] = mapped_column(comment="この日より前に終わったもの")
    period: Mapped[str] = mapped_column(comment="保存期間と根拠")
    state: Mapped[str] = mapped_column(server_default="listed", comment="状態")
    units: Mapped[Count] = mapped_column(comment="件数")
    row_count: Mapped[Count] = mapped_column(comment="行数")
    rows_sha256: Mapped[str] = mapped_column(comment="対象のハッシュ")
    leaves_below: Mapped[int | None] = mapped_column(BigInteger, comment="この葉より前の操作記録")
    listed_by: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), comment="一覧を作った人")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), comment="承認した人")
    decided_at: Mapped[datetime | None] = mapped_column(comment="承認日時")
    decision_reason: Mapped[Note | None] = mapped_column(comment="却下の理由")
    done_at: Mapped[datetime | None] = mapped_column(comment="廃棄日時")
    counts: Mapped[dict[str, int] | None] = mapped_column(JSONB, comment="表ごとに消した行数")
    files: Mapped[list[Any] | None] = mapped_column(JSONB, comment="まだ消していないファイル")


class DisposalRow(Model):  # type: ignore[misc]  # the base has no types
    """廃棄する行: named when the list is made, before anybody approves it; gone when the disposal is done."""

    __tablename__ = "disposal_row"

    disposal_id: Mapped[int] = mapped_column(ForeignKey("disposal.id"), primary_key=True)
    table_name: Mapped[str] = mapped_column(primary_key=True, comment="表")
    row_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False, comment="行")
