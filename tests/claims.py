"""償還払の人々と書類: claims of a certified person, keyed by two clerks, as far as a test needs them."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.benefit import Benefit
from models.codes import Facility
from models.recipient import Recipient
from models.reimbursement import ReimbursementClaim
from models.sheet import ReceivedSheet
from procedures.actor import Actor
from procedures.keying import Submitted, claim, submit
from procedures.reception import Arrival, receive
from procedures.reimbursement import PAY, Draft, calculate, draft, sign_off
from tests.life import certified_person
from tests.office import NOW, ON

Actors = Mapping[str, Actor]
HOSPITAL, PHARMACY, ELSEWHERE = "1111012348", "1141000016", "1311099996"
CLAIM = {
    "reimbursement_claim.application_date": "R8.11.24", "reimbursement_claim.claim_reason": "1",
    "reimbursement_claim.claimed_yen": "20,000", "reimbursement_claim.bank": "0001", "reimbursement_claim.bank_branch": "001",
    "reimbursement_claim.account_kind": "1", "reimbursement_claim.account_number": "1234567",
    "reimbursement_claim.account_holder": "𠮷田 邉󠄏子", "reimbursement_claim.account_holder_kana": "ヨシダ ハナコ"}
POSTAL = {"reimbursement_claim.bank": "9900", "reimbursement_claim.bank_branch": "", "reimbursement_claim.account_kind": "",
          "reimbursement_claim.account_number": "", "reimbursement_claim.postal_symbol": "10180",
          "reimbursement_claim.postal_number": "12345671"}


def bill(line: int = 0, day: str = "R8.11.12", *, total: int = 100_000, paid: int = 30_000, share: str = "3",
         facility: str = HOSPITAL, **other: str) -> dict[str, str]:
    """証明書の一行: one bill of line *line* as it is typed."""
    told = {"treated_on": day, "setting": "2", "facility_number": facility, "total_yen": str(total), "insured_share": share,
            "paid_yen": str(paid)} | other
    return {f"reimbursement_bill.{line}.{name}": text for name, text in told.items()}


def month(line: int = 0, treatment_month: str = "2026-11", **told: str) -> dict[str, str]:
    """月ごとの一行."""
    return {f"reimbursement_month.{line}.{name}": text for name, text in ({"treatment_month": treatment_month} | told).items()}


def designate(session: Session, *numbers: str, first: date = date(2015, 1, 1), last: date | None = None) -> None:
    """These institutions are designated; one that the master has already stays as it is."""
    known = set(session.scalars(select(Facility.number).where(Facility.number.in_(numbers))))
    session.add_all(Facility(number=number, name=f"見本医療機関{number[-4:]}", kind="病院・診療所", valid_from=first,
                             valid_to=last, source="試験") for number in numbers if number not in known)
    session.flush()


def keyed_claim(session: Session, actors: Actors, person: Recipient, *lines: Mapping[str, str],
                on: date = ON, **other: str) -> tuple[ReceivedSheet, Submitted]:
    """請求書 as two clerks keyed it; lines are bills and months, *other* answers of the claim itself."""
    answers = CLAIM | {"reimbursement_claim.written_recipient_number": str(person.recipient_number)}
    for line in lines or (bill(), month(high_cost="0")):
        answers |= line
    answers |= {f"reimbursement_claim.{name}": text for name, text in other.items()}
    sheet = receive(session, actors["clerk1"], Arrival("reimbursement", on, "07", "1", ("17", "19")))
    for name in ("clerk1", "clerk2"):
        keying = claim(session, actors[name], sheet.id, NOW)
        result = submit(session, actors[name], keying.id, answers, (), f"claim-{keying.id}", NOW, on)
        if result.faults:
            break
    return sheet, result


def claimed(session: Session, actors: Actors, person: Recipient, *lines: Mapping[str, str], on: date = ON,
            **other: str) -> ReimbursementClaim:
    """A claim on which the two clerks agreed."""
    sheet, result = keyed_claim(session, actors, person, *lines, on=on, **other)
    assert result.faults == {}, result.faults
    return session.query(ReimbursementClaim).filter_by(sheet_id=sheet.id).one()


def granted(session: Session, actors: Actors, person: Recipient, *lines: Mapping[str, str], on: date = ON,
            **other: str) -> ReimbursementClaim:
    """A claim that was counted, drafted and signed off as payable."""
    made = claimed(session, actors, person, *lines, on=on, **other)
    calculate(session, actors["reviewer1"], made.id, on)
    draft(session, actors["reviewer1"], made.id, Draft(PAY), on)
    return sign_off(session, actors["manager1"], made.id, on)


def claimer(session: Session, actors: Actors) -> Recipient:
    """A certified person (cap 10,000 yen from 2026-11-10) beside a designated hospital and pharmacy."""
    designate(session, HOSPITAL, PHARMACY)
    return certified_person(session, actors)


def drafted(session: Session, actors: Actors, made: ReimbursementClaim, proposal: Draft) -> ReimbursementClaim:
    """The claim with a draft that waits for its signature."""
    draft(session, actors["reviewer1"], made.id, proposal, ON)
    return made


def receipt(session: Session, person: Recipient, copay: int, facility: str = HOSPITAL, **other: str) -> None:
    """給付の一件 of the person in November 2026."""
    session.add(Benefit(**{"recipient_id": person.id, "billing_month": "2026-12", "treatment_month": "2026-11", "setting": "2",
                           "total_yen": 100_000, "copay_yen": copay, "facility_number": facility} | other))
    session.flush()
