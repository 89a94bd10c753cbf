"""指定難病審査会: sessions with their agenda by review group, what the board said, and what it wants to see again."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from models.application import Application
from models.board import BoardItem, BoardSession
from models.journal import Action
from models.recipient import Recipient
from procedures import journal
from procedures.actor import Actor
from procedures.progress import move
from procedures.refusal import Refused
from procedures.review import BOARD_HOLD, BOARD_NO, BOARD_YES, record_board_opinion, review_of

RESULTS = (BOARD_YES, BOARD_NO, BOARD_HOLD)


class SessionClosed(Refused):
    """What a closed session said is not added to."""

    message = "この審査会はもう終わっています。次の審査会に載せてください。"


class OnAnAgenda(Refused):
    """A case stands on one agenda at a time."""

    message = "この申請は、すでに審査会の議題にあるか、付議を待っていません。"


class AnswersMissing(Refused):
    """A session is closed when everything on its agenda was answered."""

    message = "結果のない議題があります。全件の結果を入力するか、議題から外してください。"


@dataclass(frozen=True)
class Agenda:
    """議題の一行."""

    item: BoardItem
    application: Application
    name: str


def plan(session: Session, actor: Actor, held_on: date, place: str) -> BoardSession:
    """審査会を設ける: a session one can put cases on."""
    if not place.strip():
        raise Refused("会場を入力してください。")
    made = BoardSession(held_on=held_on, place=place.strip())
    session.add(made)
    session.flush()
    journal.record(session, actor, Action.REVIEWED, made, detail={"board": "planned"})
    return made


def sessions(session: Session, most: int = 30) -> list[tuple[BoardSession, int, int]]:
    """審査会の一覧, the newest first: with how many cases and how many answers."""
    found = session.scalars(select(BoardSession).order_by(BoardSession.held_on.desc(), BoardSession.id.desc()).limit(most))
    items = {each.id: session.scalars(select(BoardItem.result).where(BoardItem.session_id == each.id)).all() for each in found}
    return [(session.get_one(BoardSession, number), len(results), sum(1 for each in results if each))
            for number, results in items.items()]


def waiting(session: Session, actor: Actor) -> list[tuple[Application, str, str | None]]:
    """付議を待つ申請: those for the board that stand on no open agenda: with name and review group; journalled."""
    rows = session.execute(select(Application, Recipient.name).join(
        Recipient, Recipient.id == Application.recipient_id).where(_waits()).order_by(Application.acceptance_date)).all()
    journal.record(session, actor, Action.LISTED, detail={
        "board": "waiting", "rows": len(rows), "recipients": [application.recipient_id for application, _ in rows]})
    return [(application, name, review_of(session, application.id).review_group) for application, name in rows]


def count_waiting(session: Session) -> int:
    """付議を待つ申請の件数; nobody is named."""
    return session.scalars(select(func.count()).select_from(Application).where(_waits())).one()


def _waits() -> ColumnElement[bool]:
    open_items = select(BoardItem.application_id).where(BoardItem.result.is_(None))
    return and_(Application.state == "board", Application.id.not_in(open_items))


def put_on(session: Session, actor: Actor, session_id: int, application_ids: list[int]) -> int:
    """議題に載せる: each once, marked as a second look where the board saw it before. SessionClosed, OnAnAgenda."""
    _open(session, session_id)
    for number in application_ids:
        application = session.get(Application, number, with_for_update=True)
        before = session.scalars(select(BoardItem).where(BoardItem.application_id == number)).all()
        if application is None or application.state != "board" or any(each.result is None for each in before):
            raise OnAnAgenda
        review = review_of(session, number)
        review.needs_second_review = bool(before)
        session.add(BoardItem(session_id=session_id, application_id=number, review_group=review.review_group,
                              is_second_review=bool(before)))
        journal.record(session, actor, Action.REVIEWED, application, detail={"board": session_id})
    session.flush()
    return len(application_ids)


def take_off(session: Session, actor: Actor, item_id: int) -> None:
    """議題から外す: the case waits for another session."""
    item = session.get(BoardItem, item_id, with_for_update=True)
    if item is None or item.result is not None:
        raise Refused("結果のある議題は外せません。")
    journal.record(session, actor, Action.REVIEWED, session.get(Application, item.application_id), detail={"board": "off"})
    session.delete(item)
    session.flush()


def agenda(session: Session, actor: Actor, session_id: int) -> tuple[BoardSession, list[Agenda]]:
    """議題: in the order of review groups; whom it showed is journalled."""
    held = session.get_one(BoardSession, session_id)
    rows = session.execute(
        select(BoardItem, Application, Recipient.name).join(Application, Application.id == BoardItem.application_id)
        .join(Recipient, Recipient.id == Application.recipient_id).where(BoardItem.session_id == session_id)
        .order_by(BoardItem.review_group, BoardItem.id)).all()
    journal.record(session, actor, Action.LISTED, detail={
        "board": session_id, "rows": len(rows), "recipients": [row[1].recipient_id for row in rows]})
    return held, [Agenda(item, application, name) for item, application, name in rows]


def record_answer(session: Session, actor: Actor, item_id: int, result: str, meets_criteria: bool | None,
                  opinion: str, on: date) -> BoardItem:
    """審査会の意見を登録する (法7条2項): the case goes on to its draft, or waits for the physician and comes again."""
    item = session.get_one(BoardItem, item_id, with_for_update=True)
    _open(session, item.session_id)
    if item.result is not None:
        raise Refused("この議題の結果はもう登録されています。")
    if result == BOARD_NO and meets_criteria is None:
        raise Refused("否のときは、診断基準を満たすかどうかを選んでください (登録者証と不認定通知に使います)。")
    item.result, item.meets_criteria, item.answered_on = result, meets_criteria, on
    item.opinion = opinion.strip() or None
    review = record_board_opinion(session, actor, item.application_id, result, meets_criteria, on)
    if opinion.strip():
        review.review_remarks = opinion.strip()
    if item.is_second_review:
        review.second_review_request, review.second_review_result_date = "2", on
    session.flush()
    return item


def again(session: Session, actor: Actor, application_id: int, on: date) -> None:
    """再審査に回す: what the board held comes before it again."""
    application = session.get_one(Application, application_id, with_for_update=True)
    move(application, "board")
    review = review_of(session, application_id)
    review.needs_second_review, review.second_review_request, review.second_review_request_date = True, "1", on
    journal.record(session, actor, Action.REVIEWED, application, detail={"board": "again"})
    session.flush()


def close(session: Session, actor: Actor, session_id: int, on: date) -> None:
    """審査会を閉じる: every case has its answer; nothing is added any more. AnswersMissing."""
    held = _open(session, session_id)
    if session.scalar(select(BoardItem.id).where(BoardItem.session_id == session_id, BoardItem.result.is_(None)).limit(1)):
        raise AnswersMissing
    held.closed_on = on
    journal.record(session, actor, Action.REVIEWED, held, detail={"board": "closed"})
    session.flush()


def _open(session: Session, session_id: int) -> BoardSession:
    held = session.get_one(BoardSession, session_id, with_for_update=True)
    if held.closed_on is not None:
        raise SessionClosed
    return held
