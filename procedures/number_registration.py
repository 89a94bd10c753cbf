"""個人番号の登録: the agreed paper names its people in our tables, their numbers lie in the numbering store."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.sheet import Sheet
from models.application import Application
from models.number_report import NumberLine, NumberReport
from models.sheet import ReceivedSheet
from procedures.recipient import known_recipient
from procedures.references import acceptance_number_of
from procedures.vault import SETTLED, Vault, empty_drafts

_TURNS = {"first": 1, "second": 2, "typed": SETTLED}


def register(session: Session, received: ReceivedSheet, sheet: Sheet, groups: Mapping[Any, dict[str, Any]],
             now: datetime, vault: Vault) -> NumberReport:
    """登録する: one line a person, her number sealed for good, the typed ones gone; UnknownRecipient.

    A paper that came before its application is keyed waits for it without a person (``find_their_person``).
    """
    report = NumberReport(sheet_id=received.id, **groups[(NumberReport, 0)])
    report.written_acceptance_number = acceptance_number_of(session, report.written_acceptance_number or "")
    person = known_recipient(session, report.written_recipient_number)
    report.recipient_id = person.id if person else session.scalar(select(Application.recipient_id).where(
        Application.acceptance_number == report.written_acceptance_number))
    session.add(report)
    session.flush()
    numbers = _agreed_numbers(session, received, sheet, vault)
    for (model, row), values in groups.items():
        if model is NumberLine:
            line = NumberLine(report_id=report.id, position=row, **values)
            session.add(line)
            session.flush()
            vault.keep(session, line, numbers[row], now)
    empty_drafts(session, received.id)
    return report


def find_their_person(session: Session, application: Application) -> None:
    """先に届いた記載票: papers that named this application before it was keyed belong to its person from now on."""
    for report in session.scalars(select(NumberReport).where(
            NumberReport.recipient_id.is_(None),
            NumberReport.written_acceptance_number == application.acceptance_number)):
        report.recipient_id = application.recipient_id
    session.flush()


def _agreed_numbers(session: Session, received: ReceivedSheet, sheet: Sheet, vault: Vault) -> dict[int, str]:
    """Row of the paper → the number both agree on, or the one that was settled."""
    chosen = {difference.field: _TURNS[difference.choice or "first"] for difference in received.differences}
    typed = {turn: vault.typed(session, received.id, turn) for turn in {1, *chosen.values()}}
    found = {place.row: typed[chosen.get(place.name, 1)].get(place.name)
             for place in sheet.fields() if place.is_sealed}
    return {row: text for row, text in found.items() if text}
