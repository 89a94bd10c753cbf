"""振込不能: what the bank could not pay comes back to its claim with the reason, and is paid again once it is put right."""

from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from exchange.table_file import EnvelopeWrong
from exchange.transfer_returns import Returned, ReturnList, read_returns
from models.journal import Action
from models.payment import PaymentBatch, PaymentOrder, PaymentReturn, ReturnedList
from models.recipient import Recipient
from models.reimbursement import ReimbursementClaim
from procedures import journal
from procedures.actor import Actor
from procedures.characters import table
from procedures.consignor import stored_consignor
from procedures.import_report import Fault, Report
from procedures.lookup import codes_of
from procedures.payment_candidates import is_corrected
from procedures.payment_file import digest_of
from procedures.refusal import Overstepped, Refused
from procedures.reimbursement_progress import move
from translations.wording import said

KIND: Final = "returned_transfers"
REASONS: Final = "transfer_return_reason"  # コード表


class NoSuchOrder(Refused):
    """There is no such order that could come back."""

    message = "その振込は、いま振込不能にできません。承認された支払回の、まだ戻っていない振込だけです。"


class RegisteredIt(Overstepped):
    """An account that stays the same is put back by a second person."""

    message = "振込不能を登録した人は、口座を変えずに支払へ戻せません。ほかの人に回してください。"


def take_in(session: Session, actor: Actor, file_name: str, raw: bytes, today: date, now: datetime) -> Report:
    """振込不能一覧を取り込む: all of it or nothing; the same file again changes nothing (``already``)."""
    report = Report(file_name, KIND)
    digest = digest_of(raw)
    known = session.scalars(select(ReturnedList).where(ReturnedList.sha256 == digest)).one_or_none()
    if known is not None:
        report.already = report.read = known.row_count
        return report
    try:
        listed = read_returns(raw)
        batch, orders = _matched(session, listed, codes_of(session, {REASONS}, today)[REASONS])
    except EnvelopeWrong as wrong:
        report.errors.append(Fault(0, "", "", wrong.code, wrong.message))
        return report
    made = ReturnedList(batch_id=batch.id, file_name=file_name[:200], sha256=digest, row_count=len(orders),
                        total_yen=sum(order.yen for order, _ in orders), read_by=actor.user_id, read_at=now)
    session.add(made)
    session.flush()
    for order, back in orders:
        _return(session, actor, order, PaymentReturn(list_id=made.id, reason=back.reason, returned_on=today), now)
    journal.record(session, actor, Action.IMPORTED, batch, detail={
        "returned": len(orders), "yen": made.total_yen, "recipients": sorted({order.recipient_id for order, _ in orders})})
    report.read = report.accepted = len(orders)
    report.totals = {"declared": made.total_yen, "counted": made.total_yen}
    return report


def register(session: Session, actor: Actor, order_id: int, reason: str, returned_on: date, note: str, today: date,
             now: datetime) -> PaymentReturn:
    """振込不能を登録する, from the bank's paper or screen. NoSuchOrder, or a sentence about what is missing."""
    if reason not in codes_of(session, {REASONS}, today)[REASONS]:
        raise Refused("不能理由を一覧から選んでください。")
    if not note.strip():
        raise Refused("銀行からの連絡の方法と日付を、補足に入力してください。")
    order = session.get(PaymentOrder, order_id, with_for_update=True, populate_existing=True)
    batch = session.get(PaymentBatch, order.batch_id) if order else None
    if order is None or batch is None or order.state != "ordered" or batch.state not in ("released", "sent"):
        raise NoSuchOrder
    if not batch.transfer_date <= returned_on <= today:
        raise Refused("振込不能の日は、振込指定日から今日までの日にしてください。")
    made = _return(session, actor, order, PaymentReturn(reason=reason, returned_on=returned_on, note=note.strip()[:400]), now)
    journal.record(session, actor, Action.CHANGED, made, recipient_id=order.recipient_id, detail={"payment": "returned", "rows": 1})
    return made


def put_back(session: Session, actor: Actor, return_id: int, note: str, now: datetime) -> PaymentReturn:
    """口座を変えずに支払へ戻す: the account is right, says a second person and why. RegisteredIt."""
    if not note.strip():
        raise Refused("口座を変えずに戻す理由を入力してください。")
    back = session.get(PaymentReturn, return_id, with_for_update=True, populate_existing=True)
    if back is None or back.requeued_at is not None:
        raise Refused("この振込不能は、もう支払に戻されています。画面を開き直してください。")
    if back.registered_by == actor.user_id:
        raise RegisteredIt
    order = session.get_one(PaymentOrder, back.order_id)
    claim = session.get_one(ReimbursementClaim, order.claim_id, with_for_update=True, populate_existing=True)
    back.requeued_by, back.requeued_at, back.requeue_note = actor.user_id, now, note.strip()[:400]
    session.flush()
    move(claim, "granted")
    session.flush()
    journal.record(session, actor, Action.CHANGED, back, recipient_id=order.recipient_id, detail={"payment": "put_back", "rows": 1})
    return back


def waiting(session: Session, actor: Actor) -> list[Row[Any]]:
    """口座の訂正を待つ振込不能, the oldest first: return, order, claim, name, whether the account is corrected; journalled."""
    rows = list(session.execute(
        select(PaymentReturn, PaymentOrder, ReimbursementClaim, Recipient.name)
        .join(PaymentOrder, PaymentOrder.id == PaymentReturn.order_id)
        .join(ReimbursementClaim, ReimbursementClaim.id == PaymentOrder.claim_id)
        .join(Recipient, Recipient.id == PaymentOrder.recipient_id)
        .where(PaymentReturn.requeued_at.is_(None)).order_by(PaymentReturn.id)))
    if rows:
        journal.record(session, actor, Action.LISTED, detail={
            "payment_returns": len(rows), "recipients": [order.recipient_id for _, order, _, _ in rows]})
    return rows


def corrected(session: Session, row: Row[Any]) -> bool:
    """Whether the account of a waiting return was corrected, so that the next run pays it."""
    _, order, claim, _ = row
    return is_corrected(table(session), claim, order)


def _return(session: Session, actor: Actor, order: PaymentOrder, made: PaymentReturn, now: datetime) -> PaymentReturn:
    claim = session.get_one(ReimbursementClaim, order.claim_id, with_for_update=True, populate_existing=True)
    order.state = "returned"
    session.flush()
    made.order_id, made.registered_by, made.registered_at = order.id, actor.user_id, now
    session.add(made)
    session.flush()
    move(claim, "returned")
    session.flush()
    return made


def _matched(session: Session, listed: ReturnList, reasons: dict[str, str]) -> tuple[PaymentBatch, list[tuple[PaymentOrder, Returned]]]:
    """Every line is an order of one released run, as it was sent, and has not come back yet; EnvelopeWrong names the line."""
    if not listed.returned:
        raise EnvelopeWrong("empty", "振込不能の振込が一件もない一覧です。銀行に確かめてください。")
    numbers = [each.transfer.number for each in listed.returned]
    orders = {order.number: order for order in session.scalars(
        select(PaymentOrder).where(PaymentOrder.number.in_(numbers)).with_for_update())}
    batches = {order.batch_id for order in orders.values()}
    batch = session.get(PaymentBatch, batches.pop()) if len(batches) == 1 else None
    if batch is None or batch.state not in ("released", "sent") or stored_consignor(batch.consignor)[0] != listed.consignor:
        raise EnvelopeWrong("batch", "この一覧に当たる支払回がありません。委託者と振込指定日を銀行に確かめてください。")
    seen: set[int] = set()
    for each in listed.returned:
        _judge(each, orders.get(each.transfer.number), seen, reasons)
        seen.add(each.transfer.number)
    return batch, [(orders[each.transfer.number], each) for each in listed.returned]


def _judge(each: Returned, order: PaymentOrder | None, seen: set[int], reasons: dict[str, str]) -> None:
    back = each.transfer
    if order is None or back.number in seen:
        raise _wrong(each, "顧客コード1", "この支払回の振込ではないか、二度書かれています。")
    if order.state != "ordered":
        raise _wrong(each, "顧客コード1", "もう振込不能として登録されています。")
    for item, said_by_bank, ordered in (
            ("口座番号", (back.bank, back.branch, back.account_kind, back.account_number),
             (order.bank, order.branch, order.account_kind, order.account_number)),
            ("受取人名", back.holder_kana, order.holder_kana), ("振込金額", back.yen, order.yen)):
        if said_by_bank != ordered:
            raise _wrong(each, item, "送った振込と違います。銀行に確かめてください。")
    if each.reason not in reasons:
        raise _wrong(each, "不能理由コード", "コード表にない理由です。コード表に加えるか、銀行に確かめてください。")


def _wrong(each: Returned, item: str, why: str) -> EnvelopeWrong:
    return EnvelopeWrong("item", said("%(line)s行目 %(item)s: %(why)s", line=each.line, item=item, why=why))
