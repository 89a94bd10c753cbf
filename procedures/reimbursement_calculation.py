"""算定: what comes back of a claim, month by month and line by line, with the rules of each bill's day."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.recipient import Recipient
from models.reimbursement import ReimbursementBill, ReimbursementCalculation, ReimbursementClaim, ReimbursementMonth
from procedures import reimbursement_facts as facts
from procedures.household import age_reached
from procedures.reimbursement_facts import Cover, Ledger
from rules.high_cost import Told, counted_of
from rules.refund import Bill, Line, Month, Outside, Refund, refund_of

# 支給決定理由: the code lists' words for what the rules say.
CODES: Final = {Outside.BELOW_CAP: "11", Outside.NOT_DESIGNATED: "12", Outside.NOT_VALID: "13", Outside.OTHER_DISEASE: "14",
                Outside.NOT_INSURED: "15", Outside.PAID_ELSEWHERE: "16", Outside.INCOMPLETE: "18", Outside.TIME_BARRED: "19"}
GRANTED_REASON, AWAITED_REASON = "01", "17"
EXCLUSIONS: Final = {code: outside for outside, code in CODES.items() if code in ("14", "15", "16", "18")}
_STATED: Final = {"0": "none", "1": "decided", "2": "undecided"}  # 高額療養費の状況
_FOREVER: Final = (date.min, date.max)


@dataclass(frozen=True)
class Counted:
    """算定の結果 of a whole claim: pay | hold | refuse, the yen to pay, the reason's code, and everything it rests on."""

    decision: str
    refund_yen: int
    reason: str
    content: dict[str, Any]

    @property
    def blocking(self) -> list[dict[str, Any]]:
        """Overlaps that nobody has cleared."""
        return [each for each in self.content["overlaps"] if each["blocks"]]


def count(session: Session, claim: ReimbursementClaim) -> Counted:
    """算定する: each month by itself with the certification of each bill's day; nothing is stored. NoCap.

    Never more than was claimed. One month whose 高額療養費 is open holds the whole claim. The limit of years counts from the
    day of acceptance: the office's own delay takes nothing from anybody.
    """
    person = session.get_one(Recipient, claim.recipient_id)
    covers, receipts = facts.covers_of(session, person.id), facts.receipts_of(session, claim)
    notes = {each.treatment_month: each for each in claim.months}
    inside = facts.designated(session, claim.bills)
    months = []
    for month, rows in facts.by_month(claim).items():
        bills = [(row, _bill(row, covers, row.id in inside), _cover(row, covers)) for row in rows]
        note = notes.get(month)
        ledger = facts.ledger_of(session, claim, month, note.ledger_yen if note else None, receipts)
        insurance_class = next((cover.insurance_class for _, _, cover in bills if cover), None)
        told = _told(note, insurance_class, age_reached(person.birth_date, rows[0].treated_on))
        months.append({"month": month} | _month(bills, told, ledger, claim.acceptance_date))
    overlaps = [asdict(each) for each in facts.overlaps_of(session, claim, receipts)]
    return _whole(claim, months, {"months": months, "overlaps": overlaps})


def latest(session: Session, claim_id: int) -> ReimbursementCalculation | None:
    """いまの算定: the newest that was stored."""
    return session.scalars(select(ReimbursementCalculation).where(
        ReimbursementCalculation.claim_id == claim_id).order_by(ReimbursementCalculation.number.desc()).limit(1)).first()


def _whole(claim: ReimbursementClaim, months: list[dict[str, Any]], content: dict[str, Any]) -> Counted:
    total = sum(each["refund_yen"] for each in months)
    content |= {"total_yen": total, "claimed_yen": claim.claimed_yen}
    excluded = [line["reason"] for each in months for line in each["lines"] if line["reason"]]
    if any(each["decision"] == "hold" for each in months):
        return Counted("hold", 0, AWAITED_REASON, content)
    refund = min(total, claim.claimed_yen)
    if refund:
        is_whole = refund == claim.claimed_yen or not excluded
        return Counted("pay", refund, GRANTED_REASON if is_whole else excluded[0], content)
    return Counted("refuse", 0, next((each["reason"] for each in months if each["reason"]), CODES[Outside.BELOW_CAP]), content)


def _month(bills: list[tuple[ReimbursementBill, Bill, Cover | None]], told: Told, ledger: Ledger,
           accepted: date) -> dict[str, Any]:
    """One month as it is stored: what went in, what came out, and every line with its reason."""
    counted = [bill for _, bill, _ in bills if not bill.outside and bill.is_designated]
    high_cost, why = counted_of(told, sum(bill.paid_yen for bill in counted), sum(bill.total_yen for bill in counted),
                                bills[0][0].treated_on)
    made = refund_of(Month(0, 1, ledger.yen, high_cost, *_FOREVER), [bill for _, bill, _ in bills], accepted)
    by_bill = {id(line.bill): line for line in made.lines}
    lines = [_line(row, by_bill[id(bill)], cover) for row, bill, cover in bills]
    return {"decision": made.decision, "refund_yen": made.refund_yen, "reason": _reason(made),
            "paid_yen": sum(line.paid_yen for line in made.lines), "meals_yen": sum(line.meals_yen for line in made.lines),
            "burden_yen": sum(line.burden_yen for line in made.lines), "high_cost_yen": high_cost, "high_cost_why": why,
            "ledger": asdict(ledger) | {"yen": ledger.yen}, "lines": lines, "reasons": list(made.reasons[len(made.lines):])}


def _reason(made: Refund) -> str:
    return {"pay": GRANTED_REASON, "hold": AWAITED_REASON}.get(made.decision) or CODES[made.why or Outside.BELOW_CAP]


def _line(row: ReimbursementBill, line: Line, cover: Cover | None) -> dict[str, Any]:
    return {"bill": row.id, "line": row.position + 1, "day": row.treated_on.isoformat(),
            "until": row.treated_to.isoformat() if row.treated_to else None, "facility": row.facility_number,
            "setting": row.setting, "total_yen": row.total_yen, "share": row.insured_share, "paid_yen": line.paid_yen,
            "share_yen": line.share_yen, "burden_yen": line.burden_yen, "meals_yen": line.meals_yen,
            "cap_yen": cover.cap_yen if cover else None, "certification": cover.certification_id if cover else None,
            "reason": CODES[line.outside] if line.outside else "", "words": line.words}


def _bill(row: ReimbursementBill, covers: list[Cover], is_designated: bool) -> Bill:
    """A bill as the rules take it: with the certification of its day, or why it is out of scope."""
    cover = _cover(row, covers)
    outside = EXCLUSIONS.get(row.exclusion or "") or _of_period(row, covers)
    return Bill(row.treated_on, row.total_yen, row.paid_yen, row.meal_yen or 0, is_designated, meals_apart=True,
                cap_yen=cover.cap_yen if cover else 0, tenths=int(row.insured_share), outside=outside,
                meals_free=bool(cover and cover.meals_free))


def _of_period(row: ReimbursementBill, covers: list[Cover]) -> Outside | None:
    """期間: a statement over days inside and outside of a certification cannot be divided and must come anew."""
    first, last = (facts.cover_on(covers, day) is not None for day in (row.treated_on, row.treated_to or row.treated_on))
    if first and last:
        return None
    return Outside.NOT_VALID if not first and not last else Outside.INCOMPLETE


def _cover(row: ReimbursementBill, covers: list[Cover]) -> Cover | None:
    return facts.cover_on(covers, row.treated_on)


def _told(note: ReimbursementMonth | None, insurance_class: str | None, age: int) -> Told:
    if note is None:
        return Told(insurance_class=insurance_class, age=age)
    return Told(note.decided_yen, _STATED.get(note.high_cost or "", ""), note.high_cost_yen, insurance_class, age)


def as_known(stored: Mapping[str, Any], counted: Counted) -> bool:
    """いまも同じか: a stored calculation rests on exactly what is known now."""
    return dict(stored) == counted.content
