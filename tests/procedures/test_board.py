"""審査会: agenda by group, opinions that stay, a second look, and no session closed with an open case."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from config import DEMO_CITY
from procedures import board
from procedures.board_papers import board_papers
from procedures.certification import HELD, REFUSED, Proposal, draft, sign_off
from procedures.city import city_of
from procedures.refusal import Refused
from procedures.review import review_documents, review_of
from tests.life import CITY, paper, taxed
from tests.office import NEW_APPLICATION, NOW, ON
from tests.procedures.test_issue import text_of


@pytest.fixture
def case(session, actors):
    """A case the office cannot decide by itself."""
    application = paper(session, actors, "new_application", NEW_APPLICATION)
    taxed(session, actors, application)
    review_documents(session, actors["reviewer1"], application.id, "2", "重症度に疑義", ON)
    return application


@pytest.fixture
def held(session, actors):
    return board.plan(session, actors["reviewer1"], ON, "第1会議室")


def answered(session, actors, held, case, result, meets=None):
    board.put_on(session, actors["reviewer1"], held.id, [case.id])
    rows = board.agenda(session, actors["reviewer1"], held.id)[1]
    item = next(row.item for row in rows if row.application.id == case.id and row.item.result is None)
    return board.record_answer(session, actors["reviewer1"], item.id, result, meets, "診断基準は満たす", ON)


def test_a_refusal_goes_by_the_boards_opinion_and_keeps_whether_the_criteria_are_met(session, actors, held, case):
    with pytest.raises(Refused, match="診断基準"):
        answered(session, actors, held, case, "2")
    item = board.agenda(session, actors["reviewer1"], held.id)[1][0].item
    board.record_answer(session, actors["reviewer1"], item.id, "2", True, "軽症", ON)
    draft(session, actors["reviewer1"], case.id, Proposal(REFUSED, "02"), CITY, ON)
    made = sign_off(session, actors["manager1"], case.id, ON)
    assert made.certification == "2" and review_of(session, case.id).meets_diagnostic_criteria


def test_a_case_stands_on_one_agenda_at_a_time(session, actors, held, case):
    board.put_on(session, actors["reviewer1"], held.id, [case.id])
    assert case.id not in [each.id for each, _, _ in board.waiting(session, actors["reviewer1"])]
    with pytest.raises(board.OnAnAgenda):
        board.put_on(session, actors["reviewer1"], held.id, [case.id])
    board.take_off(session, actors["reviewer1"], board.agenda(session, actors["reviewer1"], held.id)[1][0].item.id)
    assert case.id in [each.id for each, _, _ in board.waiting(session, actors["reviewer1"])]


def test_what_the_board_held_comes_before_it_again_as_a_second_review(session, actors, held, case):
    answered(session, actors, held, case, "3")
    draft(session, actors["reviewer1"], case.id, Proposal(HELD, "05"), CITY, ON)
    sign_off(session, actors["manager1"], case.id, ON)
    board.again(session, actors["reviewer1"], case.id, ON)
    later = board.plan(session, actors["reviewer1"], ON, "第2会議室")
    item = answered(session, actors, later, case, "1")
    review = review_of(session, case.id)
    assert item.is_second_review and review.needs_second_review and review.second_review_result_date == ON


def test_a_session_closes_when_everything_is_answered_and_then_takes_no_more(session, actors, held, case):
    board.put_on(session, actors["reviewer1"], held.id, [case.id])
    with pytest.raises(board.AnswersMissing):
        board.close(session, actors["reviewer1"], held.id, ON)
    item = board.agenda(session, actors["reviewer1"], held.id)[1][0].item
    board.record_answer(session, actors["reviewer1"], item.id, "1", None, "", ON)
    board.close(session, actors["reviewer1"], held.id, ON)
    with pytest.raises(board.SessionClosed):
        board.put_on(session, actors["reviewer1"], held.id, [case.id])


def test_an_opinion_is_never_changed_not_even_in_the_database(session, actors, held, case):
    item = answered(session, actors, held, case, "1")
    with pytest.raises(DBAPIError):
        session.execute(text("UPDATE board_item SET result = '2' WHERE id = :id"), {"id": item.id})


def test_the_members_papers_name_the_disease_and_not_the_person(session, actors, held, case):
    board.put_on(session, actors["reviewer1"], held.id, [case.id])
    said = text_of(board_papers(session, actors["reviewer1"], held.id, city_of(DEMO_CITY), NOW))
    assert case.acceptance_number in said and "パーキンソン病" in said and "49歳" in said and "重症度に疑義" in said
    assert "邉" not in said and "ヨシダ" not in said
