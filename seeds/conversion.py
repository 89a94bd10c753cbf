"""移行: the demo city's people as its former system would have handed them over: conversions, never keyed sheets."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from models.addressee import Addressee
from models.application import Application
from models.certification import Certification, Loss
from models.disease import ApplicationDisease
from models.facility import ApplicationFacility
from models.household import HouseholdMember
from models.income import Assessment
from models.insurance import Insurance
from models.person import Patient
from models.recipient import Recipient
from models.review import Review
from procedures.recipient import grams_of, kana_key_of
from rules.numbers import with_check_digit
from seeds.bulk import Batch
from seeds.residents import CITY_NUMBER, FACILITIES, PAYERS, Resident

BATCH: Final = 2000
COLUMNS: Final = {
    Recipient: ("state", "file_number", "recipient_number", "name", "name_kana", "birth_date", "sex", "postal_code",
                "address", "phone", "counter", "disease_number", "tier", "copay_cap_yen", "payer_number", "valid_from",
                "valid_to", "is_withheld", "kana_key", "grams"),
    Application: ("recipient_id", "conversion", "application_date", "counter", "application_kind", "acceptance_date",
                  "acceptance_number", "application_method", "forwarding", "forwarding_date", "state"),
    Patient: ("application_id", "patient_file_number", "patient_name", "patient_name_kana", "patient_birth_date",
              "patient_sex", "patient_postal_code", "patient_address", "patient_phone", "is_withheld"),
    Insurance: ("application_id", "insurance_kind", "insurer_number", "insured_number", "insured_or_dependent"),
    HouseholdMember: ("application_id", "position", "member_file_number", "member_name", "member_birth_date",
                      "member_sex", "member_relationship", "member_taxation", "member_income_levy_yen",
                      "total_income_yen", "is_counted", "taxed_by"),
    Assessment: ("application_id", "taxation", "income_yen", "income_levy_yen", "tier", "copay_cap_yen",
                 "high_cost_long_term", "ventilator"),
    ApplicationDisease: ("application_id", "position", "disease_number", "is_main"),
    ApplicationFacility: ("application_id", "position", "facility_number", "is_main"),
    Review: ("application_id", "document_review", "review_result", "review_result_date"),
    Certification: ("application_id", "recipient_id", "certification", "valid_from", "valid_to", "refusal_reason",
                    "hold_reason", "payer_number", "recipient_number", "issue_date", "ended_on"),
    Loss: ("application_id", "loss_reason", "loss_date"),
    Addressee: ("municipality", "file_number", "history_number", "name", "birth_date", "sex", "postal_code", "address",
                "relationship_code", "household_number", "household_head", "off_register", "cancellation"),
}
_RESULTS: Final = {"certified": "1", "expired": "1", "lost": "1", "refused": "2", "held": "3"}
_STATES_OF_CASE: Final = {"certified": "issued", "expired": "issued", "lost": "issued", "refused": "refused",
                          "held": "held", "applying": "registered"}


def convert(session: Session, people: Iterable[Resident], source: str) -> int:
    """Load *people* with their applications, certifications and register rows; return how many."""
    batch, count = Batch(session, COLUMNS), 0
    for count, resident in enumerate(people, start=1):
        _person(batch, resident, source)
        if count % BATCH == 0:
            batch.write()
    batch.close()
    _point_to_current(session, source)
    _protect(session)
    _go_on_numbering(session)
    return count


def next_resident(session: Session) -> int:
    """The first number no person of the demo city and no issued 受給者番号 has."""
    return int(session.execute(text(
        "SELECT greatest((SELECT coalesce(max(id), 0) FROM recipient),"
        " (SELECT coalesce(max(last), 0) FROM number_series WHERE name = 'recipient_number')) + 1")).scalar_one())


def recipient_number(resident: Resident) -> str | None:
    """受給者番号 with its check digit; only the certified have one."""
    return with_check_digit(f"{resident.number % 1000000:06d}") if resident.is_certified else None


def add_to_ledger(batch: Batch, who: Resident) -> int:
    """The person's ledger row as procedures.recipient would derive it; a test derives it again."""
    certified, means = who.is_certified, who.means
    number, payer = recipient_number(who), PAYERS[means.tier == "A"] if certified else None
    year_from = _year_before(who.valid_to) if certified else None
    kana_key, grams = kana_key_of(who.name, who.kana), grams_of(who.name, who.kana)
    return batch.add(
        Recipient, who.state, who.file_number, number, who.name, who.kana, who.birth, who.sex, who.postal_code,
        who.address, who.phone, who.counter, who.disease, means.tier, means.cap_yen if certified else None, payer,
        year_from, who.valid_to if certified else None, who.is_withheld, kana_key, grams)


def _person(batch: Batch, who: Resident, source: str) -> None:
    ledger = add_to_ledger(batch, who)
    ends = [_year_before(who.valid_to, whole=back) for back in range(who.renewals if who.is_certified else 0, -1, -1)]
    for turn, valid_to in enumerate(ends):
        _case(batch, who, ledger, source, turn, valid_to, is_last=turn == len(ends) - 1)
    batch.add(Addressee, CITY_NUMBER, who.file_number, 1, who.name, who.birth, who.sex, who.postal_code, who.address,
              "01", who.file_number, who.name, "0", "0")


def _case(batch: Batch, who: Resident, ledger: int, source: str, turn: int, valid_to: date, *, is_last: bool) -> None:
    valid_from = _year_before(valid_to)
    applied = who.applied or valid_from - timedelta(days=40 + who.number % 30)
    state = _STATES_OF_CASE[who.state] if is_last else "issued"
    case = batch.add(Application, ledger, source, applied, who.counter, "2" if turn else "1", applied,
                     f"K{who.number:07d}-{turn + 1}", "1", "1" if state != "registered" else "0",
                     applied + timedelta(days=5) if state != "registered" else None, state)
    _paper(batch, who, case)
    if state == "registered":
        return
    means = who.means
    batch.add(Assessment, case, means.taxation, means.income_yen, means.compared_levy_yen, means.tier, means.cap_yen,
              means.high_cost_long_term, means.ventilator)
    result = _RESULTS[who.state] if is_last else "1"
    decided = applied + timedelta(days=25)
    batch.add(Review, case, "2" if result == "2" else "1", "2" if result == "2" else "1", decided)
    period = (valid_from, valid_to) if result == "1" else (None, None)
    numbers = (PAYERS[means.tier == "A"], recipient_number(who)) if result == "1" else (None, None)
    lost_on = valid_to - timedelta(days=60) if is_last and who.state == "lost" else None
    batch.add(Certification, case, ledger, result, *period, "01" if result == "2" else None,
              "01" if result == "3" else None, *numbers, decided if result == "1" else None, lost_on)
    if lost_on:
        batch.add(Loss, case, "05" if who.number % 3 else "02", lost_on)


def _paper(batch: Batch, who: Resident, case: int) -> None:
    means = who.means
    batch.add(Patient, case, who.file_number, who.name, who.kana, who.birth, who.sex, who.postal_code, who.address,
              who.phone, who.is_withheld)
    batch.add(Insurance, case, who.insurance_kind, who.insurer or None, who.symbol if who.insurer else None, "1")
    batch.add(HouseholdMember, case, 1, who.file_number, who.name, who.birth, who.sex, "00", means.taxation,
              means.levy_yen, means.income_yen, True, CITY_NUMBER)
    batch.add(ApplicationDisease, case, 1, who.disease, True)
    batch.add(ApplicationFacility, case, 1, FACILITIES[who.number % len(FACILITIES)], True)


def _year_before(day: date, *, whole: int = -1) -> date:
    """The first day of the year that ends on *day*; with *whole* the same month's end so many years earlier."""
    if whole < 0:
        next_day = day + timedelta(days=1)
        return next_day.replace(year=next_day.year - 1)
    next_day = day + timedelta(days=1)
    return next_day.replace(year=next_day.year - whole) - timedelta(days=1)


def _protect(session: Session) -> None:
    """支援措置 came over as a mark without its history."""
    session.execute(text("INSERT INTO protection (recipient_id, since, reason) SELECT id, CURRENT_DATE, '移行' FROM recipient r"
                         " WHERE is_withheld AND NOT EXISTS (SELECT 1 FROM protection p WHERE p.recipient_id = r.id)"))


def _go_on_numbering(session: Session) -> None:
    """The city's series continues behind the numbers its former system gave."""
    session.execute(text(
        "INSERT INTO number_series (name, last) SELECT 'recipient_number', max(left(recipient_number, 6)::int)"
        " FROM recipient HAVING max(recipient_number) IS NOT NULL ON CONFLICT (name) DO UPDATE"
        " SET last = greatest(number_series.last, excluded.last)"))


def _point_to_current(session: Session, source: str) -> None:
    session.execute(text(
        "UPDATE recipient SET current_certification_id = latest.id FROM (SELECT DISTINCT ON (c.recipient_id)"
        " c.recipient_id, c.id FROM certification c JOIN application a ON a.id = c.application_id"
        " WHERE a.conversion = :source AND c.certification = '1' ORDER BY c.recipient_id, c.valid_to DESC) latest"
        " WHERE recipient.id = latest.recipient_id"), {"source": source})
