"""支払の候補: granted claims that no run pays yet, each with what would stop a bank from paying it on that day."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from exchange.bank_kana import NotWritable, bank_kana, cut
from exchange.characters import BANK, CharacterTable, Undecided
from exchange.zengin import ACCOUNT_KINDS
from models.journal import Action
from models.payment import PaymentOrder, PaymentReturn
from models.recipient import Recipient
from models.reimbursement import PaymentDecision, ReimbursementClaim
from procedures import journal
from procedures.actor import Actor
from procedures.bank_master import Place, banks_on
from procedures.characters import ask, table
from translations.wording import said

LONGEST_HOLDER: Final = 30  # 受取人名: banks ask for the first thirty letters of a longer one (sihd-bk.jp 振込のご注意)


@dataclass(frozen=True)
class Candidate:
    """候補: one claim that may be paid; *faults* keep it out of a run, *notes* only tell."""

    claim: ReimbursementClaim
    name: str
    place: Place | None
    holder_kana: str
    faults: tuple[str, ...]
    notes: tuple[str, ...]
    returned: PaymentReturn | None

    @property
    def yen(self) -> int:
        """支払予定金額."""
        return int(self.claim.planned_yen or 0)

    @property
    def is_good(self) -> bool:
        """Whether a run would take it."""
        return not self.faults


def candidates(session: Session, actor: Actor, on: date) -> list[Candidate]:
    """候補を見る, as of the transfer day *on*, in the order of acceptance; whom the list shows is journalled."""
    found = payable(session, on)
    journal.record(session, actor, Action.LISTED, detail={
        "payment_candidates": len(found), "recipients": [each.claim.recipient_id for each in found]})
    return found


def payable(session: Session, on: date) -> list[Candidate]:
    """候補: what is granted and in no living run, and what came back and waits."""
    known = table(session)
    rows = session.execute(
        select(ReimbursementClaim, Recipient.name).join(Recipient, Recipient.id == ReimbursementClaim.recipient_id)
        .where(ReimbursementClaim.state.in_(("granted", "returned")), ~select(PaymentOrder.id).where(
            PaymentOrder.claim_id == ReimbursementClaim.id, PaymentOrder.state == "ordered").exists())
        .order_by(ReimbursementClaim.acceptance_number)).all()
    places = banks_on(session, [(claim.bank, claim.bank_branch) for claim, _ in rows], on)
    returned = _returned(session, [claim.id for claim, _ in rows if claim.state == "returned"])
    shared, asked = _shared(rows), _asked_back(session)
    return [_candidate(session, known, claim, name, places.get((claim.bank, claim.bank_branch)), returned.get(claim.id), shared,
                       claim.id in asked)
            for claim, name in rows]


def counts(session: Session) -> tuple[int, int]:
    """How many claims wait for a run, and how many yen."""
    row = session.execute(select(func.count(), func.coalesce(func.sum(ReimbursementClaim.planned_yen), 0)).where(
        ReimbursementClaim.state == "granted", ~select(PaymentOrder.id).where(
            PaymentOrder.claim_id == ReimbursementClaim.id, PaymentOrder.state == "ordered").exists())).one()
    return int(row[0]), int(row[1])


def is_corrected(known: CharacterTable, claim: ReimbursementClaim, order: PaymentOrder) -> bool:
    """口座が直ったか: whether the claim names another account, or another name, than the order that came back."""
    return account_of(known, claim) != (order.bank, order.branch, order.account_kind, order.account_number, order.holder_kana)


def account_of(known: CharacterTable, claim: ReimbursementClaim) -> tuple[str, str, str, str, str]:
    """口座: bank, branch, kind, number and the holder as a bank writes her; blank where no bank can."""
    try:
        holder = holder_of(known, claim)
    except (NotWritable, Undecided):
        holder = ""
    return claim.bank, claim.bank_branch, claim.account_kind, claim.account_number, holder


def holder_of(known: CharacterTable, claim: ReimbursementClaim) -> str:
    """受取人名 in a bank's letters, its first thirty; Undecided, NotWritable."""
    return cut(_whole_holder(known, claim), LONGEST_HOLDER).rstrip()


def _whole_holder(known: CharacterTable, claim: ReimbursementClaim) -> str:
    return bank_kana(known.written(" ".join((claim.account_holder_kana or "").split()), BANK))


def _candidate(session: Session, known: CharacterTable, claim: ReimbursementClaim, name: str, place: Place | None,
               back: tuple[PaymentReturn, PaymentOrder] | None, shared: set[tuple[str, str, str]],
               is_asked_back: bool) -> Candidate:
    faults, notes, holder = _account_faults(claim, place), [], ""
    if is_asked_back:
        faults.append("支給決定の取消が依頼されています。決裁者が決めるまで支払えません。")
    try:
        holder = holder_of(known, claim)
        if not holder:
            faults.append("口座名義カナがありません。請求書を確かめ、訂正してください。")
        elif len(_whole_holder(known, claim)) > LONGEST_HOLDER:
            notes.append("口座名義カナは先頭の30字だけを送ります。")
    except Undecided as letter:
        ask(session, letter)
        faults.append(said("口座名義カナ: %(why)s", why=letter.message))
    except NotWritable as wrong:
        faults.append(said("口座名義カナ: %(why)s", why=wrong.message))
    if back and back[0].requeued_at is None and not is_corrected(known, claim, back[1]):
        faults.append("振込不能でした。口座を訂正するか、口座が正しければ支払に戻してください。")
    if (claim.bank, claim.bank_branch, claim.account_number) in shared:
        notes.append("同じ口座に、ほかの受給者の支払があります。")
    return Candidate(claim, name, place, holder, tuple(faults), tuple(notes), back[0] if back else None)


def _account_faults(claim: ReimbursementClaim, place: Place | None) -> list[str]:
    faults = []
    if place is None:
        faults.append("金融機関と支店の番号が、振込指定日の金融機関の表にありません。番号を確かめ、訂正してください。")
    elif place.fault:
        faults.append(place.fault)
    if not (len(claim.account_number) == 7 and claim.account_number.isascii() and claim.account_number.isdigit()):
        faults.append("口座番号が7桁の数字ではありません。請求書を確かめ、訂正してください。")
    if claim.account_kind not in ACCOUNT_KINDS:
        faults.append("預金種別が振込に使えないものです。請求書を確かめ、訂正してください。")
    return faults


def _asked_back(session: Session) -> set[int]:
    """Claims whose decision somebody asked to take back."""
    return set(session.scalars(select(PaymentDecision.claim_id).where(
        PaymentDecision.is_current, PaymentDecision.take_back_asked_by.is_not(None), PaymentDecision.taken_back_by.is_(None))))


def _returned(session: Session, claims: Sequence[int]) -> dict[int, tuple[PaymentReturn, PaymentOrder]]:
    """The newest return of each claim and the order it is of."""
    rows = session.execute(select(PaymentReturn, PaymentOrder).join(PaymentOrder, PaymentOrder.id == PaymentReturn.order_id)
                           .where(PaymentOrder.claim_id.in_(claims)).order_by(PaymentReturn.id))
    return {order.claim_id: (back, order) for back, order in rows}


def _shared(rows: Sequence[Row[Any]]) -> set[tuple[str, str, str]]:
    """Accounts that more than one person names."""
    named = {(claim.bank, claim.bank_branch, claim.account_number, claim.recipient_id) for claim, _ in rows}
    accounts = Counter((bank, branch, number) for bank, branch, number, _ in named)
    return {account for account, count in accounts.items() if count > 1}
