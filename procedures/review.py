"""書類審査: what the office found in the papers, and what the review board said."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.application import Application
from models.disease import ApplicationDisease
from models.journal import Action
from models.review import Review
from procedures import journal
from procedures.actor import Actor
from procedures.progress import move
from procedures.refusal import Refused

FIT, TO_BOARD, DEFECTIVE = "1", "2", "3"  # 書類審査区分
BOARD_YES, BOARD_NO, BOARD_HOLD = "1", "2", "3"  # 審査結果


class NoSuchResult(Refused):
    """The result is none of the list."""

    message = "審査の結果を選んでください。"


def review_of(session: Session, application_id: int) -> Review:
    """審査: the review row of an application, made where there is none yet."""
    review = session.scalars(select(Review).where(Review.application_id == application_id)).first()
    if review is None:
        review = Review(application_id=application_id)
        session.add(review)
    if review.review_group is None:
        review.review_group = session.scalars(select(ApplicationDisease.disease_group).where(
            ApplicationDisease.application_id == application_id).order_by(ApplicationDisease.position)).first()
    return review


def review_documents(session: Session, actor: Actor, application_id: int, result: str, remarks: str | None,
                     on: date) -> Review:
    """書類審査の結果: fit goes on to the draft, a doubt goes to the board, a defect is drafted as such."""
    if result not in (FIT, TO_BOARD, DEFECTIVE):
        raise NoSuchResult
    application = session.get_one(Application, application_id, with_for_update=True)
    review = review_of(session, application_id)
    review.document_review, review.review_remarks, review.reviewed_by = result, remarks, actor.user_id
    if result == TO_BOARD:
        review.review_request, review.review_request_date = "1", on
    if result == FIT and application.state == "registered":
        review.meets_diagnostic_criteria = True  # 登録者証: the papers alone show that the criteria are met
    move(application, "board" if result == TO_BOARD else "reviewed")
    journal.record(session, actor, Action.REVIEWED, application, detail={"document_review": result})
    session.flush()
    return review


def record_board_opinion(session: Session, actor: Actor, application_id: int, result: str, meets_criteria: bool | None,
                         on: date) -> Review:
    """審査会の意見 (法7条2項): the board's answer and its day; the case can be drafted."""
    if result not in (BOARD_YES, BOARD_NO, BOARD_HOLD):
        raise NoSuchResult
    application = session.get_one(Application, application_id, with_for_update=True)
    review = review_of(session, application_id)
    review.review_request, review.review_result, review.review_result_date = "2", result, on
    review.meets_diagnostic_criteria = meets_criteria
    move(application, "reviewed")
    journal.record(session, actor, Action.REVIEWED, application, detail={"review_result": result})
    session.flush()
    return review
