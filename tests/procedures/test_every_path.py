"""すべての道: whatever the office does in whatever order, no application reaches a state without what that state needs."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
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
BEGINNINGS = ("new", "change", "by office", "loss", "notice")


def begun(session, actors, kind) -> Application:
    if kind == "new":
        return paper(session, actors, "new_application", NEW_APPLICATION)
    person = certified_person(session, actors)
    return {"change": lambda: change(session, actors, person, "12"),
            "by office": lambda: open_change(session, actors["reviewer1"], person.id, "確認のため", ON),
            "loss": lambda: open_loss(session, actors["reviewer1"], person.id, "05", ON + timedelta(days=3), "死亡", ON),
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
    assert (state == "certified") <= (certification is not None and certification.certification == "1")
    if certification is not None and certification.certification == "2":
        assert review.review_result == "2" and review.review_result_date
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


@pytest.mark.parametrize("kind", BEGINNINGS)
@given(walk=st.lists(st.sampled_from(sorted(STEPS)), min_size=4, max_size=14))
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_order_of_steps_reaches_an_illegal_state(session, actors, kind, walk):
    outer = session.begin_nested()
    application = begun(session, actors, kind)
    for name in walk:
        before = application.state
        inner = session.begin_nested()
        try:
            STEPS[name](session, actors, application)
            inner.commit()
        except Refused:
            inner.rollback()
            session.refresh(application)
            assert application.state == before  # a refused step leaves nothing behind
        check(session, application)
    outer.rollback()
    session.expire_all()


def situation(session, application) -> tuple:
    """Where a case stands, as far as it decides what may come next: what the board and the document review said, what is drafted."""
    if not MOVES[application.application_kind].get(application.state):
        return (application.state,)
    review = session.scalars(select(Review).where(Review.application_id == application.id)).first()
    decision = session.scalars(select(Decision).where(Decision.application_id == application.id, Decision.is_current)).first()
    drafted = decision.proposal["certification"] if decision and application.state in ("drafted", "held") else None
    return (application.state, bool(review) and (review.document_review == "3", review.review_result == "2"), drafted)


def walk_all(session, actors, application, seen) -> None:
    """From here every step, and from each place never seen before every step again; nothing of it stays."""
    here = situation(session, application)
    if here in seen:
        return
    seen.add(here)
    for step in STEPS.values():
        inner = session.begin_nested()
        try:
            step(session, actors, application)
        except Refused:
            pass
        else:
            assert application.state in (here[0], *MOVES[application.application_kind].get(here[0], ()))
            check(session, application)
            walk_all(session, actors, application, seen)
        inner.rollback()
        session.expire_all()


@pytest.mark.parametrize(("kind", "never"), [("new", {"issued"}), ("loss", set()), ("notice", {"registered", "issued", "closed", "withdrawn"})])
def test_every_step_from_every_place_a_case_can_stand_leads_where_the_office_says(session, actors, kind, never):
    outer = session.begin_nested()
    application, seen = begun(session, actors, kind), set()
    walk_all(session, actors, application, seen)
    moves = MOVES[application.application_kind]
    assert {place[0] for place in seen} == {*moves, *(each for led in moves.values() for each in led)} - never
    outer.rollback()
    session.expire_all()


def test_the_last_step_of_every_kind_is_paper(session, actors):
    application = begun(session, actors, "new")
    for name in ("assess", "review fit", "draft certified", "sign"):
        STEPS[name](session, actors, application)
        check(session, application)
    certificate(session, actors, application)
    accepted = begun(session, actors, "notice")
    issue_anew(session, actors["manager1"], accepted.id, CITY, ON, NOW)
    assert (application.state, accepted.state) == ("issued", "issued")
