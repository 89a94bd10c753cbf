"""通知の文面と、出した通知: wording is the city's, versioned; what was sent stays as it was sent."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.items import Record


class LetterWording(Record):
    """文面: subject and text of one kind of letter from a day on; a published version is never changed."""

    __tablename__ = "letter_wording"
    __table_args__ = (UniqueConstraint("kind", "number"),)

    kind: Mapped[str] = mapped_column(comment="通知の種類")
    number: Mapped[int] = mapped_column(comment="版の番号")
    subject: Mapped[str] = mapped_column(comment="件名")
    body: Mapped[str] = mapped_column(comment="本文")
    closing: Mapped[str] = mapped_column(server_default="", comment="教示")
    effective_from: Mapped[date] = mapped_column(comment="適用開始日")
    published_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), comment="公開した人")


class Letter(Record):
    """出した通知: one paper to one addressee; a second print is a new row that says so."""

    __tablename__ = "letter"
    __table_args__ = (
        CheckConstraint("num_nonnulls(application_id, recipient_id) >= 1", name="is_about_somebody"),
        Index("ix_letter_recipient", "recipient_id", "id"),
        Index("uq_letter_document_number", "document_number", unique=True, postgresql_where=text("NOT is_reprint")),
    )

    kind: Mapped[str] = mapped_column(comment="通知の種類")
    wording_id: Mapped[int] = mapped_column(ForeignKey("letter_wording.id"), comment="文面")
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"), index=True)
    recipient_id: Mapped[int | None] = mapped_column(ForeignKey("recipient.id"))
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("reimbursement_claim.id"), index=True)
    document_number: Mapped[str] = mapped_column(comment="文書番号")
    dated: Mapped[date] = mapped_column(comment="通知日")
    due_on: Mapped[date | None] = mapped_column(comment="期限")
    is_reprint: Mapped[bool] = mapped_column(server_default="false", comment="再印刷")
    printed_by: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), comment="印刷者")
    printed_at: Mapped[datetime] = mapped_column(comment="印刷日時")
    pdf_sha256: Mapped[str] = mapped_column(comment="PDFのSHA-256")
