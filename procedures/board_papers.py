"""審査会資料: the agenda and one page a case, without names: the board judges the disease, not the person."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.insurance import ClinicalForm
from models.journal import Action
from models.person import Patient
from models.review import Review
from procedures import journal, known
from procedures.actor import Actor
from procedures.board import agenda
from procedures.city import City
from procedures.household import age_reached
from procedures.lookup import codes_of, disease_names
from reports.board import BoardCase, board_pdf


def board_papers(session: Session, actor: Actor, session_id: int, city: City, now: datetime) -> bytes:
    """審査会資料 as one PDF; every case on it is journalled as printed."""
    held, rows = agenda(session, actor, session_id)
    words = codes_of(session, {"review_group", "sex", "application_kind", "department"}, held.held_on)
    names = disease_names(session, held.held_on)
    cases = []
    for row in rows:
        patient = known.known(session, Patient, row.application)
        form = known.known(session, ClinicalForm, row.application)
        review = session.scalars(select(Review).where(Review.application_id == row.application.id)).first()
        cases.append(BoardCase(
            number=row.application.acceptance_number, group=words["review_group"].get(row.item.review_group or "", ""),
            kind=words["application_kind"].get(row.application.application_kind, ""),
            sex=words["sex"].get(patient.patient_sex, "") if patient else "",
            age=age_reached(patient.patient_birth_date, held.held_on) if patient else 0,
            diseases=tuple(names.get(number, number) for number in known.diseases(session, row.application)),
            diagnosed=row.application.diagnosed_date, written=form.written_date if form else None,
            physician=form.physician if form else "", is_second=row.item.is_second_review,
            remarks=(review.review_remarks or "") if review else ""))
        journal.record(session, actor, Action.PRINTED, row.application, detail={"board": session_id})
    return board_pdf(held.held_on, held.place, cases, city, now)
