"""償還払: money a patient already paid and claims back (Annex 1, section 4)."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.items import Code, Codes, Entry, Kana, Name, Note, Number, Pii, Record, Yen, extension, item

PAPER, CLERK, BOARD, SYSTEM, BANK = Entry.PAPER, Entry.CLERK, Entry.BOARD, Entry.SYSTEM, Pii.BANK


class ReimbursementClaim(Record):
    """特定医療費請求書: one claim; it exists only after two agreeing keyings of its sheet."""

    __tablename__ = "reimbursement_claim"
    __table_args__ = (
        CheckConstraint("claimed_yen > 0", name="claims_something"),
        UniqueConstraint("sheet_id"),
        UniqueConstraint("acceptance_number"),
    )
    annex_table = "reimbursement"

    recipient_id: Mapped[int | None] = mapped_column(ForeignKey("recipient.id"), index=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("received_sheet.id"))
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
