"""すべての道: whatever the office does in whatever order, no application reaches a state without what that state needs."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select, text

from models.application import Application
from models.certification import Certification, Decision
from models.review import Review
from procedures.acceptance import accept
from procedures.board import again
from procedures.by_office import open_change, open_loss, withdraw
from procedures.certification import CERTIFIED, DEFECT, HELD, REFUSED, Proposal, draft, send_back, sign_off
from procedures.issue import issue, issue_anew
from procedures.progress import MOVES
from procedures.recipient import derived
from procedures.refusal import Refused
from procedures.review import record_board_opinion, review_documents
from tests.life import CITY, certified_person, change, notice, paper, taxed
from tests.office import NEW_APPLICATION, NOW, ON


def certificate(session, actors, application):
    found = session.scalars(select(Certification).where(Certification.application_id == application.id)).first()
    issue(session, actors["manager1"], found.id if found else 0, CITY, ON, NOW, "再印刷")


# Everything an office can try with an application, right or wrong at that moment.
STEPS = {
    "assess": lambda s, a, x: taxed(s, a, x),
    "review fit": lambda s, a, x: review_documents(s, a["reviewer1"], x.id, "1", None, ON),
    "review to board": lambda s, a, x: review_documents(s, a["reviewer1"], x.id, "2", None, ON),
    "review defect": lambda s, a, x: review_documents(s, a["reviewer1"], x.id, "3", None, ON),
    "board yes": lambda s, a, x: record_board_opinion(s, a["reviewer1"], x.id, "1", True, ON),
    "board no": lambda s, a, x: record_board_opinion(s, a["reviewer1"], x.id, "2", False, ON),
    "board again": lambda s, a, x: again(s, a["reviewer1"], x.id, ON),
    "draft certified": lambda s, a, x: draft(s, a["reviewer1"], x.id, Proposal(CERTIFIED), CITY, ON),
    "draft refused": lambda s, a, x: draft(s, a["reviewer1"], x.id, Proposal(REFUSED, "01"), CITY, ON),
    "draft held": lambda s, a, x: draft(s, a["reviewer1"], x.id, Proposal(HELD, "02"), CITY, ON),
    "draft defect": lambda s, a, x: draft(s, a["reviewer1"], x.id, Proposal(DEFECT, "05"), CITY, ON),
    "draft by the signer": lambda s, a, x: draft(s, a["manager1"], x.id, Proposal(CERTIFIED), CITY, ON),
    "sign": lambda s, a, x: sign_off(s, a["manager1"], x.id, ON),
    "send back": lambda s, a, x: send_back(s, a["manager1"], x.id, "確かめてください"),
    "accept": lambda s, a, x: accept(s, a["reviewer1"], x.id, ON),
    "withdraw": lambda s, a, x: withdraw(s, a["reviewer1"], x.id, "本人の申し出", ON),
}


NOT_OF_TRANSFER = ("clinical_form.", "application_facility.", "assessment.", "application.diagnosed")
NOT_OF_REGISTRATION = ("insurance.", "application_facility.", "assessment.", "household_member.", "application.agreed")
RENEWED = {name: text for name, text in NEW_APPLICATION.items() if name.startswith("patient.")} | {"application_disease.0.disease_number": "6"}


def begun(session, actors, kind) -> Application:
    if kind in ("new", "transfer in", "registration"):
        sheet, left_out = {"new": ("new_application", ()), "transfer in": ("transfer_in", NOT_OF_TRANSFER),
                           "registration": ("registration_certificate", NOT_OF_REGISTRATION)}[kind]
        return paper(session, actors, sheet, {name: text for name, text in NEW_APPLICATION.items() if not name.startswith(left_out)
                                              and (kind == "new" or not name.endswith("is_main"))})
    person = certified_person(session, actors)
    number = {"application.written_recipient_number": str(person.recipient_number), "application.application_date": "R8.11.20"}
    return {"change": lambda: change(session, actors, person, "12"),
            "by office": lambda: open_change(session, actors["reviewer1"], person.id, "確認のため", ON),
            "loss": lambda: open_loss(session, actors["reviewer1"], person.id, "05", ON + timedelta(days=3), "死亡", ON),
            "renewal": lambda: paper(session, actors, "renewal", number | RENEWED | {
                name: text for name, text in NEW_APPLICATION.items() if name.startswith("insurance.")}),
            "mild": lambda: paper(session, actors, "mild_high_cost", number | RENEWED | {"review.mild_high_cost": "1"}),
            "reissue": lambda: paper(session, actors, "reissue", number | {"application.reissue_reason": "2"}),
            "notice": lambda: notice(session, actors, person, "02")}[kind]()


def check(session, application) -> None:
    """What must hold after every step."""
    state, number = application.state, application.id
    certification = session.scalars(select(Certification).where(Certification.application_id == number)).first()
    signed = session.scalars(select(Decision).where(Decision.application_id == number, Decision.sign_off == "1")).all()
    review = session.scalars(select(Review).where(Review.application_id == number)).first()
    assert all(each.signed_by != each.drafted_by for each in signed)
    if state in ("certified", "held", "refused") or (state == "closed" and application.application_kind == "7"):
        assert signed
    assert (state == "certified") <= (certification is not None and certification.certification in ("1", "6"))
    if certification is not None and certification.certification == "2":
        assert review.review_result == "2" and review.review_result_date
    if certification is not None and certification.certification == "5":
        assert review.document_review == "3"
    if state in ("registered", "assessed", "board", "reviewed", "drafted") and not any(each.proposal["certification"] == "3" for each in signed):
        assert certification is None
    overlaps = session.scalar(text("""
        SELECT count(*) FROM certification a JOIN certification b ON b.recipient_id = a.recipient_id AND b.id > a.id
        WHERE a.certification = '1' AND b.certification = '1' AND NOT a.is_cancelled AND NOT b.is_cancelled
          AND daterange(a.valid_from, coalesce(a.ended_on, a.valid_to), '[]') && daterange(b.valid_from, coalesce(b.ended_on, b.valid_to), '[]')"""))
    assert overlaps == 0
    person = session.execute(text("SELECT * FROM recipient WHERE id = :id"), {"id": application.recipient_id}).mappings().one()
    assert {name: person[name] for name in ("state", "recipient_number", "valid_to")} == {
        name: derived(session, application.recipient_id, on=ON).get(name, person[name]) for name in ("state", "recipient_number", "valid_to")}


def tried(session, actors, application, name) -> bool:
    """Whether the office may take the step now; a refused one leaves nothing behind."""
    before, inner = application.state, session.begin_nested()
    try:
        STEPS[name](session, actors, application)
        inner.commit()
    except Refused:
        inner.rollback()
        session.refresh(application)
        assert application.state == before
        return False
    check(session, application)
    return True


def standing(session, application) -> tuple[object, ...]:
    """Where the case stands, as far as a later step may depend on it: its state, a no of the board, a defect, the draft."""
    review = session.scalars(select(Review).where(Review.application_id == application.id)).first()
    draft_now = session.scalars(select(Decision).where(Decision.application_id == application.id, Decision.is_current)).first()
    result = (draft_now.proposal or {}).get("certification") if draft_now and application.state == "drafted" else None
    return (application.state, bool(review and review.review_result == "2"), bool(review and review.document_review == "3"), result)


@pytest.mark.parametrize("kind", ["new", "registration", "notice", "loss"])  # one of each table of moves
def test_every_step_from_every_standing_leads_to_a_legal_one(session, actors, kind):
    """Exhaustive: from each standing that can be reached, each of the office's steps is tried once."""
    application, seen, allowed = begun(session, actors, kind), set(), set()

    def walk() -> None:
        if (here := standing(session, application)) in seen:
            return
        seen.add(here)
        for name in STEPS:
            outer = session.begin_nested()
            if tried(session, actors, application, name):
                allowed.add((here[0], application.state))
                walk()
            outer.rollback()
            session.expire_all()

    walk()
    reached = {state for pair in allowed for state in pair}
    moves = {(state, after) for state, then in MOVES[application.application_kind].items() if state in reached for after in then}
    assert allowed <= moves
    assert moves - allowed <= {("certified", "issued"), ("accepted", "issued"), ("issued", "issued"), ("accepted", "closed"),
                               ("registered", "accepted")}  # paper moves the first three; a notice began accepted


class Office(RuleBasedStateMachine):
    """職員: takes any step at any time, in long walks that come back to where a case stood before."""

    def __init__(self, session, actors, application) -> None:
        super().__init__()
        self.session, self.actors, self.application = session, actors, application
        self.outer = session.begin_nested()

    @rule(name=st.sampled_from(sorted(STEPS)))
    def step(self, name) -> None:
        tried(self.session, self.actors, self.application, name)

    @invariant()
    def is_legal(self) -> None:
        check(self.session, self.application)

    def teardown(self) -> None:
        self.outer.rollback()
        self.session.expire_all()


@pytest.mark.parametrize("kind", ["change", "renewal", "transfer in", "by office", "mild", "reissue"])
def test_no_order_of_steps_reaches_an_illegal_state(session, actors, kind):
    application = begun(session, actors, kind)
    run_state_machine_as_test(lambda: Office(session, actors, application), settings=settings(
        max_examples=2, stateful_step_count=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]))


def test_the_last_step_of_every_kind_is_paper(session, actors):
    application = begun(session, actors, "new")
    for name in ("assess", "review fit", "draft certified", "sign"):
        STEPS[name](session, actors, application)
        check(session, application)
    certificate(session, actors, application)
    accepted = begun(session, actors, "notice")
    issue_anew(session, actors["manager1"], accepted.id, CITY, ON, NOW)
    assert (application.state, accepted.state) == ("issued", "issued")
