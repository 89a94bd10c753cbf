"""仕事: long work done beside the screens, in chunks; each chunk commits with how far it came."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.items import Note, Record

JOB_STATES = ("waiting", "running", "paused", "done", "failed", "cancelled")


class Job(Record):
    """仕事の一件; queued in the transaction that needs it, so that it exists exactly if its reason does."""

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("state IN ('" + "', '".join(JOB_STATES) + "')", name="state_is_known"),
        Index("ix_job_waiting", "id", postgresql_where=text("state IN ('waiting', 'running')")),
    )

    kind: Mapped[str] = mapped_column(comment="仕事の種類")
    params: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="内容(個人情報を含まない)")
    state: Mapped[str] = mapped_column(server_default="waiting", comment="状態")
    total: Mapped[int] = mapped_column(server_default="0", comment="全件数")
    done: Mapped[int] = mapped_column(server_default="0", comment="終えた件数")
    failed: Mapped[int] = mapped_column(server_default="0", comment="できなかった件数")
    faults: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"), comment="できなかった理由")
    requested_by: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), index=True, comment="依頼者")
    started_at: Mapped[datetime | None] = mapped_column(comment="開始")
    alive_at: Mapped[datetime | None] = mapped_column(comment="最後の一区切り")
    finished_at: Mapped[datetime | None] = mapped_column(comment="終了")
    result: Mapped[str | None] = mapped_column(comment="結果のファイル名")
    message: Mapped[Note | None] = mapped_column(comment="終わり方")
    attempts: Mapped[int] = mapped_column(server_default="0", comment="続けてつまずいた回数")
    not_before: Mapped[datetime | None] = mapped_column(comment="次に試す時刻")
