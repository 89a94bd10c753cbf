"""有効期間の起案: what an application is certified for beside the periods before and behind it."""

from datetime import date

import pytest
from sqlalchemy import select

from models.addressee import Addressee
from models.application import Application
from models.certification import Certification
from procedures.certification import CERTIFIED, REFUSED, Proposal, draft, sign_off
from procedures.costs import Cost, note_costs
from procedures.issue import issue, issue_anew, last_notice
from procedures.keying import claim, submit
from procedures.period import CriterionNotMet, EffectAfterTheEnd, last_certified
from procedures.reception import Arrival, receive
from procedures.review import record_board_opinion, review_documents
from rules.parameters import figures, trial
from tests.life import CITY, certified_person, change, loss, notice, paper, signed, taxed
from tests.office import NEW_APPLICATION, NOW, ON

RENEWAL = {name: each for name, each in NEW_APPLICATION.items() if name.startswith(("application.application_date", "patient.", "insurance."))}


def renewed(session, actors, person, on):
    application = paper(session, actors, "renewal", RENEWAL | {
        "application.written_recipient_number": str(person.recipient_number), "application_disease.0.disease_number": "6"}, on)
    taxed(session, actors, application)
    return signed(session, actors, application, on)


def test_a_change_in_the_last_month_takes_effect_in_the_renewed_period(session, actors):
    person, late = certified_person(session, actors), date(2027, 9, 10)
    application = change(session, actors, person, "12", late)
    taxed(session, actors, application, levy=400_000)
    review_documents(session, actors["reviewer1"], application.id, "1", None, late)
    with pytest.raises(EffectAfterTheEnd):
        draft(session, actors["reviewer1"], application.id, Proposal(CERTIFIED), CITY, late)
    renewed(session, actors, person, date(2027, 8, 1))
    proposal = draft(session, actors["reviewer1"], application.id, Proposal(CERTIFIED), CITY, late).proposal
    assert (proposal["valid_from"], proposal["valid_to"]) == ("2027-10-01", "2028-09-30")
    sign_off(session, actors["manager1"], application.id, late)
    held = session.scalars(select(Certification).where(Certification.recipient_id == person.id, ~Certification.is_cancelled)
                           .order_by(Certification.valid_from)).all()
    assert [(each.valid_from, each.valid_to) for each in held] == [
        (date(2026, 11, 10), date(2027, 9, 30)), (date(2027, 10, 1), date(2028, 9, 30))]


def test_a_notice_before_the_renewed_period_replaces_both_certificates(session, actors):
    person, manager = certified_person(session, actors), actors["manager1"]
    first = session.get_one(Certification, person.current_certification_id)
    second = renewed(session, actors, person, date(2027, 8, 1))
    issue(session, manager, first.id, CITY, ON, NOW)
    made = notice(session, actors, person, "02", **{"patient.patient_address": "別の町"})
    one = issue_anew(session, manager, made.id, CITY, ON, NOW)
    issue(session, manager, second.id, CITY, ON, NOW)
    both = issue_anew(session, manager, made.id, CITY, ON, NOW)
    assert len(both.pdf) > len(one.pdf) * 1.3
    assert last_notice(session, first).id == made.id and last_notice(session, second) is None


def test_a_renewal_after_a_loss_is_new(session, actors):
    person = certified_person(session, actors)
    loss(session, actors, person)  # on 2026-11-20
    assert last_certified(session, person.id, ON) == date(2026, 11, 20)
    made = renewed(session, actors, person, date(2026, 12, 15))
    assert made.valid_from == date(2026, 12, 15) and "更新の期限を過ぎた" in made.reasons[0]


def refused(session, actors):
    application = paper(session, actors, "new_application", NEW_APPLICATION)
    taxed(session, actors, application)
    review_documents(session, actors["reviewer1"], application.id, "2", None, ON)
    record_board_opinion(session, actors["reviewer1"], application.id, "2", True, ON)
    draft(session, actors["reviewer1"], application.id, Proposal(REFUSED, "02"), CITY, ON)
    sign_off(session, actors["manager1"], application.id, ON)
    return application


@pytest.mark.parametrize(("third", "start"), [(33_330, None), (33_331, "2026-11-01")])
def test_who_was_refused_applies_again_by_cost_without_a_number(session, actors, third, start):
    before = refused(session, actors)
    answers = {name: each for name, each in NEW_APPLICATION.items() if name.startswith(("application.application_date", "patient.", "clinical_form."))}
    sheet = receive(session, actors["clerk1"], Arrival("mild_high_cost", ON, "07", recipient_id=before.recipient_id))
    application = _keyed(session, actors, sheet, answers | {"review.mild_high_cost": "1", "application_disease.0.disease_number": "6"})
    assert application.recipient_id == before.recipient_id
    note_costs(session, actors["reviewer1"], application.id, {
        "2026-08": Cost(40_000), "2026-09": Cost(40_000), "2026-10": Cost(third)}, "statement")
    taxed(session, actors, application)
    review_documents(session, actors["reviewer1"], application.id, "1", None, ON)
    if start is None:
        with pytest.raises(CriterionNotMet):
            draft(session, actors["reviewer1"], application.id, Proposal(CERTIFIED), CITY, ON)
    else:
        proposal = draft(session, actors["reviewer1"], application.id, Proposal(CERTIFIED), CITY, ON).proposal
        assert proposal["valid_from"] == start


def _keyed(session, actors, sheet, answers):
    for name in ("clerk1", "clerk2"):
        keying = claim(session, actors[name], sheet.id, NOW)
        assert submit(session, actors[name], keying.id, answers, (), f"period-{keying.id}", NOW, ON).faults == {}
    return session.query(Application).filter_by(sheet_id=sheet.id).one()


def test_months_noted_beside_a_severe_case_do_not_move_its_start(session, actors):
    application = paper(session, actors, "new_application", NEW_APPLICATION)
    note_costs(session, actors["reviewer1"], application.id, {f"2026-{month:02}": Cost(60_000) for month in range(5, 11)}, "ledger")
    taxed(session, actors, application)
    assert signed(session, actors, application).valid_from == date(2026, 11, 10)


@pytest.mark.parametrize(("rule", "start"), [("application", date(2026, 11, 24)), ("moving_in", date(2026, 11, 16))])
def test_moving_in_counts_as_the_city_chose(session, actors, rule, start):
    answers = {name: each for name, each in NEW_APPLICATION.items() if not name.startswith((
        "clinical_form.", "application_facility.", "assessment.", "application.diagnosed")) and not name.endswith("is_main")}
    application = paper(session, actors, "transfer_in", answers)
    taxed(session, actors, application)
    person = application.recipient_id
    session.add(Addressee(municipality="111007", file_number="9", history_number=1, name="𠮷田 邉󠄏子", birth_date=date(1977, 5, 3),
                          sex="2", address="町", off_register="0", resident_from=date(2026, 11, 16)))
    session.flush()
    session.execute(Addressee.metadata.tables["recipient"].update().where(
        Addressee.metadata.tables["recipient"].c.id == person).values(file_number="9"))
    session.expire_all()
    with trial("validity", {date(2023, 10, 1): {**figures("validity", ON), "transfer_in_from": rule}}):
        assert signed(session, actors, application).valid_from == start
