"""算定の前提を集める: which certification held on a bill's day, what the ledger had used up, what is claimed or paid twice."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.application import Application
from models.benefit import Benefit
from models.certification import Certification
from models.codes import Facility
from models.insurance import Insurance
from models.reimbursement import PaymentDecision, ReimbursementBill, ReimbursementCalculation, ReimbursementClaim
from procedures import known
from procedures.certification import CERTIFIED
from procedures.lookup import in_force
from procedures.refusal import Refused
from procedures.reimbursement_progress import GRANTED
from rules.tier import Tier

TAKEN_BACK: Final = ("1", "3")  # 調整区分: a receipt that was withdrawn or paid back pays for nothing
DEAD: Final = ("withdrawn", "refused")


class NoCap(Refused):
    """A certification without a cap counts nothing."""

    message = "この期間の負担上限月額が分かりません。所得判定を先に行ってください。"


@dataclass(frozen=True)
class Cover:
    """その日の認定: from when to when it holds, the cap, the 適用区分 and whether meals are free (生活保護、境界層)."""

    certification_id: int
    first: date
    last: date
    cap_yen: int
    insurance_class: str | None
    meals_free: bool


@dataclass(frozen=True)
class Overlap:
    """重複: another record that may pay for the same bill; *blocks* until somebody says why it does not.

    *kind*: ``receipt`` (給付の記録), ``payment`` (its very payment, so no double one), ``claim`` (another claim of that month
    and institution), ``granted`` (the same bill, granted already: no note makes that right), ``line`` (of this claim).
    """

    bill_id: int
    kind: str
    other: str
    blocks: bool
    copay_yen: int | None = None


@dataclass(frozen=True)
class Ledger:
    """管理票の累積 of a month before the claim's bills, in yen, and its parts: paper, receipts, claims granted earlier."""

    written: int
    receipts: int
    earlier: int

    @property
    def yen(self) -> int:
        """What the cap has lost already; paper and receipts tell of the same payments, so the larger counts."""
        return max(self.written, self.receipts) + self.earlier


def month_of(day: date) -> str:
    """診療年月 of a day."""
    return f"{day:%Y-%m}"


def covers_of(session: Session, recipient_id: int) -> list[Cover]:
    """認定の一覧 of a person with what each means for money; annulled ones are none. NoCap."""
    found = []
    for certification, application in session.execute(
            select(Certification, Application).join(Application, Application.id == Certification.application_id)
            .where(Certification.recipient_id == recipient_id, Certification.certification == CERTIFIED,
                   Certification.is_cancelled.is_(False)).order_by(Certification.valid_from)):
        assessment = known.assessed(session, application)
        if assessment is None or assessment.copay_cap_yen is None:
            raise NoCap
        insurance = known.known(session, Insurance, application, Insurance.insurance_class.is_not(None))
        found.append(Cover(
            certification.id, certification.valid_from, certification.ended_on or certification.valid_to,
            assessment.copay_cap_yen, insurance.insurance_class if insurance else None,
            assessment.tier == Tier.WELFARE.code or bool(assessment.borderline_meals_free)))
    return found


def cover_on(covers: Collection[Cover], day: date) -> Cover | None:
    """その日の認定: the one that holds on *day*."""
    return next((each for each in covers if each.first <= day <= each.last), None)


def designated(session: Session, bills: Collection[ReimbursementBill]) -> set[int]:
    """指定医療機関の領収: the bills whose institution was designated on their first and on their last day."""
    return {bill.id for bill in bills
            if all(session.scalar(in_force(select(Facility.id).where(Facility.number == bill.facility_number), Facility, day))
                   for day in {bill.treated_on, bill.treated_to or bill.treated_on})}


def facility_names(session: Session, numbers: Collection[str]) -> dict[str, str]:
    """医療機関の名: number → its newest name; nothing where the master never had it."""
    return dict(session.execute(select(Facility.number, Facility.name).where(Facility.number.in_(numbers))
                                .order_by(Facility.valid_from)).tuples().all())


def receipts_of(session: Session, claim: ReimbursementClaim) -> list[Benefit]:
    """給付の記録 of the claim's person in the months of its bills; what was taken back is left out."""
    months = {month_of(bill.treated_on) for bill in claim.bills}
    return [each for each in session.scalars(select(Benefit).where(
        Benefit.recipient_id == claim.recipient_id, Benefit.treatment_month.in_(months)).order_by(Benefit.id))
        if each.adjustment not in TAKEN_BACK]


def overlaps_of(session: Session, claim: ReimbursementClaim, receipts: Collection[Benefit]) -> list[Overlap]:
    """重複の一覧: receipts, other claims and other lines of this claim for the same person, month and institution."""
    found = []
    others = _other_bills(session, claim)
    for bill in claim.bills:
        found += [_with_receipt(bill, each) for each in receipts if _is_same_place(bill, each)]
        found += [_with_claim(bill, each, other) for each, other in others if _is_same_care(bill, each)]
        found += [Overlap(bill.id, "line", str(each.position + 1), _is_open(bill))
                  for each in claim.bills if each.position < bill.position and _is_same_bill(bill, each)]
    return found


def ledger_of(session: Session, claim: ReimbursementClaim, month: str, written: int | None,
              receipts: Collection[Benefit]) -> Ledger:
    """管理票の累積 of a month; a receipt that stands for the very payment of a bill is no second one."""
    counted = [each for each in receipts if each.treatment_month == month and not any(
        _is_same_payment(bill, each) for bill in claim.bills)]
    return Ledger(written or 0, sum(each.copay_yen or 0 for each in counted), _burdens(session, claim, month))


def _other_bills(session: Session, claim: ReimbursementClaim) -> list[tuple[ReimbursementBill, ReimbursementClaim]]:
    """Bills of the person's other claims that live and came before this one, or that were granted already."""
    facilities = {bill.facility_number for bill in claim.bills}
    rows = session.execute(
        select(ReimbursementBill, ReimbursementClaim)
        .join(ReimbursementClaim, ReimbursementClaim.id == ReimbursementBill.claim_id)
        .where(ReimbursementBill.recipient_id == claim.recipient_id, ReimbursementClaim.id != claim.id,
               ReimbursementBill.facility_number.in_(facilities), ReimbursementClaim.state.not_in(DEAD),
               ReimbursementBill.exclusion.is_(None)).order_by(ReimbursementBill.id))
    return [(bill, other) for bill, other in rows if other.id < claim.id or other.state in GRANTED]


def _burdens(session: Session, claim: ReimbursementClaim, month: str) -> int:
    """What granted claims of the person left her to bear in this month, in yen, as they were counted."""
    contents = session.scalars(
        select(ReimbursementCalculation.content)
        .join(PaymentDecision, PaymentDecision.calculation_id == ReimbursementCalculation.id)
        .join(ReimbursementClaim, ReimbursementClaim.id == PaymentDecision.claim_id)
        .where(ReimbursementClaim.recipient_id == claim.recipient_id, ReimbursementClaim.id != claim.id,
               ReimbursementClaim.state.in_(GRANTED), PaymentDecision.is_current))
    return sum(int(each["burden_yen"]) for content in contents for each in content["months"] if each["month"] == month)


def _is_same_place(bill: ReimbursementBill, receipt: Benefit) -> bool:
    return (receipt.facility_number == bill.facility_number and receipt.setting == bill.setting
            and receipt.treatment_month == month_of(bill.treated_on))


def _is_same_payment(bill: ReimbursementBill, receipt: Benefit) -> bool:
    """What was paid at the window is what the receipt says was borne: the bill asks for part of it back (上限の引下げ等)."""
    return (_is_same_place(bill, receipt) and receipt.copay_yen is not None and bill.paid_yen <= receipt.copay_yen
            and bill.overlap_note is None)


def _is_same_care(bill: ReimbursementBill, other: ReimbursementBill) -> bool:
    return (bill.facility_number == other.facility_number and bill.setting == other.setting
            and month_of(bill.treated_on) == month_of(other.treated_on))


def _is_same_bill(bill: ReimbursementBill, other: ReimbursementBill) -> bool:
    return _is_same_care(bill, other) and (bill.treated_on, bill.total_yen) == (other.treated_on, other.total_yen)


def _is_open(bill: ReimbursementBill) -> bool:
    """Nobody has said yet what became of an overlap of this bill."""
    return bill.overlap_note is None and bill.exclusion is None


def _with_receipt(bill: ReimbursementBill, receipt: Benefit) -> Overlap:
    is_payment = _is_same_payment(bill, receipt)
    return Overlap(bill.id, "payment" if is_payment else "receipt", receipt.treatment_month,
                   not is_payment and _is_open(bill), receipt.copay_yen)


def _with_claim(bill: ReimbursementBill, other: ReimbursementBill, elsewhere: ReimbursementClaim) -> Overlap:
    if other.is_granted and _is_same_bill(bill, other):
        return Overlap(bill.id, "granted", elsewhere.acceptance_number, bill.exclusion is None)
    return Overlap(bill.id, "claim", elsewhere.acceptance_number, _is_open(bill))


def by_month(claim: ReimbursementClaim) -> Mapping[str, list[ReimbursementBill]]:
    """月ごとの領収, the earliest month first."""
    found: dict[str, list[ReimbursementBill]] = {}
    for bill in sorted(claim.bills, key=lambda each: (each.treated_on, each.position)):
        found.setdefault(month_of(bill.treated_on), []).append(bill)
    return found
