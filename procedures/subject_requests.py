"""開示・訂正・利用停止の請求: received, identity confirmed, decided by another person, handed over; each step once, with its day."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy import Integer, Row, bindparam, select
from sqlalchemy.orm import Session

from models.application import Application
from models.history import Correction
from models.journal import Action
from models.recipient import Recipient
from models.subject_request import DECISIONS, REQUEST_KINDS, REQUESTERS, RequestCorrection, SubjectRequest
from procedures import corrections, journal
from procedures.actor import Actor
from procedures.characters import write_file
from procedures.city import City
from procedures.disclosure import TITLES, copy_of
from procedures.lookup import codes_of
from procedures.reception import REIWA_BEFORE_YEAR_1
from procedures.refusal import Refused
from procedures.series import next_number
from procedures.statistics import fiscal_year
from reports.disclosure import disclosure_pdf, disclosure_zip
from rules.parameters import figures

LETTERS: Final = {"disclosure": "D", "correction": "C", "stop_use": "S"}
FORMS: Final = ("pdf", "zip")


class NotNow(Refused):
    """The request is not at this step."""

    message = "この請求には、いまその操作ができません。状態を確かめてください。"


class AnotherDecides(Refused):
    """Who saw the papers of identity does not decide."""

    message = "本人確認をした人は決定できません。ほかの人に回してください。"


class SayMore(Refused):
    """Something that the step needs is missing; the message names it."""


@dataclass(frozen=True)
class Asked:
    """請求の内容: what stands on the request."""

    kind: str
    recipient_id: int
    received_on: date
    requester: str
    requester_name: str
    wish: str


@dataclass(frozen=True)
class Open:
    """一覧の一行: the request, the person's name, and how many days are left for the decision."""

    request: SubjectRequest
    name: str
    days_left: int


def receive(session: Session, actor: Actor, asked: Asked, on: date) -> SubjectRequest:
    """請求を受け付ける: it has its number and its term (第83条・第94条・第102条). SayMore."""
    if asked.kind not in REQUEST_KINDS or asked.requester not in REQUESTERS or session.get(Recipient, asked.recipient_id) is None:
        raise SayMore("請求の種類・請求者・受給者を選んでください。")
    if asked.received_on > on:
        raise SayMore("今日より後の日付です。請求日を確かめてください。")
    if not asked.wish.strip() or (asked.requester != "self" and not asked.requester_name.strip()):
        raise SayMore("請求の内容と、代理人のときはその氏名を入力してください。")
    fiscal = fiscal_year(asked.received_on) - REIWA_BEFORE_YEAR_1
    letter = LETTERS[asked.kind]
    made = SubjectRequest(
        number=f"R{fiscal}-{letter}-{next_number(session, f'request R{fiscal}-{letter}'):04}", kind=asked.kind,
        recipient_id=asked.recipient_id, received_on=asked.received_on, received_by=actor.user_id, requester=asked.requester,
        requester_name=asked.requester_name.strip() or None, wish=asked.wish.strip(),
        due_on=asked.received_on + timedelta(days=figures("subject_request", asked.received_on)["days"]))
    session.add(made)
    session.flush()
    journal.record(session, actor, Action.RECEIVED, made, detail={"request": made.number})
    session.flush()
    return made


def extend(session: Session, actor: Actor, request_id: int, reason: str) -> SubjectRequest:
    """期限を延ばす: once, with its reason (第83条第2項). NotNow, SayMore."""
    made = _at(session, request_id, "received", "identified")
    if made.extension_reason:
        raise NotNow("期限はもう延ばしています。延長は一度だけです。")
    made.extension_reason = _said(reason, "期限を延ばす理由を入力してください。")
    made.due_on += timedelta(days=figures("subject_request", made.received_on)["extension_days"])
    return _step(session, actor, made, "extended", reason)


def identify(session: Session, actor: Actor, request_id: int, proof: str, on: date) -> SubjectRequest:
    """本人を確かめた: by which paper, by whom, when. NotNow, SayMore."""
    made = _at(session, request_id, "received")
    if proof not in codes_of(session, {"identity_proof"}, on)["identity_proof"]:
        raise SayMore("本人確認の書類を選んでください。")
    made.state, made.identity_proof, made.identified_by, made.identified_on = "identified", proof, actor.user_id, on
    return _step(session, actor, made, "identified")


def decide(session: Session, actor: Actor, request_id: int, decision: str, reason: str, left_out: Sequence[str],
           on: date) -> SubjectRequest:
    """決定する: whole, in part or not at all; another person than who confirmed the identity. NotNow, AnotherDecides, SayMore."""
    made = _at(session, request_id, "identified")
    if made.identified_by == actor.user_id:
        raise AnotherDecides
    if decision not in DECISIONS:
        raise SayMore("決定を選んでください。")
    if decision != "whole" or left_out:
        _said(reason, "一部または全部を認めないときは、理由と範囲を入力してください。")
    if left_out and decision != "part":
        raise SayMore("渡さない記録があるときは、一部の決定にしてください。")
    made.state, made.decision, made.decision_reason = "decided", decision, reason.strip() or None
    made.left_out = [table for table in left_out if table in TITLES] or None
    made.decided_by, made.decided_on = actor.user_id, on
    return _step(session, actor, made, "decided", reason)


def preview(session: Session, actor: Actor, request_id: int, city: City, on: date, now: datetime) -> bytes:
    """確認用の写し: what would be handed over as it stands now, journalled as seen. NotNow."""
    made = _at(session, request_id, "identified", "decided")
    journal.record(session, actor, Action.SAW, made, detail={"request": made.number, "preview": "disclosure"})
    return disclosure_pdf(copy_of(session, made, city, on), city, now)


def hand_over(session: Session, actor: Actor, request_id: int, form: str, city: City, on: date, now: datetime) -> bytes | None:
    """渡す: the copy of a disclosure leaves with its hash; of any other request the answer was given. NotNow."""
    made = _at(session, request_id, "decided")
    content = None
    if made.kind == "disclosure" and made.decision != "none":
        copy = copy_of(session, made, city, on)
        content = disclosure_zip(copy, city, now, partial(write_file, session)) if form == "zip" else disclosure_pdf(copy, city, now)
        made.package_sha256 = hashlib.sha256(content).hexdigest()
    made.state, made.handed_over_by, made.handed_over_on = "handed_over", actor.user_id, on
    session.flush()
    journal.record(session, actor, Action.EXPORTED if content else Action.CHANGED, made, reason=made.number,
                   detail={"request": made.number, "step": "handed_over", "sha256": made.package_sha256})
    session.flush()
    return content


def withdraw(session: Session, actor: Actor, request_id: int, reason: str) -> SubjectRequest:
    """取り下げ: before it is decided, with its reason. NotNow, SayMore."""
    made = _at(session, request_id, "received", "identified")
    made.state = "withdrawn"
    return _step(session, actor, made, "withdrawn", _said(reason, "取下げの理由を入力してください。"))


def ask_correction(session: Session, actor: Actor, request_id: int, table: str, row_id: int, attribute: str, typed: str,
                   now: datetime) -> Correction:
    """訂正請求のとおり訂正を求める: a correction like any other, approved by another person, tied to its request. NotNow."""
    made = _at(session, request_id, "decided")
    if made.kind != "correction" or made.decision == "none":
        raise NotNow
    known = corrections.owner_of(session, table, row_id)
    if known != made.recipient_id:
        raise NotNow("この記録は、請求した人のものではありません。")
    correction = corrections.ask(session, actor, table, row_id, attribute, typed, f"訂正請求 {made.number}", now)
    session.add(RequestCorrection(request_id=made.id, correction_id=correction.id))
    session.flush()
    return correction


def open_requests(session: Session, actor: Actor, on: date, most: int = 200) -> list[Open]:
    """請求の一覧: those under way by their term, then the latest that ended; whom it named is journalled."""
    rows = session.execute(select(SubjectRequest, Recipient.name).join(Recipient, Recipient.id == SubjectRequest.recipient_id).order_by(
        SubjectRequest.state.in_(("handed_over", "withdrawn")), SubjectRequest.due_on, SubjectRequest.id).limit(most)).all()
    journal.record(session, actor, Action.LISTED, detail={
        "requests": len(rows), "recipients": sorted({request.recipient_id for request, _ in rows})})
    return [Open(request, name, (request.due_on - on).days) for request, name in rows]


def look(session: Session, actor: Actor, request_id: int) -> tuple[SubjectRequest, Recipient, list[Correction]] | None:
    """請求を見る: with the person and the corrections it led to; journalled. None where there is none."""
    made = session.get(SubjectRequest, request_id)
    if made is None:
        return None
    journal.record(session, actor, Action.SAW, made, detail={"request": made.number})
    led_to = session.scalars(select(Correction).join(RequestCorrection, RequestCorrection.correction_id == Correction.id)
                             .where(RequestCorrection.request_id == made.id).order_by(Correction.id)).all()
    return made, session.get_one(Recipient, made.recipient_id), list(led_to)


def records_of(session: Session, recipient_id: int) -> list[tuple[str, int, str]]:
    """訂正できる記録: table, row and title of each record of all her applications, the newest application first."""
    applications = session.scalars(select(Application.id).where(Application.recipient_id == recipient_id).order_by(Application.id.desc()))
    return [row for number in applications for row in corrections.rows_of(session, number)]


_STOPPED = (select(SubjectRequest.number, SubjectRequest.wish, SubjectRequest.decision_reason)
            .where(SubjectRequest.recipient_id == bindparam("person", type_=Integer), SubjectRequest.kind == "stop_use",
                   SubjectRequest.decision.in_(("whole", "part"))).order_by(SubjectRequest.id))


def stopped_uses(session: Session, recipient_id: int) -> list[Row[Any]]:
    """利用停止の決定 that hold for a person (number, wish, decision_reason): what every screen about her says."""
    return list(session.execute(_STOPPED, {"person": recipient_id}))


def _at(session: Session, request_id: int, *states: str) -> SubjectRequest:
    made = session.get(SubjectRequest, request_id, with_for_update=True, populate_existing=True)
    if made is None or made.state not in states:
        raise NotNow
    return made


def _said(text: str, wanted: str) -> str:
    if not text.strip():
        raise SayMore(wanted)
    return text.strip()


def _step(session: Session, actor: Actor, made: SubjectRequest, step: str, reason: str = "") -> SubjectRequest:
    session.flush()
    journal.record(session, actor, Action.DECIDED if step == "decided" else Action.CHANGED, made, reason=reason.strip(),
                   detail={"request": made.number, "step": step})
    session.flush()
    return made
