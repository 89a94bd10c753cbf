"""中間サーバの表: codes, inquiries, requests, records that are only added, replicas, notices, and how the server is run."""

from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from systems.frame.store import Numbered, Row, common

SCHEMA: Final = "interconnect"
COMMON: Final = common(SCHEMA)
IDENTIFIER_STATES: Final = ("未取得", "要求中", "取得済", "失効", "エラー")
INQUIRY_STATES: Final = ("受付", "照合中", "照合拒否", "許可証受領", "照会中", "回答済", "該当なし", "不開示", "保留", "エラー", "期限切れ", "取消")
PROVISION_STATES: Final = ("受付", "自動応答", "保留", "決裁待", "提供済", "拒否")
NOTICE_STATES: Final = ("受付", "送信済", "開封", "回答済", "取消", "エラー")
KEY_STATES: Final = ("有効", "更新中", "失効")


def _one_of(column: str, names: tuple[str, ...]) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ('" + "', '".join(names) + "')", name=f"{column}_is_known")


class Identifier(Numbered, Row):
    """符号: which code stands for which 統合宛名番号; it never leaves this process but to the network."""

    __tablename__ = "identifier"
    __table_args__ = (
        _one_of("state", IDENTIFIER_STATES), CheckConstraint("state <> '取得済' OR code IS NOT NULL", name="obtained_has_a_code"),
        Index("uq_identifier_current", "addressee_number", unique=True, postgresql_where=text("state IN ('要求中', '取得済')")),
        Index("uq_identifier_code", "code", unique=True, postgresql_where=text("state = '取得済'")), {"schema": SCHEMA})

    addressee_number: Mapped[str] = mapped_column(index=True)
    processing_number: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str]
    code: Mapped[str | None]
    obtained_at: Mapped[datetime | None]
    ended_reason: Mapped[str | None]


class Inquiry(Numbered, Row):
    """情報照会: what the city asked of another institution, and what came back."""

    __tablename__ = "inquiry"
    __table_args__ = (_one_of("state", INQUIRY_STATES), Index("ix_inquiry_open", "at", postgresql_where=text(
        "state IN ('照合中', '許可証受領', '照会中')")), {"schema": SCHEMA})

    processing_number: Mapped[str] = mapped_column(unique=True)
    addressee_number: Mapped[str] = mapped_column(index=True)
    provider: Mapped[str]
    office_code: Mapped[str]
    procedure_code: Mapped[str]
    information_code: Mapped[str]
    tax_year: Mapped[str | None]
    asked_by: Mapped[str]
    state: Mapped[str]
    refusal: Mapped[str | None]
    permit: Mapped[dict[str, Any] | None]
    answer: Mapped[dict[str, Any] | None]  # emptied when its retention ends
    digest: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]


class ProvisionRequest(Numbered, Row):
    """情報提供の要求: what another institution asks, and who let it have what."""

    __tablename__ = "provision_request"
    __table_args__ = (
        _one_of("state", PROVISION_STATES), CheckConstraint("decided_by <> checked_by", name="two_people_decide"),
        CheckConstraint("decided_by IS NULL OR checked_by IS NOT NULL", name="checked_before_decided"),
        Index("ix_provision_request_waiting", "at", postgresql_where=text("state IN ('保留', '決裁待')")), {"schema": SCHEMA})

    processing_number: Mapped[str] = mapped_column(unique=True)
    permit: Mapped[dict[str, Any]]
    addressee_number: Mapped[str | None] = mapped_column(index=True)
    state: Mapped[str]
    outcome: Mapped[str | None]  # 回答済 該当なし 不開示 拒否
    refusal: Mapped[str | None]
    replica_version: Mapped[int | None]
    provided_at: Mapped[datetime | None]
    checked_by: Mapped[str | None]
    checked_outcome: Mapped[str | None]
    decided_by: Mapped[str | None]
    reason: Mapped[str | None]


class Disclosure(Numbered, Row):
    """情報提供等記録 (番号法23条): written in the transaction of the act, only added, kept seven years."""

    __tablename__ = "disclosure"
    __table_args__ = (UniqueConstraint("processing_number", "information_code"), Index("ix_disclosure_asked_at", "asked_at"),
                      Index("ix_disclosure_addressee", "addressee_number", "asked_at"), {"schema": SCHEMA})

    processing_number: Mapped[str]
    addressee_number: Mapped[str | None]
    inquirer: Mapped[str]
    provider: Mapped[str]
    asked_at: Mapped[datetime]
    provided_at: Mapped[datetime | None]
    office_code: Mapped[str]
    procedure_code: Mapped[str]
    information_code: Mapped[str]
    item_codes: Mapped[dict[str, Any]]
    is_withheld: Mapped[bool]


class Replica(Numbered, Row):
    """副本: one state of what the city provides about one person; a newer one takes its place, an older one is refused."""

    __tablename__ = "replica"
    __table_args__ = (
        UniqueConstraint("addressee_number", "information_code", "version"),
        Index("uq_replica_current", "addressee_number", "information_code", unique=True, postgresql_where=text("is_current")),
        {"schema": SCHEMA})

    addressee_number: Mapped[str]
    information_code: Mapped[str]
    version: Mapped[int]
    is_current: Mapped[bool]
    is_deleted: Mapped[bool] = mapped_column(server_default="false")
    needs_a_person: Mapped[bool]  # 自動応答不可フラグ
    content: Mapped[dict[str, Any]]
    digest: Mapped[str]


class Notice(Numbered, Row):
    """お知らせ to one person."""

    __tablename__ = "notice"
    __table_args__ = (_one_of("state", NOTICE_STATES), {"schema": SCHEMA})

    processing_number: Mapped[str] = mapped_column(unique=True)
    addressee_number: Mapped[str] = mapped_column(index=True)
    title: Mapped[str]
    wants_reply: Mapped[bool]
    state: Mapped[str]
    opened_at: Mapped[datetime | None]
    reply: Mapped[str | None]


class SelfRequest(Numbered, Row):
    """自己情報の請求 and how it was answered."""

    __tablename__ = "self_request"
    __table_args__ = ({"schema": SCHEMA},)

    processing_number: Mapped[str] = mapped_column(unique=True)
    addressee_number: Mapped[str | None]
    information_code: Mapped[str]
    outcome: Mapped[str]


class MatchEntry(Numbered, Row):
    """照会許可照合リスト as distributed: dated rows; a newer list ends a row, it deletes none."""

    __tablename__ = "match_entry"
    __table_args__ = (UniqueConstraint("inquirer_kind", "office_code", "procedure_code", "provider_kind", "information_code",
                                       "valid_from"), {"schema": SCHEMA})

    inquirer_kind: Mapped[str]
    office_code: Mapped[str]
    procedure_code: Mapped[str]
    provider_kind: Mapped[str]
    information_code: Mapped[str]
    basis: Mapped[str]
    use: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Message(Numbered, Row):
    """各事務システムとの電文: what arrived from whom and whether it was carried out or sent back."""

    __tablename__ = "message"
    __table_args__ = (_one_of("state", ("完了", "差戻")), Index("ix_message_at", "at"), {"schema": SCHEMA})

    system: Mapped[str]
    operation: Mapped[str]
    request_id: Mapped[str]
    state: Mapped[str]
    fault: Mapped[str | None]


class TrustedKey(Numbered, Row):
    """許可証を確かめる鍵: the network's public keys and whether each still counts."""

    __tablename__ = "trusted_key"
    __table_args__ = (_one_of("state", KEY_STATES), {"schema": SCHEMA})

    public_key: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str]


class Alarm(Numbered, Row):
    """警報: something was forged, not on the list or not as recorded; somebody says what was done about it."""

    __tablename__ = "alarm"
    __table_args__ = (Index("ix_alarm_open", "at", postgresql_where=text("closed_at IS NULL")), {"schema": SCHEMA})

    kind: Mapped[str]
    subject: Mapped[str]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    note: Mapped[str | None]


class Run(Numbered, Row):
    """処理: one run of reconciliation or purge."""

    __tablename__ = "run"
    __table_args__ = (_one_of("state", ("待機", "実行", "正常", "異常")), {"schema": SCHEMA})

    name: Mapped[str]
    state: Mapped[str]
    finished_at: Mapped[datetime | None]
    count: Mapped[int | None]
    detail: Mapped[dict[str, Any] | None]


class Purge(Numbered, Row):
    """保管切れの削除: asked for by one, approved by another; what went is proven by count and digest."""

    __tablename__ = "purge"
    __table_args__ = (CheckConstraint("approved_by <> asked_by", name="two_people_decide"), {"schema": SCHEMA})

    kind: Mapped[str]
    before: Mapped[date]
    asked_by: Mapped[str]
    approved_by: Mapped[str | None]
    done_at: Mapped[datetime | None]
    count: Mapped[int | None]
    digest: Mapped[str | None]
