"""③符号要求: 中間サーバ gives a 処理通番, the number goes over the 住基GW under it, the code is obtained there and stays there."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.soap import SoapFault
from systems.frame.outbox import Say, send
from systems.frame.server import Caller
from systems.frame.store import Outgoing
from systems.numberlink import addressees, following
from systems.numberlink.tables import COMMON, CodeRequest, Integrated

CURRENT: Final = ("要求中", "取得済")


def asked(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """FugoYokyu: asked again while under way or obtained, the same request is named."""
    request = ask(session, addressees.person(session, values["統合宛名番号"]), caller.staff_id)
    return {"処理通番": request.processing_number, "符号状態": request.state}


def ask(session: Session, person: Integrated, who: str) -> CodeRequest:
    """要求する: one request under way or obtained for a person at any time."""
    known = _current(session, person.id)
    if known is None:
        known = CodeRequest(integrated_id=person.id, asked_by=who, state="要求中")
        session.add(known)
        session.flush()
        _announce(session, person, known)
    return known


def renew(session: Session, person: Integrated, who: str) -> None:
    """番号の変更: the code obtained under the old number ends at 中間サーバ, then a new one is asked for."""
    known = _current(session, person.id)
    if known is not None:
        known.state, known.next_look_at = "失効", None
        session.flush()
        fresh = CodeRequest(integrated_id=person.id, asked_by=who, state="要求中")
        session.add(fresh)
        session.flush()
        send(session, COMMON.outgoing, "interconnect", "FGU_FugoShikko", {
            "統合宛名番号": person.number, "理由": "個人番号の変更"}, "code_ended", fresh.id)


def ended(session: Session, row: Outgoing, answer: Mapping[str, Any] | SoapFault) -> None:
    """The old code is gone (or there was none): now the new one is asked for."""
    request = session.get_one(CodeRequest, row.subject_id, with_for_update=True)
    if isinstance(answer, SoapFault) and answer.side == "Server":
        _failed(request, answer.code)
    elif request.state == "要求中":
        _announce(session, session.get_one(Integrated, request.integrated_id), request)


def numbered(session: Session, row: Outgoing, answer: Mapping[str, Any] | SoapFault) -> None:
    """処理通番受領: the number is on its way over the 住基GW under it; エラー where 中間サーバ refused."""
    request = session.get_one(CodeRequest, row.subject_id, with_for_update=True)
    if isinstance(answer, SoapFault):
        _failed(request, answer.code)
    elif request.state == "要求中":
        request.processing_number = str(answer["処理通番"])
        if answer["符号状態"] == "取得済":
            _obtained(request)
        else:
            send(session, COMMON.outgoing, "gateway", "FugoIrai", {"処理通番": request.processing_number}, "gateway", request.id)
    session.flush()


def over_the_gateway(number_of: Any) -> Say:
    """What the 住基GW is told: the number is opened at the moment of sending and stands in no row of the outbox."""
    def say(session: Session, row: Outgoing) -> Mapping[str, Any]:
        request = session.get_one(CodeRequest, row.subject_id)
        return {**row.content, "個人番号": number_of(session, request.integrated_id)}
    return say


def left(session: Session, row: Outgoing, answer: Mapping[str, Any] | SoapFault) -> None:
    """The 住基GW has it: 取得済 is waited for; エラー where it refused."""
    request = session.get_one(CodeRequest, row.subject_id, with_for_update=True)
    if isinstance(answer, SoapFault):
        _failed(request, answer.code)
    elif request.state == "要求中":
        request.gateway_at = datetime.now(UTC)
        following.soon(request, request.gateway_at)
    session.flush()


def told(session: Session, request: CodeRequest, answer: Mapping[str, Any]) -> None:
    """How 中間サーバ says it stands."""
    if request.state != "要求中":
        following.no_more(request)
    elif answer["符号状態"] == "取得済":
        _obtained(request)
    elif answer["符号状態"] in ("エラー", "失効", "未取得"):
        _failed(request, "interconnect")
    session.flush()


FOLLOW: Final = following.Follow(
    CodeRequest, "FGU_FugoJokyo", lambda session, row: {"統合宛名番号": session.get_one(Integrated, row.integrated_id).number}, told)


def _announce(session: Session, person: Integrated, request: CodeRequest) -> None:
    send(session, COMMON.outgoing, "interconnect", "FGU_FugoShutokuYokyu", {"統合宛名番号": person.number}, "code_number", request.id)


def _obtained(request: CodeRequest) -> None:
    request.state, request.obtained_at = "取得済", datetime.now(UTC)
    following.no_more(request)


def _failed(request: CodeRequest, code: str) -> None:
    if request.state == "要求中":
        request.state, request.fault = "エラー", code
    following.no_more(request)


def _current(session: Session, integrated_id: int) -> CodeRequest | None:
    return session.scalars(select(CodeRequest).where(
        CodeRequest.integrated_id == integrated_id, CodeRequest.state.in_(CURRENT)).with_for_update()).one_or_none()
