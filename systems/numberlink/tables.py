"""番号連携サーバの表: addressees, people and their sealed numbers, and what was asked, given and told about them."""

from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, Sequence, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from systems.frame.store import Numbered, Row, common

SCHEMA: Final = "numberlink"
COMMON: Final = common(SCHEMA)
PLACES: Final = Sequence("integrated_place", schema=SCHEMA)  # a number that was drawn is never drawn again
INTAKE_STATES: Final = ("反映", "候補あり", "差戻")
CANDIDATE_STATES: Final = ("未判断", "確認待", "同一人", "別人")
CODE_STATES: Final = ("要求中", "取得済", "失効", "エラー")
PROVIDED_STATES: Final = ("受付", "登録済", "差戻")
INQUIRY_STATES: Final = ("受付", "照合中", "照合拒否", "許可証受領", "照会中", "回答済", "該当なし", "不開示", "保留", "エラー", "期限切れ", "取消")
NOTICE_STATES: Final = ("受付", "送信済", "開封", "回答済", "取消", "エラー")


def _one_of(column: str, names: tuple[str, ...]) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ('" + "', '".join(names) + "')", name=f"{column}_is_known")


class Followed:
    """追いかける行: asked after at 中間サーバ until it has ended; null: no more."""

    next_look_at: Mapped[datetime | None] = mapped_column(sort_order=80)
    looks: Mapped[int] = mapped_column(server_default="0", sort_order=81)


class Integrated(Numbered, Row):
    """統合宛名: one person; the number is never changed, taken away or given to another (trigger)."""

    __tablename__ = "integrated"
    __table_args__ = ({"schema": SCHEMA},)

    number: Mapped[str] = mapped_column(unique=True)
    needs_permission: Mapped[bool] = mapped_column(server_default="false")  # two people for every look at the 個人番号


class SealedNumber(Numbered, Row):
    """封じた個人番号: one in force a person, one person a number, for good."""

    __tablename__ = "sealed_number"
    __table_args__ = (
        Index("uq_sealed_number_in_force", "integrated_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        CheckConstraint("octet_length(ciphertext) = 40", name="is_sealed"),
        CheckConstraint("octet_length(blind_index) = 16", name="index_is_a_hash"), {"schema": SCHEMA})

    integrated_id: Mapped[int] = mapped_column(ForeignKey(Integrated.id))
    ciphertext: Mapped[bytes]
    key_version: Mapped[int] = mapped_column(index=True)
    blind_index: Mapped[bytes] = mapped_column(unique=True)
    entered_by: Mapped[str]
    assured_by: Mapped[str]  # how the identity was confirmed (番号法16条)
    ended_at: Mapped[datetime | None]


class Addressee(Numbered, Row):
    """宛名: the newest row about one 整理番号, 住登者 or 住登外; the feed brings it, nobody types here."""

    __tablename__ = "addressee"
    __table_args__ = (Index("ix_addressee_alike", "birth_date"), {"schema": SCHEMA})

    file_number: Mapped[str] = mapped_column(unique=True)
    municipality_number: Mapped[str]
    history_number: Mapped[int]
    name: Mapped[str]
    birth_date: Mapped[date | None]
    sex: Mapped[str | None]
    off_register: Mapped[str | None]  # 住登外区分
    content: Mapped[dict[str, Any]]
    integrated_id: Mapped[int | None] = mapped_column(ForeignKey(Integrated.id), index=True)


class Intake(Numbered, Row):
    """宛名の受領: what became of each row that came; rows are only added."""

    __tablename__ = "intake"
    __table_args__ = (_one_of("outcome", INTAKE_STATES),
                      Index("ix_intake_sent_back", "at", postgresql_where=text("outcome = '差戻'")), {"schema": SCHEMA})

    system: Mapped[str]
    file_number: Mapped[str]
    history_number: Mapped[int]
    outcome: Mapped[str]
    reason: Mapped[str] = mapped_column(server_default="")


class Candidate(Numbered, Row):
    """名寄せの候補: two 宛名 that may be one person; two people say so, the machine never does."""

    __tablename__ = "candidate"
    __table_args__ = (
        UniqueConstraint("first_id", "second_id"), CheckConstraint("first_id < second_id", name="pair_in_order"),
        _one_of("state", CANDIDATE_STATES), CheckConstraint("confirmed_by <> decided_by", name="two_people_decide"),
        CheckConstraint("state <> '同一人' OR (confirmed_by IS NOT NULL AND decided_by IS NOT NULL)", name="same_is_confirmed"),
        Index("ix_candidate_open", "at", postgresql_where=text("state IN ('未判断', '確認待')")), {"schema": SCHEMA})

    first_id: Mapped[int] = mapped_column(ForeignKey(Addressee.id))
    second_id: Mapped[int] = mapped_column(ForeignKey(Addressee.id), index=True)
    reason: Mapped[str]
    state: Mapped[str]
    note: Mapped[str | None]
    decided_by: Mapped[str | None]
    confirmed_by: Mapped[str | None]


class Permission(Numbered, Row):
    """番号の確認の承認: one look by one person at one number, permitted by another, for a short time."""

    __tablename__ = "permission"
    __table_args__ = (
        CheckConstraint("approved_by <> asked_by", name="two_people_decide"),
        CheckConstraint("used_at IS NULL OR approved_by IS NOT NULL", name="approved_before_used"),
        Index("ix_permission_open", "at", postgresql_where=text("approved_by IS NULL AND refused_by IS NULL")),
        {"schema": SCHEMA})

    integrated_id: Mapped[int] = mapped_column(ForeignKey(Integrated.id), index=True)
    asked_by: Mapped[str]
    reason: Mapped[str]
    approved_by: Mapped[str | None]
    refused_by: Mapped[str | None]
    expires_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    used_request: Mapped[str | None]  # the same request again is the same look


class Reveal(Numbered, Row):
    """番号の確認: who saw whose 個人番号 and why; rows are only added."""

    __tablename__ = "reveal"
    __table_args__ = ({"schema": SCHEMA},)

    integrated_id: Mapped[int] = mapped_column(ForeignKey(Integrated.id), index=True)
    system: Mapped[str]
    staff_id: Mapped[str]
    reason: Mapped[str]
    approved_by: Mapped[str | None]
    request_id: Mapped[str]


class KeyChange(Numbered, Row):
    """鍵の変更: asked for by one, made by another; everything is sealed anew under the version."""

    __tablename__ = "key_change"
    __table_args__ = (
        CheckConstraint("approved_by <> asked_by", name="two_people_decide"),
        CheckConstraint("version IS NULL OR approved_by IS NOT NULL", name="approved_before_made"),
        Index("uq_key_change_open", text("(approved_by IS NULL)"), unique=True, postgresql_where=text("approved_by IS NULL")),
        {"schema": SCHEMA})

    asked_by: Mapped[str]
    approved_by: Mapped[str | None]
    version: Mapped[int | None]


class CodeRequest(Followed, Numbered, Row):
    """符号要求: asked of 中間サーバ, sent over the 住基GW, obtained there; the code itself never comes here."""

    __tablename__ = "code_request"
    __table_args__ = (
        _one_of("state", CODE_STATES),
        Index("uq_code_request_current", "integrated_id", unique=True, postgresql_where=text("state IN ('要求中', '取得済')")),
        Index("ix_code_request_due", "next_look_at", postgresql_where=text("next_look_at IS NOT NULL")), {"schema": SCHEMA})

    integrated_id: Mapped[int] = mapped_column(ForeignKey(Integrated.id), index=True)
    asked_by: Mapped[str]
    state: Mapped[str]
    processing_number: Mapped[str | None]
    gateway_at: Mapped[datetime | None]
    obtained_at: Mapped[datetime | None]
    fault: Mapped[str | None]


class Provided(Numbered, Row):
    """情報提供の登録: one state of what the city provides about a person, handed on to 中間サーバ and not kept here."""

    __tablename__ = "provided"
    __table_args__ = (_one_of("state", PROVIDED_STATES),
                      Index("uq_provided_version", "integrated_id", "information_code", "version", unique=True,
                            postgresql_where=text("state <> '差戻'")), {"schema": SCHEMA})

    reference: Mapped[str] = mapped_column(unique=True)
    integrated_id: Mapped[int] = mapped_column(ForeignKey(Integrated.id))
    information_code: Mapped[str]
    kind: Mapped[str]
    version: Mapped[int]
    needs_a_person: Mapped[bool]
    digest: Mapped[str]
    state: Mapped[str]
    fault: Mapped[str | None]


class Inquiry(Followed, Numbered, Row):
    """情報照会: what was asked, for what purpose, by whom, and what came back, exactly as it came."""

    __tablename__ = "inquiry"
    __table_args__ = (
        _one_of("state", INQUIRY_STATES),
        Index("ix_inquiry_due", "next_look_at", postgresql_where=text("next_look_at IS NOT NULL")),
        Index("ix_inquiry_kept", "answered_at", postgresql_where=text("answer IS NOT NULL")), {"schema": SCHEMA})

    reference: Mapped[str] = mapped_column(unique=True)
    integrated_id: Mapped[int] = mapped_column(ForeignKey(Integrated.id), index=True)
    provider: Mapped[str]
    office_code: Mapped[str]
    procedure_code: Mapped[str]
    information_code: Mapped[str]
    tax_year: Mapped[str | None]
    purpose: Mapped[str]
    asked_by: Mapped[str]
    state: Mapped[str]
    processing_number: Mapped[str | None] = mapped_column(unique=True)
    permit_id: Mapped[str | None]
    refusal: Mapped[str | None]
    answer: Mapped[dict[str, Any] | None]  # emptied when its time is over
    digest: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    is_withdrawn: Mapped[bool] = mapped_column(server_default="false")  # 取消 wanted


class Notice(Followed, Numbered, Row):
    """お知らせ: to whom, under which title, and how it stands; what it says is kept only until it was handed on."""

    __tablename__ = "notice"
    __table_args__ = (_one_of("state", NOTICE_STATES),
                      Index("ix_notice_due", "next_look_at", postgresql_where=text("next_look_at IS NOT NULL")),
                      {"schema": SCHEMA})

    reference: Mapped[str] = mapped_column(unique=True)
    integrated_id: Mapped[int] = mapped_column(ForeignKey(Integrated.id), index=True)
    title: Mapped[str]
    wants_reply: Mapped[bool]
    sent_by: Mapped[str]
    state: Mapped[str]
    processing_number: Mapped[str | None] = mapped_column(unique=True)
    opened_at: Mapped[datetime | None]
    reply: Mapped[str | None]
    fault: Mapped[str | None]
    is_withdrawn: Mapped[bool] = mapped_column(server_default="false")  # 取消 wanted
