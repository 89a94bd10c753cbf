"""異動の知らせ: what a new row of the register or of the tax means for somebody certified; told, never done."""

from datetime import date

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from models.application import Application
from models.household import HouseholdMember
from models.journal import Action
from models.recipient import Recipient
from models.register import TaxRow
from procedures import journal, known
from procedures.actor import Actor
from procedures.work import tell
from rules.income_levy import normalised_levy
from rules.tier import CannotJudge, Household, tier_of

# 異動区分 → 作業
_KIND_OF = {"11": "died", "12": "moved_out", "13": "moved_out", "03": "moved_within"}


def tell_movements(session: Session, on: date) -> int:
    """住民の異動: one work item for each new state of somebody on the ledger; return how many are new."""
    rows = session.execute(text("""
        SELECT r.id, r.name AS was, s.name AS name, s.latest_movement, s.history_number, s.file_number
        FROM staged s JOIN recipient r ON r.file_number = s.file_number
        WHERE s.is_new AND r.state IN ('certified', 'applying', 'held') AND s.cancellation = '0'
          AND s.history_number = (SELECT max(a.history_number) FROM addressee a WHERE a.file_number = s.file_number)
          AND (s.name <> r.name OR s.address <> r.address OR s.latest_movement IN ('11', '12', '13'))"""))
    told = 0
    for row in rows:
        kind = _KIND_OF.get(row.latest_movement or "", "renamed" if row.name != row.was else "register_changed")
        told += tell(session, row.id, kind, f"addressee:{row.file_number}:{row.history_number}", on)
    return told


def tell_taxes(session: Session, on: date) -> int:
    """税の更正: who is certified and would be in another tier by the newest row; return how many are told."""
    rows = session.execute(text("""
        SELECT DISTINCT ON (a.recipient_id) a.id AS application_id, s.tax_year, s.file_number, s.history_number
        FROM staged s JOIN household_member m ON m.member_file_number = s.file_number AND m.is_counted
          JOIN application a ON a.id = m.application_id
          JOIN assessment e ON e.application_id = a.id AND e.tier IS NOT NULL
          JOIN recipient r ON r.id = a.recipient_id AND r.state = 'certified'
        WHERE s.is_new AND coalesce(m.tax_year, s.tax_year) = s.tax_year AND s.history_number > 1
        ORDER BY a.recipient_id, a.acceptance_date DESC, a.id DESC""")).all()
    return sum(_tell_tier(session, row.application_id, row.tax_year, f"tax:{row.file_number}:{row.tax_year}:{row.history_number}",
                          on) for row in rows)


def _tell_tier(session: Session, application_id: int, year: int, cause: str, on: date) -> bool:
    application = session.get_one(Application, application_id)
    before = known.assessed(session, application)
    lines = [line for line in known.household(session, application) if line.is_counted]
    taxes = [newest_tax(session, line.member_file_number, year) for line in lines]
    if before is None or not lines or any(tax is None for tax in taxes):
        return False
    found = [tax for tax in taxes if tax is not None]
    household = Household(
        taxed=any(tax.taxation in ("1", "2") for tax in found),
        income_levy_yen=sum(normalised_levy(tax.income_levy_yen, _scaled(session, tax), application.application_date)
                            for tax in found),
        patient_income_yen=found[0].total_income_yen + found[0].pension_yen)
    try:
        now = tier_of(household, application.application_date)
    except CannotJudge:
        return False
    if now.tier.code == before.tier or application.recipient_id is None:
        return False
    return tell(session, application.recipient_id, "tier_would_change", cause, on, {"from": before.tier, "to": now.tier.code})


def newest_tax(session: Session, file_number: str | None, year: int) -> TaxRow | None:
    """最新の税: the newest row of a person and year that was not cancelled."""
    if not file_number:
        return None
    return session.scalars(select(TaxRow).where(
        TaxRow.file_number == file_number, TaxRow.tax_year == year, TaxRow.cancellation == "0")
        .order_by(TaxRow.history_number.desc()).limit(1)).first()


def _scaled(session: Session, tax: TaxRow) -> bool:
    return bool(session.scalar(text("SELECT is_designated_city FROM municipality WHERE number = :number LIMIT 1"),
                               {"number": tax.municipality}))


def pull_taxes(session: Session, actor: Actor, application_id: int, year: int, members: list[HouseholdMember]) -> int:
    """税を引く: every line whose 整理番号 is known takes the newest row of the year, with where and when it is from."""
    pulled = 0
    for line in members:
        line.member_file_number = line.member_file_number or _file_number(session, line)
        tax = newest_tax(session, line.member_file_number, year)
        if tax is None:
            continue
        line.tax_year, line.member_taxation, line.member_income_levy_yen = year, tax.taxation, tax.income_levy_yen
        line.per_capita_levy_yen, line.total_income_yen = tax.per_capita_levy_yen, tax.total_income_yen
        line.pension_yen, line.taxed_by = tax.pension_yen, tax.municipality
        line.tax_source = f"住民税 {year}年度 履歴{tax.history_number} ({tax.corrected_on or tax.created_at.date()})"
        pulled += 1
    journal.record(session, actor, Action.CHANGED, session.get(Application, application_id),
                   detail={"tax_year": year, "lines": pulled})
    session.flush()
    return pulled


def _file_number(session: Session, line: HouseholdMember) -> str | None:
    """整理番号 by name and birth date, where exactly one person of the register has them."""
    found = session.execute(text(
        "SELECT DISTINCT file_number FROM addressee WHERE birth_date = :birth AND search_key(name) = search_key(:name)"
        " LIMIT 2"), {"birth": line.member_birth_date, "name": line.member_name}).scalars().all()
    return found[0] if len(found) == 1 else None


def look_alikes(session: Session, person: Recipient) -> list[Recipient]:
    """似た人: others on the ledger with the same birth date and a name that reads the same; never merged automatically."""
    return list(session.scalars(select(Recipient).where(
        Recipient.id != person.id, Recipient.birth_date == person.birth_date, Recipient.kana_key == person.kana_key)))
