"""代役の表: codes, permits, questions and answers as the other side keeps them, notices, and how it behaves."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from systems.frame.store import Numbered, Row, common

SCHEMA: Final = "simulator"
COMMON: Final = common(SCHEMA)
BEHAVIOURS: Final = {
    "honest": "正しくふるまう", "slow": "遅く答える", "dead": "答えない", "duplicate": "同じものを二度送る",
    "out_of_order": "順番を入れ替えて送る", "wrong_signature": "許可証に誤った署名をする"}
DIRECTIONS: Final = ("ours", "theirs")  # our city asks · another institution asks us


class CodeRequest(Numbered, Row):
    """符号の取得: what 中間サーバ announced and what the 住基GW brought, joined by the processing number; no 個人番号."""

    __tablename__ = "code_request"
    __table_args__ = ({"schema": SCHEMA},)

    processing_number: Mapped[str] = mapped_column(unique=True)
    is_announced: Mapped[bool] = mapped_column(server_default="false")
    code: Mapped[str | None]


class Permit(Numbered, Row):
    """許可証: what the network signed, or why it did not."""

    __tablename__ = "permit"
    __table_args__ = ({"schema": SCHEMA},)

    permit_id: Mapped[str] = mapped_column(unique=True)
    processing_number: Mapped[str] = mapped_column(index=True)
    content: Mapped[dict[str, Any]]


class Question(Numbered, Row):
    """照会: one question either way, and how it stands on the other institution's side."""

    __tablename__ = "question"
    __table_args__ = (CheckConstraint("direction IN ('ours', 'theirs')", name="direction_is_known"), {"schema": SCHEMA})

    processing_number: Mapped[str] = mapped_column(unique=True)
    direction: Mapped[str]
    code: Mapped[str]
    permit: Mapped[dict[str, Any]]
    tax_year: Mapped[str | None]
    state: Mapped[str]
    answer: Mapped[dict[str, Any] | None]
    digest: Mapped[str | None]


class Disclosure(Numbered, Row):
    """情報提供等記録, as the other institution keeps it; rows are only added."""

    __tablename__ = "disclosure"
    __table_args__ = (UniqueConstraint("processing_number", "information_code"), {"schema": SCHEMA})

    processing_number: Mapped[str]
    inquirer: Mapped[str]
    provider: Mapped[str]
    asked_at: Mapped[datetime]
    provided_at: Mapped[datetime | None]
    office_code: Mapped[str]
    procedure_code: Mapped[str]
    information_code: Mapped[str]
    item_codes: Mapped[dict[str, Any]]
    is_withheld: Mapped[bool]


class CitizenNotice(Numbered, Row):
    """お知らせ as it lies in the citizen's mailbox."""

    __tablename__ = "citizen_notice"
    __table_args__ = ({"schema": SCHEMA},)

    processing_number: Mapped[str] = mapped_column(unique=True)
    code: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
    wants_reply: Mapped[bool]
    state: Mapped[str]
    opened_at: Mapped[datetime | None]
    reply: Mapped[str | None]


class Behaviour(Numbered, Row):
    """ふるまい: the last row says how the network behaves now."""

    __tablename__ = "behaviour"
    __table_args__ = ({"schema": SCHEMA},)

    name: Mapped[str]
    set_by: Mapped[str]
