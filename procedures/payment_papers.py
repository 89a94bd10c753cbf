"""支払の書類: 振込明細 as paper and table, 仕訳 for the accountants; every one is journalled before it leaves."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from models.journal import Action
from models.payment import PaymentBatch, PaymentOrder, PaymentReturn
from models.recipient import Recipient
from models.reimbursement import ReimbursementClaim
from procedures import journal
from procedures.actor import Actor
from procedures.characters import write_file
from procedures.city import City
from procedures.consignor import BudgetMissing
from procedures.lookup import codes_of
from procedures.payment import NotPossibleNow
from reports.payment_list import PaymentLine, payment_list_pdf

STATES: Final = {"ordered": "振込", "returned": "振込不能", "cancelled": "取消"}
DETAIL: Final = ("支払回", "振込指定日", "行", "顧客コード", "申請受理番号", "受給者番号", "受給者氏名", "金融機関番号", "金融機関名", "支店番号",
                 "支店名", "預金種別", "口座番号", "受取人名", "振込金額", "状態")
ENTRIES: Final = ("日付", "支払回", "借方科目", "借方金額", "貸方科目", "貸方金額", "摘要", "申請受理番号", "受給者番号", "顧客コード", "金融機関番号",
                  "支店番号", "口座番号", "受取人名")


def detail_csv(session: Session, actor: Actor, batch_id: int, today: date) -> bytes:
    """振込明細 as CSV, UTF-8 with a mark; one line an order, as it was sent and what became of it."""
    batch, rows = _rows(session, batch_id)
    kinds = codes_of(session, {"account_kind"}, today)["account_kind"]
    _note(session, actor, Action.EXPORTED, batch, rows, "detail")
    return write_file(session, DETAIL, ((
        batch.number, batch.transfer_date.isoformat(), order.position, order.number, claim.acceptance_number, number, name,
        order.bank, order.bank_name, order.branch, order.branch_name, kinds.get(order.account_kind, order.account_kind),
        order.account_number, order.holder_kana, order.yen, STATES[order.state]) for order, claim, name, number in rows)).encode("utf-8-sig")


def entries_csv(session: Session, actor: Actor, batch_id: int, city: City) -> bytes:
    """仕訳 as CSV, UTF-8 with a mark: an entry an order on the transfer day, and one back for each that returned.

    Only of a released run; NotPossibleNow, or BudgetMissing where the city's settings name no accounts.
    """
    batch, rows = _rows(session, batch_id)
    if batch.state not in ("released", "sent"):
        raise NotPossibleNow
    if not (city.budget.get("debit") and city.budget.get("credit")):
        raise BudgetMissing
    returned: dict[int, date] = dict(session.execute(select(PaymentReturn.order_id, PaymentReturn.returned_on).where(
        PaymentReturn.order_id.in_([order.id for order, *_ in rows]))).tuples().all())
    _note(session, actor, Action.EXPORTED, batch, rows, "entries")
    return write_file(session, ENTRIES, _entries(batch, rows, returned, city)).encode("utf-8-sig")


def detail_pdf(session: Session, actor: Actor, batch_id: int, city: City, now: datetime) -> bytes:
    """振込明細書 for the accountants, as PDF."""
    batch, rows = _rows(session, batch_id)
    kinds = codes_of(session, {"account_kind"}, batch.transfer_date)["account_kind"]
    _note(session, actor, Action.PRINTED, batch, rows, "detail")
    return payment_list_pdf(batch.number, batch.transfer_date, batch.state, [PaymentLine(
        order.position, claim.acceptance_number, number or "", name, order.holder_kana, f"{order.bank_name} {order.bank}",
        f"{order.branch_name} {order.branch}", kinds.get(order.account_kind, ""), order.account_number, order.yen,
        STATES[order.state] if order.state != "ordered" else "") for order, claim, name, number in rows], city, now)


def _entries(batch: PaymentBatch, rows: Iterable[Row[Any]], returned: dict[int, date], city: City) -> Iterable[tuple[Any, ...]]:
    debit, credit = city.budget["debit"], city.budget["credit"]
    for order, claim, _, number in rows:
        behind = (claim.acceptance_number, number, order.number, order.bank, order.branch, order.account_number, order.holder_kana)
        yield (batch.transfer_date.isoformat(), batch.number, debit, order.yen, credit, order.yen, "償還払 支給", *behind)
        if order.id in returned:
            yield (returned[order.id].isoformat(), batch.number, credit, order.yen, debit, order.yen, "償還払 振込不能 戻入", *behind)


def _rows(session: Session, batch_id: int) -> tuple[PaymentBatch, list[Row[Any]]]:
    batch = session.get(PaymentBatch, batch_id)
    if batch is None:
        raise NotPossibleNow
    return batch, list(session.execute(
        select(PaymentOrder, ReimbursementClaim, Recipient.name, Recipient.recipient_number)
        .join(ReimbursementClaim, ReimbursementClaim.id == PaymentOrder.claim_id)
        .join(Recipient, Recipient.id == PaymentOrder.recipient_id)
        .where(PaymentOrder.batch_id == batch_id).order_by(PaymentOrder.position)))


def _note(session: Session, actor: Actor, action: Action, batch: PaymentBatch, rows: list[Row[Any]], what: str) -> None:
    journal.record(session, actor, action, batch, detail={
        "payment": what, "rows": len(rows), "recipients": sorted({order.recipient_id for order, *_ in rows})})
