"""隣のシステムとのやり取り: what is to be sent, the number a person has there, what was asked, given and handed over."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.items import Count, Name, Note, Number, Record

OUTGOING_STATES = ("waiting", "sent", "refused", "given_up")
INQUIRY_STATES = ("waiting", "asked", "answered", "nothing", "withheld", "refused", "failed", "cancelled")
NOTICE_STATES = ("waiting", "sent", "opened", "cancelled", "failed")
PROVISION_STATES = ("waiting", "registered", "superseded", "refused", "failed")


def _one_of(column: str, names: tuple[str, ...]) -> str:
    return f"{column} IN ('" + "', '".join(names) + "')"


class OutgoingMessage(Record):
    """送る要求: put here in the transaction that needs it sent, sent until it is answered, under one request id; no content."""

    __tablename__ = "outgoing_message"
    __table_args__ = (
        UniqueConstraint("request_id"),
        CheckConstraint(_one_of("state", OUTGOING_STATES), name="state_is_known"),
        Index("ix_outgoing_message_due", "due_at", "id", postgresql_where=text("state = 'waiting'")),
    )

    request_id: Mapped[str] = mapped_column(comment="要求ID")
    system: Mapped[str] = mapped_column(comment="相手のシステム")
    operation: Mapped[str] = mapped_column(comment="操作")
    subject_id: Mapped[int] = mapped_column(comment="もとになる行")
    recipient_id: Mapped[int | None] = mapped_column(ForeignKey("recipient.id"), index=True)
    staff: Mapped[str] = mapped_column(comment="職員ID")
    state: Mapped[str] = mapped_column(server_default="waiting", comment="状態")
    tries: Mapped[Count] = mapped_column(server_default="0", comment="試した回数")
    due_at: Mapped[datetime] = mapped_column(comment="次に送る時刻")
    fault: Mapped[str | None] = mapped_column(comment="送れなかったわけ(記号)")
    answered_at: Mapped[datetime | None] = mapped_column(comment="返事の時刻")


class IntegratedNumber(Record):
    """統合宛名番号: the number under which a person of the register is known to the neighbours; never a 個人番号."""

    __tablename__ = "integrated_number"
    __table_args__ = (UniqueConstraint("file_number"), UniqueConstraint("number"),
                      CheckConstraint("number ~ '^[0-9]{15}$'", name="fifteen_digits"))

    recipient_id: Mapped[int | None] = mapped_column(ForeignKey("recipient.id"), index=True)
    file_number: Mapped[Number] = mapped_column(comment="整理番号")
    number: Mapped[Number | None] = mapped_column(comment="統合宛名番号")
    has_individual_number: Mapped[bool | None] = mapped_column(comment="個人番号の登録")
    linkage_state: Mapped[str | None] = mapped_column(comment="符号の状態")
    asked_at: Mapped[datetime | None] = mapped_column(comment="確かめた時刻")


class NetworkInquiry(Record):
    """情報照会: one question to another institution, on the row of the match list that allowed it, and its answer."""

    __tablename__ = "network_inquiry"
    __table_args__ = (
        CheckConstraint(_one_of("state", INQUIRY_STATES), name="state_is_known"),
        CheckConstraint("(state = 'answered') = (answer IS NOT NULL)", name="answered_with_an_answer"),
        CheckConstraint("filed_at IS NULL OR state = 'answered'", name="only_an_answer_is_filed"),
        CheckConstraint("length(btrim(purpose)) >= 4", name="says_what_for"),
        Index("ix_network_inquiry_open", "id", postgresql_where=text("state IN ('waiting', 'asked')")),
    )

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"), index=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("household_member.id"), index=True)
    file_number: Mapped[Number] = mapped_column(comment="整理番号")
    provider_code: Mapped[Number] = mapped_column(comment="照会先の機関コード")
    office_code: Mapped[Number] = mapped_column(comment="事務")
    procedure_code: Mapped[Number] = mapped_column(comment="事務手続")
    information_code: Mapped[Number] = mapped_column(comment="特定個人情報名")
    basis: Mapped[Note] = mapped_column(comment="根拠")
    tax_year: Mapped[Count | None] = mapped_column(comment="対象年度")
    purpose: Mapped[Note] = mapped_column(comment="目的")
    asked_by: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), comment="照会者")
    asked_on: Mapped[date] = mapped_column(comment="照会日")
    state: Mapped[str] = mapped_column(server_default="waiting", comment="照会の状態")
    reference: Mapped[str | None] = mapped_column(comment="受付番号")
    refusal: Mapped[Note | None] = mapped_column(comment="回答がないわけ")
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSONB, comment="回答")
    digest: Mapped[str | None] = mapped_column(comment="回答の要約値")
    answered_at: Mapped[datetime | None] = mapped_column(comment="回答日時")
    filed_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), comment="判定に取り込んだ人")
    filed_at: Mapped[datetime | None] = mapped_column(comment="判定に取り込んだ日時")


class Provision(Record):
    """提供情報: what other institutions may be told of a person, one version after another; the newest holds."""

    __tablename__ = "provision"
    __table_args__ = (
        UniqueConstraint("recipient_id", "number"),
        CheckConstraint(_one_of("state", PROVISION_STATES), name="state_is_known"),
        CheckConstraint(_one_of("registration", ("新規", "更新", "削除")), name="registration_is_known"),
        CheckConstraint("number > 0", name="number_is_positive"),
    )

    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"))
    number: Mapped[Count] = mapped_column(comment="版の番号")
    registration: Mapped[str] = mapped_column(comment="登録区分")
    cause: Mapped[Note] = mapped_column(comment="登録のきっかけ")
    needs_a_person: Mapped[bool] = mapped_column(comment="自動応答不可")
    content: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="提供する内容")
    digest: Mapped[str] = mapped_column(comment="要約値")
    state: Mapped[str] = mapped_column(server_default="waiting", comment="登録の状態")
    reference: Mapped[str | None] = mapped_column(comment="受付番号")
    registered_at: Mapped[datetime | None] = mapped_column(comment="登録された日時")


class PortalNotice(Record):
    """お知らせ: the call to renew on a person's own page of マイナポータル, and whether it was opened."""

    __tablename__ = "portal_notice"
    __table_args__ = (
        UniqueConstraint("renewal_notice_id"),
        CheckConstraint(_one_of("state", NOTICE_STATES), name="state_is_known"),
        CheckConstraint("opened_at IS NULL OR state = 'opened'", name="opened_is_opened"),
    )

    renewal_notice_id: Mapped[int] = mapped_column(ForeignKey("renewal_notice.id"), comment="更新案内")
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"), index=True)
    file_number: Mapped[Number] = mapped_column(comment="整理番号")
    title: Mapped[Note] = mapped_column(comment="件名")
    body: Mapped[Note] = mapped_column(comment="本文")
    sent_by: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), comment="送った人")
    sent_on: Mapped[date] = mapped_column(comment="送った日")
    state: Mapped[str] = mapped_column(server_default="waiting", comment="お知らせの状態")
    is_taken_back: Mapped[bool] = mapped_column(server_default="false", comment="取消しを頼んだ")
    reference: Mapped[str | None] = mapped_column(comment="受付番号")
    opened_at: Mapped[datetime | None] = mapped_column(comment="開封日時")


class Destination(Record):
    """提供先・移転先: to whom what is given on which law, as the assessment lists them; a row holds for its days."""

    __tablename__ = "destination"
    __table_args__ = (
        UniqueConstraint("kind", "name", "valid_from"),
        CheckConstraint(_one_of("kind", ("provision", "transfer")), name="kind_is_known"),
        CheckConstraint("valid_from <= valid_to", name="holds_forward"),
    )

    kind: Mapped[str] = mapped_column(comment="提供か移転か")
    name: Mapped[Name] = mapped_column(comment="相手")
    law: Mapped[Note] = mapped_column(comment="法令上の根拠")
    purpose: Mapped[Note] = mapped_column(comment="相手の用途")
    what: Mapped[Note] = mapped_column(comment="渡す情報")
    means: Mapped[Note] = mapped_column(comment="渡す方法")
    valid_from: Mapped[date] = mapped_column(comment="いつから")
    valid_to: Mapped[date | None] = mapped_column(comment="いつまで")
    noted_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), comment="登録した人")


class Transfer(Record):
    """移転: what of one person was handed to another office of the city on paper, why and by whom; never changed."""

    __tablename__ = "transfer"
    __table_args__ = (UniqueConstraint("document_number"),
                      CheckConstraint("cardinality(items) > 0", name="hands_something_over"),
                      CheckConstraint("length(btrim(reason)) >= 4", name="says_what_for"))

    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"), index=True)
    destination_id: Mapped[int] = mapped_column(ForeignKey("destination.id"))
    document_number: Mapped[str] = mapped_column(comment="文書番号")
    dated: Mapped[date] = mapped_column(comment="移転した日")
    items: Mapped[list[str]] = mapped_column(ARRAY(String(40)), comment="渡した項目")
    reason: Mapped[Note] = mapped_column(comment="移転の理由")
    handed_to: Mapped[Name] = mapped_column(comment="受け取る人")
    handed_by: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), comment="渡した人")
    pdf_sha256: Mapped[str] = mapped_column(comment="PDFのSHA-256")


class NetworkRecord(Record):
    """情報提供等の記録の写し: what the neighbours recorded of one exchange about a person; theirs is the original."""

    __tablename__ = "network_record"
    __table_args__ = (UniqueConstraint("serial"),)

    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"), index=True)
    serial: Mapped[str] = mapped_column(comment="処理通番")
    inquirer_code: Mapped[Number] = mapped_column(comment="照会者の機関コード")
    provider_code: Mapped[Number] = mapped_column(comment="提供者の機関コード")
    asked_at: Mapped[datetime] = mapped_column(comment="照会日時")
    provided_at: Mapped[datetime | None] = mapped_column(comment="提供日時")
    office_code: Mapped[Number] = mapped_column(comment="事務")
    procedure_code: Mapped[Number] = mapped_column(comment="事務手続")
    information_code: Mapped[Number] = mapped_column(comment="特定個人情報名")
    item_codes: Mapped[list[str]] = mapped_column(ARRAY(String(40)), comment="項目")
    is_withheld: Mapped[bool] = mapped_column(comment="不開示")
