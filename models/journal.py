"""操作記録: who saw, keyed, settled, decided, printed or exported what; rows are only ever added."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column


class Action(StrEnum):
    """操作の種類."""

    LOGGED_IN = "logged_in"  # ログイン
    LOGGED_OUT = "logged_out"  # ログアウト
    LOGIN_FAILED = "login_failed"  # ログイン失敗
    SAW = "saw"  # 閲覧
    LISTED = "listed"  # 一覧表示
    SEARCHED = "searched"  # 検索
    RECEIVED = "received"  # 受付
    KEYED = "keyed"  # 入力
    SETTLED = "settled"  # 相違の確認
    REGISTERED = "registered"  # 登録
    ASSESSED = "assessed"  # 所得判定
    REVIEWED = "reviewed"  # 審査
    DRAFTED = "drafted"  # 起案
    DECIDED = "decided"  # 決裁
    SENT_BACK = "sent_back"  # 差戻し
    ISSUED = "issued"  # 交付
    PRINTED = "printed"  # 印刷
    EXPORTED = "exported"  # 出力
    IMPORTED = "imported"  # 取込
    CHANGED = "changed"  # 変更
    ADMINISTERED = "administered"  # 権限・コード・様式の管理
    REFUSED = "refused"  # 権限なし
    DISPOSED = "disposed"  # 廃棄


# What a person's data leaves by: the database takes such an entry only while the sealer keeps up.
SHOWS = frozenset({Action.SAW, Action.LISTED, Action.PRINTED, Action.EXPORTED})
UNSEALED_CODE = "NB001"  # SQLSTATE of that refusal
LONGEST_UNSEALED_SECONDS = 60


class JournalEntry(Model):  # type: ignore[misc]  # the base has no types
    """記録: one act; UPDATE, DELETE and TRUNCATE are refused by the database, save an approved disposal."""

    __tablename__ = "journal_entry"
    __table_args__ = (
        Index("ix_journal_entry_recipient", "recipient_id", "id"),
        Index("ix_journal_entry_actor", "actor_id", "id"),
        Index("ix_journal_entry_action", "action", "id"),
        Index("ix_journal_entry_at", "at"),
        Index("ix_journal_entry_subject", "subject_kind", "subject_id"),
        Index("ix_journal_entry_transaction", "transaction_id", "id"),
        # Lists and exports name everybody they showed; "who saw this person" asks for one of them.
        Index("ix_journal_entry_recipients", text("(detail -> 'recipients')"), postgresql_using="gin",
              postgresql_where=text("detail ? 'recipients'")),
        Index("ix_journal_entry_ids", text("(detail -> 'ids')"), postgresql_using="gin",
              postgresql_where=text("detail ? 'ids'")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp(), comment="日時")
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), comment="操作者")
    actor_name: Mapped[str] = mapped_column(comment="操作者名(当時)")
    terminal: Mapped[str] = mapped_column(server_default="", comment="端末")
    screen: Mapped[str | None] = mapped_column(comment="画面")
    action: Mapped[str] = mapped_column(comment="操作")
    subject_kind: Mapped[str | None] = mapped_column(comment="対象の種類")
    subject_id: Mapped[int | None] = mapped_column(BigInteger, comment="対象")
    recipient_id: Mapped[int | None] = mapped_column(BigInteger, comment="受給者")
    reason: Mapped[str] = mapped_column(server_default="", comment="理由・目的")
    detail: Mapped[dict[str, Any] | None] = mapped_column(JSONB, comment="内容(個人情報を含まない)")
    # Which entries the sealer has not seen yet; ids are given before commits and therefore say nothing about it.
    transaction_id: Mapped[int] = mapped_column(
        BigInteger, server_default=text("pg_current_xact_id()::text::bigint"), comment="取引番号")
