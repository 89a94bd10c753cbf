"""支払: a run is made by one person, released by another, and paid once; its bytes are a fact before there is a file."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.journal import Action
from models.payment import PaymentBatch, PaymentOrder
from models.reimbursement import ReimbursementClaim
from procedures import journal
from procedures.actor import Actor
from procedures.characters import table
from procedures.city import City
from procedures.consignor import consignor_on
from procedures.payment_candidates import Candidate, account_of, payable
from procedures.payment_file import content_of, digest_of, written
from procedures.refusal import Overstepped, Refused
from procedures.reimbursement_progress import move
from procedures.series import next_number, next_numbers
from rules.bank_day import is_bank_day
from translations.wording import said

RUNS, ORDERS = "payment_batch", "payment_order"  # 採番の系列
LIVE: Final = ("made", "released", "sent")


class NothingToPay(Refused):
    """No claim could be paid on that day."""

    message = "支払える請求がありません。支払の候補で、直すものがないか確かめてください。"


class NoBankDay(Refused):
    """Banks do not transfer on that day."""

    message = "振込指定日は、今日以後の銀行の営業日にしてください。"


class NotPossibleNow(Refused):
    """The run is in a state that does not allow it."""

    message = "この支払回には、いまその操作ができません。画面を開き直して、状態を確かめてください。"


class MakersOwn(Overstepped):
    """Two people send money."""

    message = "支払回を作った人は承認できません。ほかの人に回してください。"


class ChangedSince(Refused):
    """A claim says something else than the run by now."""

    message = "作成の後に、口座か金額の変わった請求があります。この支払回を取り消して、作り直してください。"


def batch_on(session: Session, on: date) -> PaymentBatch | None:
    """その日の支払回, if one lives."""
    return session.scalars(select(PaymentBatch).where(
        PaymentBatch.transfer_date == on, PaymentBatch.state.in_(LIVE))).one_or_none()


def orders_of(session: Session, batch_id: int) -> list[PaymentOrder]:
    """支払回の振込 in the order of the file."""
    return list(session.scalars(select(PaymentOrder).where(PaymentOrder.batch_id == batch_id).order_by(PaymentOrder.position)))


def make(session: Session, actor: Actor, city: City, on: date, today: date, now: datetime,
         chosen: Collection[int] | None = None) -> PaymentBatch:
    """支払回を作る for the transfer day *on*: all good candidates, or the *chosen* claims among them; it waits for release.

    NoBankDay, NothingToPay, ConsignorMissing; a day that has a run is refused by its number.
    """
    _judge_day(on, today)
    number = next_number(session, RUNS)  # the row stays locked: two who make runs at once come one after the other
    standing = batch_on(session, on)
    if standing is not None:
        raise NotPossibleNow(said("その日の支払回 %(number)s がもうあります。同じ日に二度は作れません。", number=standing.number))
    consignor = consignor_on(session, city, on)
    _hold_still(session)
    good = [each for each in payable(session, on) if each.is_good and (chosen is None or each.claim.id in chosen)]
    if not good:
        raise NothingToPay
    _put_back(session, actor, good, now)
    numbers = next_numbers(session, ORDERS, len(good))
    orders = [_order(each, position, order) for position, (each, order) in enumerate(zip(good, numbers, strict=True), start=1)]
    batch = PaymentBatch(
        number=number, transfer_date=on, order_count=len(orders), total_yen=sum(each.yen for each in orders),
        sha256=digest_of(written(consignor, orders)), consignor=consignor, made_by=actor.user_id, made_at=now)
    session.add(batch)
    session.flush()
    for each in orders:
        each.batch_id = batch.id
    session.add_all(orders)
    session.flush()
    _note(session, actor, Action.DRAFTED, batch, orders, "made")
    return batch


def release(session: Session, actor: Actor, batch_id: int, today: date, now: datetime) -> PaymentBatch:
    """支払回を承認する: from now on it is paid; its claims are 支払済. MakersOwn, ChangedSince, NotPossibleNow, NoBankDay."""
    batch = _locked(session, batch_id, "made")
    if batch.made_by == actor.user_id:
        raise MakersOwn
    _judge_day(batch.transfer_date, today)
    orders = orders_of(session, batch.id)
    claims = _claims(session, orders)
    known = table(session)
    if any(account_of(known, claims[each.claim_id]) != _account(each) or claims[each.claim_id].planned_yen != each.yen
           for each in orders):
        raise ChangedSince
    content_of(session, batch)
    batch.state, batch.released_by, batch.released_at = "released", actor.user_id, now
    session.flush()
    for claim in claims.values():
        move(claim, "paid")
    session.flush()
    _note(session, actor, Action.DECIDED, batch, orders, "released")
    return batch


def cancel(session: Session, actor: Actor, batch_id: int, reason: str, now: datetime) -> PaymentBatch:
    """支払回を取り消す, before its release only; its claims wait for the next run. NotPossibleNow."""
    if not reason.strip():
        raise Refused("取消の理由を入力してください。")
    batch = _locked(session, batch_id, "made")
    batch.state, batch.cancelled_by, batch.cancelled_at = "cancelled", actor.user_id, now
    batch.cancel_reason = reason.strip()[:400]
    session.flush()
    orders = orders_of(session, batch.id)
    for each in orders:
        each.state = "cancelled"
    session.flush()
    _note(session, actor, Action.CHANGED, batch, orders, "cancelled")
    return batch


def hand_over(session: Session, actor: Actor, batch_id: int, how: str, now: datetime) -> bytes:
    """銀行に渡す: the bytes of a released run, the same every time; the first time it becomes 送信済. Journalled.

    NotPossibleNow before its release, BatchAltered where the rows no longer give the bytes that were released.
    """
    batch = session.get(PaymentBatch, batch_id, with_for_update=True, populate_existing=True)
    if batch is None or batch.state not in ("released", "sent"):
        raise NotPossibleNow("この支払回はまだ承認されていません。作った人とは別の人が承認してから、もう一度行ってください。")
    content = content_of(session, batch)
    if batch.state == "released":
        batch.state, batch.sent_how, batch.sent_at = "sent", how, now
        session.flush()
    _note(session, actor, Action.EXPORTED, batch, orders_of(session, batch.id), how)
    return content


def _judge_day(on: date, today: date) -> None:
    try:
        works = is_bank_day(on)
    except LookupError as unknown:
        raise NoBankDay(said("%(year)s年の銀行の休業日が登録されていません。「規則の数字」の bank_holidays に加えてください。",
                             year=on.year)) from unknown
    if on < today or not works:
        raise NoBankDay


def _hold_still(session: Session) -> None:
    """Nothing that may be paid is taken back, or corrected, while a run is made of it."""
    session.execute(select(ReimbursementClaim.id).where(ReimbursementClaim.state.in_(("granted", "returned")))
                    .order_by(ReimbursementClaim.id).with_for_update())
    session.expire_all()


def _put_back(session: Session, actor: Actor, good: Sequence[Candidate], now: datetime) -> None:
    """訂正された振込不能 go back to what is granted; the correction had its two people."""
    for each in good:
        if each.claim.state == "returned" and each.returned is not None:
            each.returned.requeued_by, each.returned.requeued_at = actor.user_id, now
            session.flush()
            move(each.claim, "granted")
    session.flush()


def _order(each: Candidate, position: int, number: int) -> PaymentOrder:
    claim, place = each.claim, each.place
    assert place is not None
    return PaymentOrder(
        position=position, number=number, claim_id=claim.id, recipient_id=claim.recipient_id, yen=each.yen, bank=claim.bank,
        bank_name=place.bank_name, bank_kana=place.bank_kana, branch=claim.bank_branch, branch_name=place.branch_name,
        branch_kana=place.branch_kana, account_kind=claim.account_kind, account_number=claim.account_number,
        holder_kana=each.holder_kana, state="ordered")


def _account(order: PaymentOrder) -> tuple[str, str, str, str, str]:
    return order.bank, order.branch, order.account_kind, order.account_number, order.holder_kana


def _claims(session: Session, orders: Sequence[PaymentOrder]) -> dict[int, ReimbursementClaim]:
    found = session.scalars(select(ReimbursementClaim).where(ReimbursementClaim.id.in_([each.claim_id for each in orders]))
                            .order_by(ReimbursementClaim.id).with_for_update().execution_options(populate_existing=True))
    return {claim.id: claim for claim in found}


def _locked(session: Session, batch_id: int, state: str) -> PaymentBatch:
    batch = session.get(PaymentBatch, batch_id, with_for_update=True, populate_existing=True)
    if batch is None or batch.state != state:
        raise NotPossibleNow
    return batch


def _note(session: Session, actor: Actor, action: Action, batch: PaymentBatch, orders: Sequence[PaymentOrder], act: str) -> None:
    journal.record(session, actor, action, batch, detail={
        "payment": act, "rows": len(orders), "yen": batch.total_yen, "recipients": sorted({each.recipient_id for each in orders})})
