"""請求書の登録: the agreed claim of money back stands on the ledger of its person, with its bills and months."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from exchange.layout import ItemWrong
from exchange.zengin import from_postal
from models.items import Record
from models.reimbursement import ReimbursementBill, ReimbursementClaim, ReimbursementMonth
from models.sheet import ReceivedSheet
from procedures.recipient import UnknownRecipient, known_recipient
from procedures.refusal import Refused

ACCOUNT = ("bank_branch", "account_kind", "account_number")
OF_A_BILL = ("treated_on", "setting", "facility_number", "total_yen", "insured_share", "paid_yen")


class NoAccount(Refused):
    """Nowhere on the agreed paper is there an account one could pay to."""

    message = "振込先がそろっていません。支店・預金種別・口座番号か、ゆうちょの記号・番号を確かめ、なければ受付に返戻してください。"


class NoBill(Refused):
    """A claim without a bill claims nothing."""

    message = "証明書が一行もありません。原本を確かめ、なければ受付に返戻してください。"


class BillsDisagree(Refused):
    """The settled answers contradict each other."""

    message = "証明書か月ごとの行が合いません。診療日・支払額・診療年月を原本で確かめ、誤っていれば受付に返戻してください。"


def register(session: Session, received: ReceivedSheet,
             groups: Mapping[tuple[type[Record], int], dict[str, Any]]) -> ReimbursementClaim:
    """登録する: one line a bill and a month; a postal account is kept as written and as it converts. NoAccount, NoBill …"""
    told = groups.get((ReimbursementClaim, 0), {})
    claim = ReimbursementClaim(
        **told | account_of(told), sheet_id=received.id, counter=received.counter,
        acceptance_date=received.received_date, acceptance_number=received.acceptance_number,
        attachments=list(received.attachments or ()), remarks=received.remarks)
    person = known_recipient(session, claim.written_recipient_number)
    if person is None:
        raise UnknownRecipient
    claim.recipient_id = person.id
    bills = [values | {"position": row} for (model, row), values in groups.items() if model is ReimbursementBill]
    months = [values | {"position": row} for (model, row), values in groups.items() if model is ReimbursementMonth]
    _demand_sense(bills, months)
    session.add(claim)
    session.flush()
    session.add_all(ReimbursementBill(claim_id=claim.id, recipient_id=person.id, **values) for values in bills)
    session.add_all(ReimbursementMonth(claim_id=claim.id, **values) for values in months)
    session.flush()
    session.refresh(claim, ["bills", "months"])
    return claim


def account_of(told: Mapping[str, Any]) -> dict[str, str]:
    """振込先: branch, kind and number, converted from the postal symbol and number where those are written. NoAccount."""
    symbol, number = told.get("postal_symbol"), told.get("postal_number")
    try:
        found = dict(zip(ACCOUNT, from_postal(symbol, number), strict=True)) if symbol and number else {}
    except ItemWrong as wrong:
        raise NoAccount from wrong
    account = {name: told.get(name) or found.get(name, "") for name in ACCOUNT}
    if not all(account.values()) or any(account[name] != value for name, value in found.items()):
        raise NoAccount
    return account


def _demand_sense(bills: list[dict[str, Any]], months: list[dict[str, Any]]) -> None:
    """What two clerks may have chosen answer by answer must still hold together: no line is stored that cannot be."""
    if not bills:
        raise NoBill
    told = [values.get("treatment_month") for values in months]
    if None in told or len(set(told)) < len(told):
        raise BillsDisagree
    for values in bills:
        if not all(values.get(name) is not None for name in OF_A_BILL):
            raise BillsDisagree
        first, last = values["treated_on"], values.get("treated_to") or values["treated_on"]
        if last < first or (first.year, first.month) != (last.year, last.month):
            raise BillsDisagree
        if not 0 <= values["paid_yen"] <= values["total_yen"] or not values["total_yen"]:
            raise BillsDisagree
