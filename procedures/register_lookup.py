"""宛名・税を引く: what the register and the tax rows say of the people of an application, with where it is from."""

from datetime import date

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from models.application import Application
from models.household import HouseholdMember
from models.journal import Action
from models.register import TaxRow
from procedures import journal
from procedures.actor import Actor


def file_number_of(session: Session, name: str, birth: date | None) -> str | None:
    """整理番号 by name and birth date, where exactly one person of the register has them."""
    found = session.scalars(text(
        "SELECT DISTINCT file_number FROM addressee WHERE birth_date = :birth AND search_key(name) = search_key(:name)"
        " LIMIT 2"), {"birth": birth, "name": name}).all()
    return str(found[0]) if len(found) == 1 else None


def newest_tax(session: Session, file_number: str | None, year: int) -> TaxRow | None:
    """最新の税: the newest row of a person and year that was not cancelled."""
    if not file_number:
        return None
    return session.scalars(select(TaxRow).where(
        TaxRow.file_number == file_number, TaxRow.tax_year == year, TaxRow.cancellation == "0")
        .order_by(TaxRow.history_number.desc()).limit(1)).first()


def pull_taxes(session: Session, actor: Actor, application_id: int, year: int, members: list[HouseholdMember]) -> int:
    """税を引く for the household of an application, and say so in the journal; return how many lines it filled."""
    pulled = fill_taxes(session, year, members)
    journal.record(session, actor, Action.CHANGED, session.get(Application, application_id),
                   detail={"tax_year": year, "lines": pulled})
    session.flush()
    return pulled


def fill_taxes(session: Session, year: int, members: list[HouseholdMember]) -> int:
    """税を当てる: every line whose 整理番号 is known takes the newest row of the year, with where and when it is from."""
    pulled = 0
    for line in members:
        line.member_file_number = line.member_file_number or file_number_of(session, line.member_name, line.member_birth_date)
        tax = newest_tax(session, line.member_file_number, year)
        if tax is None:
            continue
        line.tax_year, line.member_taxation, line.member_income_levy_yen = year, tax.taxation, tax.income_levy_yen
        line.per_capita_levy_yen, line.total_income_yen = tax.per_capita_levy_yen, tax.total_income_yen
        line.pension_yen, line.taxed_by = tax.pension_yen, tax.municipality
        line.tax_source = f"住民税 {year}年度 履歴{tax.history_number} ({tax.corrected_on or tax.created_at.date()})"
        pulled += 1
    session.flush()
    return pulled
