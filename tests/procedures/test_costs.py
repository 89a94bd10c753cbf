"""医療費の申告: months decide 軽症高額 and 高額かつ長期, with reasons, and from when the certification holds."""

import pytest

from models.application import Application
from procedures.certification import CERTIFIED, Proposal, draft
from procedures.costs import Cost, NotAMonth, costs_of, judged, known_costs, note_costs
from procedures.review import review_documents
from tests.life import CITY, certified_person, paper, taxed
from tests.office import NEW_APPLICATION, ON, registered
from tests.receipt_office import place, receipt, table, taken_in

COSTLY = {f"2026-{month:02}": Cost(40_000) for month in (8, 9, 10)}


def test_six_months_over_fifty_thousand_are_high_cost_and_long_term(session, actors):
    application = registered(session, actors)
    taxed(session, actors, application)
    months = {f"2026-{month:02}": Cost(50_001) for month in range(6, 11)}
    note_costs(session, actors["reviewer1"], application.id, months, "ledger")
    made = judged(session, application)
    assert made.mild_high_cost and not made.high_cost_long_term
    note_costs(session, actors["reviewer1"], application.id, months | {"2026-11": Cost(50_001)}, "ledger")
    assert judged(session, application).high_cost_long_term and len(costs_of(session, application.id)) == 6


def test_a_mild_case_is_certified_from_the_day_after_the_condition_was_met(session, actors):
    answers = {name: text for name, text in NEW_APPLICATION.items() if not name.endswith("diagnosed_date")}
    application = paper(session, actors, "new_application", answers | {"review.mild_high_cost": "1"})
    note_costs(session, actors["reviewer1"], application.id, COSTLY, "statement")
    taxed(session, actors, application)
    review_documents(session, actors["reviewer1"], application.id, "1", None, ON)
    proposal = draft(session, actors["reviewer1"], application.id, Proposal(CERTIFIED), CITY, ON).proposal
    assert proposal["valid_from"] == "2026-11-01"


@pytest.mark.parametrize(("months", "source"), [
    ({"2026-13": Cost(1)}, "ledger"), ({"2026-01": Cost(-1)}, "ledger"), ({"2026-01": Cost(1, -1)}, "ledger"), ({}, "memory")])
def test_a_month_that_is_none_is_refused(session, actors, months, source):
    with pytest.raises(NotAMonth):
        note_costs(session, actors["reviewer1"], registered(session, actors).id, months, source)


def test_receipts_count_beside_what_the_paper_declares_and_the_larger_holds(session, actors, tmp_path):
    person = certified_person(session, actors)
    taken_in(session, actors["manager1"], place(tmp_path), table([
        receipt(person, points=4000), receipt(person, treatment_month="2026-12", points=5000, total_yen=50_460, meal_yen=460)]))
    application = session.query(Application).filter_by(recipient_id=person.id).one()
    note_costs(session, actors["reviewer1"], application.id, {"2026-11": Cost(45_000, 700), "2026-10": Cost(60_000)}, "ledger")
    assert known_costs(session, application) == {
        "2026-10": Cost(60_000), "2026-11": Cost(45_000, 700), "2026-12": Cost(50_000)}
