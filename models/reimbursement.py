"""償還払: money a patient already paid and claims back (Annex 1, section 4), its bills, and who decided about it."""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.items import Code, Codes, Entry, Kana, Month, Name, Note, Number, Pii, Record, Yen, extension, item

PAPER, CLERK, BOARD, SYSTEM, BANK, HEALTH = Entry.PAPER, Entry.CLERK, Entry.BOARD, Entry.SYSTEM, Pii.BANK, Pii.HEALTH

# 処理状況, in the order they are passed through; the moves are in procedures.reimbursement_progress.
CLAIM_STATES = ("registered", "calculated", "drafted", "held", "granted", "paid", "returned", "refused", "withdrawn")
_GRANTED = "('granted', 'paid', 'returned')"


class ReimbursementClaim(Record):
    """特定医療費請求書: one claim, or one part of it; it exists only after two agreeing keyings of its sheet."""

    __tablename__ = "reimbursement_claim"
    __table_args__ = (
        CheckConstraint("claimed_yen > 0", name="claims_something"),
        CheckConstraint("state IN ('" + "', '".join(CLAIM_STATES) + "')", name="state_is_known"),
        CheckConstraint(f"state NOT IN {_GRANTED} OR (planned_yen BETWEEN 1 AND claimed_yen AND certification IN ('1', '2') "
                        "AND decision_date IS NOT NULL AND recipient_id IS NOT NULL AND holder IS NOT NULL "
                        "AND account_holder_kana IS NOT NULL)", name="granted_is_complete"),
        CheckConstraint(f"planned_yen IS NULL OR state IN {_GRANTED}", name="only_a_granted_claim_is_planned"),
        CheckConstraint("holder IN ('patient', 'applicant', 'proxy')", name="holder_is_known"),
        CheckConstraint("holder <> 'proxy' OR proxy_note IS NOT NULL", name="a_proxy_has_a_letter"),
        UniqueConstraint("sheet_id", "part"),
        CheckConstraint("part >= 1", name="parts_count_from_one"),
        UniqueConstraint("acceptance_number"),
        Index("ix_reimbursement_claim_waiting", "state", "acceptance_date", "id"),
    )
    annex_table = "reimbursement"

    recipient_id: Mapped[int | None] = mapped_column(ForeignKey("recipient.id"), index=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("received_sheet.id"))
    part: Mapped[int] = mapped_column(server_default="1", comment="枝番")
    application_date: Mapped[date] = item(1, "申請日", PAPER, listed=True)
    counter: Mapped[Code | None] = item(2, "受付窓口区分", CLERK, codes="counter")
    certification: Mapped[Code | None] = item(3, "認定区分", BOARD, codes="reimbursement_certification", listed=True)
    claim_reason: Mapped[Code] = item(4, "請求理由種別", PAPER, codes="claim_reason")
    acceptance_date: Mapped[date] = item(5, "申請受理日", CLERK)
    acceptance_number: Mapped[Number] = item(6, "申請受理番号", SYSTEM, listed=True)
    attachments: Mapped[Codes | None] = item(7, "添付書類種別", CLERK, codes="attachment")
    forwarding: Mapped[Code | None] = item(8, "進達区分", CLERK, codes="forwarding")
    forwarding_date: Mapped[date | None] = item(9, "進達日", CLERK)
    head_office_date: Mapped[date | None] = item(10, "本庁受領日", CLERK)
    branch: Mapped[Code | None] = item(11, "登録支所区分", CLERK, codes="counter")
    remarks: Mapped[Note | None] = item(12, "償還申請備考", CLERK)
    claimed_yen: Mapped[Yen] = item(13, "請求金額", PAPER, listed=True)
    planned_yen: Mapped[Yen | None] = item(14, "支払予定金額", SYSTEM, listed=True)
    decision_date: Mapped[date | None] = item(15, "支給決定日", BOARD)
    decision_reason: Mapped[Code | None] = item(16, "支給決定理由", BOARD, codes="decision_reason")
    bank: Mapped[Number] = item(17, "金融機関番号", PAPER, pii=BANK, exact=True)
    bank_branch: Mapped[Number] = item(18, "支店番号", PAPER, pii=BANK, exact=True)
    account_kind: Mapped[Code] = item(19, "預金種別", PAPER, pii=BANK, codes="account_kind")
    account_number: Mapped[Number] = item(20, "口座番号", PAPER, pii=BANK, exact=True)
    account_holder: Mapped[Name] = item(21, "名義人氏名", PAPER, pii=BANK, exact=True)

    written_recipient_number: Mapped[Number] = extension("請求書記載の受給者番号", PAPER, pii=Pii.NUMBER, exact=True)
    account_holder_kana: Mapped[Kana | None] = extension("口座名義カナ", PAPER, pii=BANK, exact=True)
    # As a post-office passbook has it; branch, kind and number above are what it converts to.
    postal_symbol: Mapped[Number | None] = extension("ゆうちょ記号", PAPER, pii=BANK, exact=True)
    postal_number: Mapped[Number | None] = extension("ゆうちょ番号", PAPER, pii=BANK, exact=True)

    state: Mapped[str] = mapped_column(server_default="registered", comment="処理状況")
    holder: Mapped[str | None] = mapped_column(comment="口座名義人と受給者の関係")
    proxy_note: Mapped[Note | None] = mapped_column(comment="委任状の確認")
    withdrawn_reason: Mapped[Note | None] = mapped_column(comment="取下げの理由")

    bills: Mapped[list["ReimbursementBill"]] = relationship(lazy="selectin", order_by="ReimbursementBill.position")
    months: Mapped[list["ReimbursementMonth"]] = relationship(lazy="selectin", order_by="ReimbursementMonth.treatment_month")


class ReimbursementBill(Record):
    """領収: what one institution was paid in one month, as its 特定医療費証明書 says; one line of the claim."""

    __tablename__ = "reimbursement_bill"
    __table_args__ = (
        UniqueConstraint("claim_id", "position"),
        CheckConstraint("total_yen > 0 AND paid_yen BETWEEN 0 AND total_yen AND meal_yen >= 0", name="amounts_are_possible"),
        CheckConstraint("treated_to >= treated_on AND date_trunc('month', treated_to::timestamp) = "
                        "date_trunc('month', treated_on::timestamp)", name="days_of_one_month"),
        CheckConstraint("exclusion IS NULL OR (exclusion_note IS NOT NULL AND NOT is_granted)", name="an_exclusion_says_why"),
        # 二重払い: the same bill of the same person is granted once.
        Index("uq_reimbursement_bill_granted", "recipient_id", "treated_on", "facility_number", "setting", "total_yen",
              unique=True, postgresql_where=text("is_granted")),
        Index("ix_reimbursement_bill_facility", "recipient_id", "facility_number"),
    )

    claim_id: Mapped[int] = mapped_column(ForeignKey("reimbursement_claim.id"), index=True)
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"))
    position: Mapped[int] = mapped_column(comment="行番号")
    treated_on: Mapped[date] = extension("診療日", PAPER, pii=HEALTH)
    treated_to: Mapped[date | None] = extension("診療日(最終日)", PAPER, pii=HEALTH)
    setting: Mapped[Code] = extension("入外別(証明書)", PAPER, pii=HEALTH, codes="setting")
    facility_number: Mapped[Number] = extension("医療機関番号(証明書)", PAPER, pii=HEALTH, exact=True)
    total_yen: Mapped[Yen] = extension("医療費総額(10割)", PAPER)
    insured_share: Mapped[Code] = extension("負担割合", PAPER, codes="insured_share")
    paid_yen: Mapped[Yen] = extension("支払額(食事を除く)", PAPER)
    meal_yen: Mapped[Yen | None] = extension("食事療養標準負担額", PAPER)

    exclusion: Mapped[Code | None] = extension("対象外の理由", CLERK, pii=HEALTH, codes="decision_reason")
    exclusion_note: Mapped[Note | None] = extension("対象外とした根拠", CLERK, pii=HEALTH)
    overlap_note: Mapped[Note | None] = extension("重複の確認", CLERK)
    is_granted: Mapped[bool] = mapped_column(server_default="false", comment="支給に含む")


class ReimbursementMonth(Record):
    """月ごとの前提: what paper and insurer say of a month: 高額療養費, and what the 管理票 had used up of the cap."""

    __tablename__ = "reimbursement_month"
    __table_args__ = (
        UniqueConstraint("claim_id", "position"),
        UniqueConstraint("claim_id", "treatment_month"),
        CheckConstraint("(decided_yen IS NULL) = (decided_on IS NULL) AND (decided_yen IS NULL) = (decided_source IS NULL)",
                        name="a_decision_has_day_and_source"),
    )

    claim_id: Mapped[int] = mapped_column(ForeignKey("reimbursement_claim.id"), index=True)
    position: Mapped[int] = mapped_column(comment="行番号")
    treatment_month: Mapped[Month] = extension("診療年月(月別)", PAPER)
    high_cost: Mapped[Code | None] = extension("高額療養費の状況", PAPER, codes="high_cost")
    high_cost_yen: Mapped[Yen | None] = extension("支給額(高額療養費)", PAPER)
    ledger_yen: Mapped[Yen | None] = extension("管理票の累積額", PAPER)
    decided_yen: Mapped[Yen | None] = extension("高額療養費の決定額", CLERK)
    decided_on: Mapped[date | None] = extension("高額療養費を確かめた日", CLERK)
    decided_source: Mapped[Note | None] = extension("高額療養費の根拠", CLERK)


class ReimbursementCalculation(Record):
    """算定: what the rules made of a claim on one day, every line of it; kept as it was, a later one stands beside it."""

    __tablename__ = "reimbursement_calculation"
    __table_args__ = (
        UniqueConstraint("claim_id", "number"),
        CheckConstraint("decision IN ('pay', 'hold', 'refuse')", name="decision_is_known"),
        CheckConstraint("refund_yen >= 0 AND (decision = 'pay') = (refund_yen > 0)", name="only_a_payment_has_an_amount"),
    )

    claim_id: Mapped[int] = mapped_column(ForeignKey("reimbursement_claim.id"))
    number: Mapped[int] = mapped_column(comment="回")
    calculated_on: Mapped[date] = mapped_column(comment="算定日")
    calculated_by: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), comment="算定者")
    decision: Mapped[str] = mapped_column(comment="算定の結果")
    refund_yen: Mapped[Yen] = mapped_column(comment="算定額")
    reason: Mapped[Code] = mapped_column(comment="主な理由")
    figures_row: Mapped[int] = mapped_column(comment="使った数字の最後の行")  # of parameter_row; the law's own need no row
    content: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="算定の内容")


class PaymentDecision(Record):
    """支給決定: who drafted what becomes of a claim and who signed it off; never the same person (refused by the table)."""

    __tablename__ = "payment_decision"
    __table_args__ = (
        CheckConstraint("result IN ('pay', 'refuse', 'hold')", name="result_is_known"),
        CheckConstraint("(result = 'pay') = (amount_yen > 0) AND amount_yen >= 0", name="only_a_payment_has_an_amount"),
        CheckConstraint("signed_by IS NULL OR signed_by <> drafted_by", name="drafter_does_not_sign_off"),
        CheckConstraint("sign_off IN ('0', '1', '2') AND (sign_off = '1') = (signed_by IS NOT NULL) AND "
                        "(signed_by IS NULL) = (sign_off_date IS NULL)", name="sign_off_has_a_signer"),
        CheckConstraint("(sign_off = '2') = (sent_back_reason IS NOT NULL)", name="what_is_sent_back_says_why"),
        CheckConstraint("(take_back_asked_by IS NULL) = (take_back_asked_on IS NULL) AND "
                        "(take_back_asked_by IS NULL) = (take_back_reason IS NULL)", name="taking_back_has_a_reason"),
        CheckConstraint("(taken_back_by IS NULL) = (taken_back_on IS NULL) AND (taken_back_by IS NULL OR "
                        "(take_back_asked_by IS NOT NULL AND taken_back_by <> take_back_asked_by))",
                        name="taken_back_by_a_second_person"),
        CheckConstraint("take_back_asked_by IS NULL OR (result = 'pay' AND sign_off = '1')",
                        name="only_what_was_granted_is_taken_back"),
        Index("uq_payment_decision_current", "claim_id", unique=True, postgresql_where=text("is_current")),
    )

    claim_id: Mapped[int] = mapped_column(ForeignKey("reimbursement_claim.id"), index=True)
    calculation_id: Mapped[int] = mapped_column(ForeignKey("reimbursement_calculation.id"))
    result: Mapped[str] = mapped_column(comment="起案の結果")
    amount_yen: Mapped[Yen] = mapped_column(server_default="0", comment="支給額")
    reason: Mapped[Code] = mapped_column(comment="支給決定理由")
    remarks: Mapped[Note | None] = mapped_column(comment="起案の補足")
    draft_date: Mapped[date] = mapped_column(comment="起案日")
    drafted_by: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), comment="起案者")
    sign_off: Mapped[Code] = mapped_column(server_default="0", comment="決裁区分")
    sign_off_date: Mapped[date | None] = mapped_column(comment="決裁日")
    signed_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), comment="決裁者")
    sent_back_reason: Mapped[Note | None] = mapped_column(comment="差戻しの理由")
    is_current: Mapped[bool] = mapped_column(server_default="true", comment="いまの起案")

    # 支給決定の取消: one person asks with the reason, another takes it back; beside the decision, which stays as it was signed.
    take_back_asked_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), comment="取消の依頼者")
    take_back_asked_on: Mapped[date | None] = mapped_column(comment="取消の依頼日")
    take_back_reason: Mapped[Note | None] = mapped_column(comment="取消の理由")
    taken_back_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), comment="取消の承認者")
    taken_back_on: Mapped[date | None] = mapped_column(comment="取消日")
