"""振込先の確認: bank and branch by the dated master, the holder by the kana of patient and applicant; no number is shown."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.bank_kana import NotWritable, bank_kana
from exchange.characters import BANK, Undecided
from models.application import Application
from models.person import Applicant
from models.recipient import Recipient
from models.reimbursement import ReimbursementClaim
from procedures.characters import table
from procedures.lookup import name_of
from procedures.refusal import Refused
from rules.spelling import search_key

PATIENT, APPLICANT, PROXY = "patient", "applicant", "proxy"


class PayeeUnclear(Refused):
    """Nobody would know whom the money reaches."""


@dataclass(frozen=True)
class Payee:
    """振込先: the names behind the numbers on the day, whose account it is, and what must be cleared before a grant."""

    bank_name: str | None
    branch_name: str | None
    holder: str | None
    faults: tuple[str, ...]


def payee_of(session: Session, claim: ReimbursementClaim, on: date) -> Payee:
    """振込先を確かめる: as the masters and the ledger say on the day *on*."""
    bank = name_of(session, "bank", claim.bank, on)
    branch = name_of(session, "branch", claim.bank_branch, on, claim.bank)
    holder = PROXY if claim.proxy_note else holder_of(session, claim)
    faults = []
    if bank is None:
        faults.append("金融機関番号が台帳にありません。請求者に確かめ、口座を訂正してください。")
    elif branch is None:
        faults.append("支店番号が台帳にありません。請求者に確かめ、口座を訂正してください。")
    if not claim.account_holder_kana:
        faults.append("口座名義カナがありません。請求者に確かめ、訂正してください。")
    elif not _is_writable(session, claim.account_holder_kana):
        faults.append("口座名義カナに、銀行のデータに書けない文字があります。通帳で確かめ、訂正してください。")
    if holder is None:
        faults.append("口座名義人が受給者とも申請者とも違います。委任状を確かめて記録してください。")
    return Payee(bank, branch, holder, tuple(faults))


def holder_of(session: Session, claim: ReimbursementClaim) -> str | None:
    """名義人: ``patient`` or ``applicant`` by the kana, by the name where no kana is known; None where it is neither."""
    person = session.get_one(Recipient, claim.recipient_id)
    if _is_same(claim, person.name, person.name_kana):
        return PATIENT
    for applicant in session.scalars(select(Applicant).join(Application, Application.id == Applicant.application_id).where(
            Application.recipient_id == person.id).order_by(Application.acceptance_date.desc(), Application.id.desc())):
        if _is_same(claim, applicant.applicant_name, applicant.applicant_name_kana):
            return APPLICANT
    return None


def demand_clear(payee: Payee) -> None:
    """確かめる: PayeeUnclear with the first thing that must be cleared."""
    if payee.faults:
        raise PayeeUnclear(payee.faults[0])


def _is_same(claim: ReimbursementClaim, name: str, kana: str | None) -> bool:
    if kana and claim.account_holder_kana:
        return search_key(kana) == search_key(claim.account_holder_kana)
    return search_key(name) == search_key(claim.account_holder)


def _is_writable(session: Session, kana: str) -> bool:
    try:
        bank_kana(table(session).written(kana, BANK))
    except (NotWritable, Undecided):
        return False
    return True
