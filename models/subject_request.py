"""開示・訂正・利用停止の請求: what a person asks of the office about her own data (個人情報の保護に関する法律 第5章第4節)."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.items import Code, Name, Note, Number, Record

REQUEST_KINDS = ("disclosure", "correction", "stop_use")
REQUEST_STATES = ("received", "identified", "decided", "handed_over", "withdrawn")
REQUESTERS = ("self", "legal", "agent")
DECISIONS = ("whole", "part", "none")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ('" + "', '".join(values) + "')"


class SubjectRequest(Record):
    """請求: who asked for what, who saw the papers of identity, who decided, and what was handed over."""

    __tablename__ = "subject_request"
    __table_args__ = (
        CheckConstraint(_one_of("kind", REQUEST_KINDS), name="kind_is_known"),
        CheckConstraint(_one_of("state", REQUEST_STATES), name="state_is_known"),
        CheckConstraint(_one_of("requester", REQUESTERS), name="requester_is_known"),
        CheckConstraint(_one_of("decision", DECISIONS), name="decision_is_known"),
        CheckConstraint("state IN ('received', 'withdrawn') OR identified_by IS NOT NULL", name="identity_comes_first"),
        CheckConstraint("(state IN ('decided', 'handed_over')) = (decided_by IS NOT NULL)", name="decided_by_somebody"),
        CheckConstraint("decided_by IS NULL OR decided_by <> identified_by", name="another_decides"),
        CheckConstraint("decision IS NULL OR decision = 'whole' OR decision_reason IS NOT NULL", name="a_no_has_its_reason"),
        CheckConstraint("(state = 'handed_over') = (handed_over_by IS NOT NULL)", name="handed_over_by_somebody"),
        Index("ix_subject_request_recipient", "recipient_id", "id"),
    )

    number: Mapped[Number] = mapped_column(unique=True, comment="請求番号")
    kind: Mapped[str] = mapped_column(comment="請求の種類")
    state: Mapped[str] = mapped_column(server_default="received", comment="状態")
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"))
    received_on: Mapped[date] = mapped_column(comment="請求日")
    received_by: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), comment="受け付けた人")
    requester: Mapped[str] = mapped_column(comment="請求者")
    requester_name: Mapped[Name | None] = mapped_column(comment="代理人の氏名")
    wish: Mapped[Note] = mapped_column(comment="請求の内容")
    due_on: Mapped[date] = mapped_column(comment="決定の期限")
    extension_reason: Mapped[Note | None] = mapped_column(comment="期限を延ばした理由")
    identity_proof: Mapped[Code | None] = mapped_column(comment="本人確認の書類")
    identified_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), comment="本人を確かめた人")
    identified_on: Mapped[date | None] = mapped_column(comment="本人を確かめた日")
    decision: Mapped[str | None] = mapped_column(comment="決定")
    decision_reason: Mapped[Note | None] = mapped_column(comment="決定の理由・範囲")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), comment="決定した人")
    decided_on: Mapped[date | None] = mapped_column(comment="決定日")
    handed_over_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), comment="渡した人")
    handed_over_on: Mapped[date | None] = mapped_column(comment="渡した日")
    package_sha256: Mapped[str | None] = mapped_column(comment="渡した写しのSHA-256")
    left_out: Mapped[list[str] | None] = mapped_column(JSONB, comment="渡さない記録")


class RequestCorrection(Record):
    """訂正請求による訂正: which corrections a request led to; they are carried out by two people like any other."""

    __tablename__ = "request_correction"
    __table_args__ = (UniqueConstraint("correction_id"),)

    request_id: Mapped[int] = mapped_column(ForeignKey("subject_request.id"), index=True)
    correction_id: Mapped[int] = mapped_column(ForeignKey("correction.id"))
