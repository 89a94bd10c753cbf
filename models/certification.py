"""支給認定: result, period, numbers, draft and sign-off, loss and notices (Annex 1, recipient 59–81)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.application import part_of_application
from models.items import Code, Entry, Note, Number, Pii, Record, extension, item

PAPER, CLERK, BOARD, SYSTEM = Entry.PAPER, Entry.CLERK, Entry.BOARD, Entry.SYSTEM


class Certification(Record):
    """支給認定: what was decided on one application and for how long; two periods of one person never overlap."""

    __tablename__ = "certification"
    __table_args__ = (
        CheckConstraint("valid_from <= valid_to", name="period_runs_forward"),
        CheckConstraint("ended_on >= valid_from", name="ends_after_it_began"),
        CheckConstraint("(certification <> '1') OR (valid_from IS NOT NULL AND valid_to IS NOT NULL "
                        "AND payer_number IS NOT NULL AND recipient_number IS NOT NULL)", name="certified_is_complete"),
        ExcludeConstraint(("recipient_id", "="), (text("daterange(valid_from, COALESCE(ended_on, valid_to), '[]')"), "&&"),
                          using="gist", where=text("certification = '1' AND NOT is_cancelled"),
                          name="ex_certification_one_period_at_a_time"),
        Index("ix_certification_valid_to", "valid_to", "id"),
    )
    annex_table = "recipient"

    application_id: Mapped[int] = part_of_application()
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"), index=True)
    certification: Mapped[Code] = item(59, "認定区分", BOARD, codes="certification", listed=True)
    valid_from: Mapped[date | None] = item(60, "有効期間開始日", SYSTEM, listed=True)
    valid_to: Mapped[date | None] = item(61, "有効期間終了日", SYSTEM, listed=True)
    refusal_reason: Mapped[Code | None] = item(62, "非認定理由", BOARD, pii=Pii.HEALTH, codes="refusal_reason")
    hold_reason: Mapped[Code | None] = item(63, "認定保留理由", BOARD, codes="hold_reason")
    payer_number: Mapped[Number | None] = item(64, "負担者番号", SYSTEM)
    recipient_number: Mapped[Number | None] = item(65, "受給者番号", SYSTEM, pii=Pii.NUMBER, listed=True)
    issue_date: Mapped[date | None] = item(66, "交付日", SYSTEM, listed=True)
    certification_remarks: Mapped[Note | None] = item(67, "認定備考", CLERK)
    was_certified_before_2015: Mapped[bool | None] = item(72, "既認定者フラグ", CLERK)
    was_severe: Mapped[bool | None] = item(73, "重症患者フラグ", CLERK, pii=Pii.HEALTH)

    registration_certificate: Mapped[Number | None] = extension("登録者証番号", SYSTEM, pii=Pii.NUMBER)
    reasons: Mapped[list[str] | None] = mapped_column(JSONB, comment="有効期間の理由")
    # What was printed stays; a change or a loss only says until when it held, or that it never took effect.
    ended_on: Mapped[date | None] = mapped_column(comment="終了した日")
    is_cancelled: Mapped[bool] = mapped_column(server_default="false", comment="取消")
    replaced_by: Mapped[int | None] = mapped_column(ForeignKey("certification.id"), comment="後の認定")


class Decision(Record):
    """起案・決裁: who drafted the result and who signed it off; never the same person (refused by the table)."""

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint("signed_by IS NULL OR signed_by <> drafted_by", name="drafter_does_not_sign_off"),
        CheckConstraint("(sign_off = '1') = (signed_by IS NOT NULL AND sign_off_date IS NOT NULL) OR sign_off = '2'",
                        name="sign_off_has_a_signer"),
        # A case that was held is drafted again; what was signed for the hold stays beside it.
        Index("uq_decision_current", "application_id", unique=True, postgresql_where=text("is_current")),
    )
    annex_table = "recipient"

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    draft: Mapped[Code] = item(68, "起案区分", BOARD, codes="draft")
    draft_date: Mapped[date | None] = item(69, "起案日", BOARD, listed=True)
    sign_off: Mapped[Code] = item(70, "決裁区分", BOARD, codes="sign_off", listed=True, server_default="0")
    sign_off_date: Mapped[date | None] = item(71, "決裁日", BOARD, listed=True)

    drafted_by: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), comment="起案者")
    signed_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), comment="決裁者")
    proposal: Mapped[dict[str, object] | None] = mapped_column(JSONB, comment="起案内容")
    sent_back_reason: Mapped[str | None] = mapped_column(comment="差戻し理由")
    is_current: Mapped[bool] = mapped_column(server_default="true", comment="いまの起案")


class Loss(Record):
    """資格喪失: why and from when a certification no longer holds."""

    __tablename__ = "loss"
    annex_table = "recipient"

    application_id: Mapped[int] = part_of_application()
    loss_reason: Mapped[Code] = item(74, "喪失理由区分", PAPER, codes="loss_reason", listed=True)
    loss_date: Mapped[date] = item(75, "喪失日", PAPER, listed=True)


class Notice(Record):
    """通知: what was sent about an application, to whom and when."""

    __tablename__ = "notice"
    annex_table = "recipient"

    application_id: Mapped[int] = part_of_application()
    reminder: Mapped[Code | None] = item(76, "勸奨通知区分", SYSTEM, codes="reminder")
    reminder_date: Mapped[date | None] = item(77, "勸奨通知日", SYSTEM)
    applicant_notice: Mapped[Code | None] = item(78, "申請者通知区分", SYSTEM, codes="applicant_notice")
    applicant_notice_date: Mapped[date | None] = item(79, "申請者通知日", SYSTEM)
    facility_notice: Mapped[Code | None] = item(80, "医療機関通知区分", SYSTEM, codes="facility_notice")
    facility_notice_date: Mapped[date | None] = item(81, "医療機関通知日", SYSTEM)


class Certificate(Record):
    """受給者証: one printed certificate of one certification; a reprint is a new row."""

    __tablename__ = "certificate"

    certification_id: Mapped[int] = mapped_column(ForeignKey("certification.id"), index=True)
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"), index=True)
    issue_date: Mapped[date] = mapped_column(comment="交付日")
    is_reprint: Mapped[bool] = mapped_column(server_default="false", comment="再印刷")
    reprint_reason: Mapped[str | None] = mapped_column(comment="再印刷の理由")
    printed_by: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), comment="印刷者")
    printed_at: Mapped[datetime] = mapped_column(comment="印刷日時")
    pdf_sha256: Mapped[str] = mapped_column(comment="PDFのSHA-256")
    occasion_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"), comment="交付のもとになった届出")


class Recall(Record):
    """回収: a certificate that no longer holds and should come back; one row a certification."""

    __tablename__ = "recall"
    __table_args__ = (UniqueConstraint("certification_id", "asked_on"),
                      Index("ix_recall_open", "recipient_id", postgresql_where=text("returned_on IS NULL")))

    certification_id: Mapped[int] = mapped_column(ForeignKey("certification.id"))
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"))
    reason: Mapped[str] = mapped_column(comment="回収の理由")
    asked_on: Mapped[date] = mapped_column(comment="返却を求めた日")
    returned_on: Mapped[date | None] = mapped_column(comment="返却された日")


class NumberSeries(Record):
    """採番: the last number given in a gap-free series; taken under a row lock in the transaction that uses it."""

    __tablename__ = "number_series"

    name: Mapped[str] = mapped_column(unique=True, comment="系列")
    last: Mapped[int] = mapped_column(server_default="0", comment="最後の番号")
