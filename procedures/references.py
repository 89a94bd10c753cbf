"""紙の上の番号: whether the 受給者番号 or 申請受理番号 written on a paper names somebody or something we know."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forms.sheet import Sheet
from models.recipient import Recipient
from models.sheet import ReceivedSheet
from procedures.lookup import name_of
from rules.spelling import digits

_UNKNOWN: Final = {
    "written_recipient_number": "この受給者番号は台帳にありません。原本の番号を確かめ、原本が誤っていれば受付に返戻してください。",
    "bank": "この金融機関番号は台帳にありません。原本の番号を確かめ、原本が誤っていれば受付に返戻してください。",
    "bank_branch": "この支店番号は台帳にありません。原本の番号を確かめ、原本が誤っていれば受付に返戻してください。",
    "written_acceptance_number": "この申請受理番号は受付簿にありません。一緒に出された申請書で確かめてください。",
}


def acceptance_number_of(session: Session, written: str) -> str | None:
    """申請受理番号 as we gave it out, whatever hyphens, width or case somebody wrote; None where we gave out none."""
    plain = digits(written).upper()
    return session.scalar(select(ReceivedSheet.acceptance_number).where(
        func.replace(ReceivedSheet.acceptance_number, "-", "") == plain)) if plain else None


def unknown(session: Session, sheet: Sheet, raw: Mapping[str, str], on: date) -> dict[str, str]:
    """知らない番号: field name → sentence for each written number that leads nowhere on the day *on*; blank ones are judged elsewhere."""
    found = {place.name: _UNKNOWN[place.item.attribute] for place in sheet.fields()
             if place.item.attribute in _KNOWN and raw.get(place.name, "").strip()
             and not _KNOWN[place.item.attribute](session, raw[place.name])}
    return found | _unknown_bank(session, raw, on)


def _unknown_bank(session: Session, raw: Mapping[str, str], on: date) -> dict[str, str]:
    """金融機関・支店: a transfer goes only where the dated master says there is a branch."""
    bank, branch = raw.get("reimbursement_claim.bank", ""), raw.get("reimbursement_claim.bank_branch", "")
    if bank.strip() and name_of(session, "bank", bank, on) is None:
        return {"reimbursement_claim.bank": _UNKNOWN["bank"]}
    if bank.strip() and branch.strip() and name_of(session, "branch", branch, on, bank) is None:
        return {"reimbursement_claim.bank_branch": _UNKNOWN["bank_branch"]}
    return {}


def _is_a_recipient(session: Session, written: str) -> bool:
    return session.scalar(select(Recipient.id).where(Recipient.recipient_number == digits(written))) is not None


def _was_received(session: Session, written: str) -> bool:
    return acceptance_number_of(session, written) is not None


_KNOWN: Final[dict[str, Callable[[Session, str], bool]]] = {
    "written_recipient_number": _is_a_recipient, "written_acceptance_number": _was_received}
