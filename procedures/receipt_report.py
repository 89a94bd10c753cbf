"""月次報告: what the receipts of a billing month come to, by payer agency and insurance kind, beside what was invoiced."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from models.journal import Action
from models.receipt import PayerInvoice
from procedures import journal
from procedures.accumulation import TAKEN_BACK
from procedures.actor import Actor
from procedures.model_row import Stale
from procedures.refusal import Refused
from rules.special_cases import months_before

MONTH: Final = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
# 審査支払機関 of a receipt whose file does not say: 社保 goes through the payment fund, the rest through the federation.
_AGENCY: Final = "coalesce(s.agency, CASE WHEN b.payer_class IN ('2', '3', '5') THEN '2' ELSE '1' END)"


@dataclass(frozen=True)
class Line:
    """一行: receipts of one agency and insurance kind, and what was invoiced for them (None: not entered)."""

    agency: str
    payer_class: str
    receipts: int
    points: int
    total_yen: int
    insurer_yen: int
    public_yen: int
    copay_yen: int
    taken_back: int
    invoice: PayerInvoice | None

    @property
    def differs(self) -> bool | None:
        """Whether the invoice says anything else; None where none was entered."""
        if self.invoice is None:
            return None
        return (self.receipts, self.points, self.public_yen) != (
            self.invoice.receipts, self.invoice.points, self.invoice.public_yen)


def month_report(session: Session, billing_month: str) -> list[Line]:
    """月次報告 of one billing month: every agency and kind that has receipts or an invoice."""
    invoices = {(row.agency, row.payer_class): row for row in session.scalars(
        select(PayerInvoice).where(PayerInvoice.billing_month == billing_month))}
    rows = session.execute(text(f"""
        SELECT {_AGENCY} AS agency, coalesce(b.payer_class, '') AS payer_class, count(*) AS receipts,
          coalesce(sum(b.points), 0)::bigint AS points, sum(b.total_yen)::bigint AS total_yen,
          coalesce(sum(b.insurer_yen), 0)::bigint AS insurer_yen, coalesce(sum(b.public_yen), 0)::bigint AS public_yen,
          coalesce(sum(b.copay_yen), 0)::bigint AS copay_yen, count(*) FILTER (WHERE b.adjustment = ANY(:back)) AS taken_back
        FROM benefit b LEFT JOIN receipt_set s ON s.id = b.set_id WHERE b.billing_month = :month
        GROUP BY 1, 2"""), {"month": billing_month, "back": list(TAKEN_BACK)})
    lines = [Line(**row._mapping, invoice=invoices.pop((row.agency, row.payer_class), None)) for row in rows]
    lines += [Line(agency, payer_class, 0, 0, 0, 0, 0, 0, 0, row) for (agency, payer_class), row in invoices.items()]
    return sorted(lines, key=lambda line: (line.agency, line.payer_class))


def total_of(lines: list[Line]) -> Line:
    """合計 of a report."""
    sums = {name: sum(getattr(line, name) for line in lines) for name in (
        "receipts", "points", "total_yen", "insurer_yen", "public_yen", "copay_yen", "taken_back")}
    return Line("", "", **sums, invoice=None)


def export_report(session: Session, actor: Actor, billing_month: str, form: str) -> list[Line]:
    """月次報告を出力する: sums only, and that they left is journalled."""
    lines = month_report(session, billing_month)
    journal.record(session, actor, Action.EXPORTED, detail={"receipt_report": billing_month, "format": form, "rows": len(lines)})
    return lines


def months(on: date, most: int = 24) -> list[str]:
    """選べる請求年月: the month of *on* and those before it."""
    return [months_before(f"{on:%Y-%m}", count) for count in range(most)]


def enter_invoice(session: Session, actor: Actor, billing_month: str, agency: str, payer_class: str,
                  amounts: tuple[int, int, int], seen: str | None = None) -> PayerInvoice:
    """請求額を入力する: receipts, points and public share in yen; what was there before stays in the history. Refused, Stale."""
    if not MONTH.fullmatch(billing_month):
        raise Refused("請求年月は 2026-10 のように入力してください。")
    if min(amounts) < 0:
        raise Refused("件数・点数・金額は0以上の整数で入力してください。")
    row = session.scalars(select(PayerInvoice).where(
        PayerInvoice.billing_month == billing_month, PayerInvoice.agency == agency,
        PayerInvoice.payer_class == payer_class).with_for_update()).one_or_none()
    if seen is not None and str(row.version if row else 0) != seen:
        raise Stale
    if row is None:
        row = PayerInvoice(billing_month=billing_month, agency=agency, payer_class=payer_class)
        session.add(row)
    row.receipts, row.points, row.public_yen = amounts
    row.entered_by = int(actor.user_id or 0)
    session.flush()
    journal.record(session, actor, Action.CHANGED, row, detail={"invoice": billing_month})
    return row


TITLE: Final = "月次報告"
HEADINGS: Final = ("審査支払機関", "保険種別", "件数", "点数", "総医療費", "医療保険負担額", "公費負担額", "自己負担額", "うち取下げ・返還",
                   "請求件数", "請求点数", "請求額", "差額")


def cells(line: Line, words: Mapping[str, Mapping[str, str]]) -> tuple[object, ...]:
    """The values of a line under HEADINGS; blank where no invoice was entered."""
    invoice = line.invoice
    return (words["payer_agency"].get(line.agency, line.agency), words["payer_class"].get(line.payer_class, line.payer_class),
            line.receipts, line.points, line.total_yen, line.insurer_yen, line.public_yen, line.copay_yen, line.taken_back,
            *((invoice.receipts, invoice.points, invoice.public_yen, invoice.public_yen - line.public_yen)
              if invoice is not None else (None,) * 4))
