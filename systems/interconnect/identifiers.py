"""①符号管理: a code for each 統合宛名番号, asked for, obtained, ended; it is told to nobody but the network."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.soap import SoapFault
from systems.frame.outbox import send
from systems.frame.server import Caller
from systems.frame.store import Outgoing
from systems.interconnect.tables import COMMON, Identifier


def request(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """FGU_FugoShutokuYokyu: 未取得→要求中; asked again while under way or obtained, the same number comes back."""
    known = _current(session, values["統合宛名番号"])
    if known is None:
        known = Identifier(addressee_number=values["統合宛名番号"], processing_number=uuid.uuid4().hex.upper(), state="要求中")
        session.add(known)
        session.flush()
        send(session, COMMON.outgoing, "network", "FugoShutokuYokyu", {"処理通番": known.processing_number}, "announced", known.id)
    return {"処理通番": known.processing_number, "符号状態": known.state}


def state_of(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """FGU_FugoJokyo: how it stands, not the code."""
    latest = session.scalars(select(Identifier).where(Identifier.addressee_number == values["統合宛名番号"]).order_by(
        Identifier.id.desc()).limit(1)).one_or_none()
    return {"符号状態": latest.state if latest else "未取得"}


def end(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """FGU_FugoShikko: 取得済・要求中→失効, with the reason."""
    known = _current(session, values["統合宛名番号"])
    if known is None:
        raise SoapFault("no_code", "この統合宛名番号には有効な符号がありません。")
    known.state, known.ended_reason = "失効", values["理由"]
    session.flush()
    return {"符号状態": known.state}


def obtained(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """FugoTsuchi: 要求中→取得済; told twice changes nothing, told for nobody is a fault."""
    known = session.scalars(select(Identifier).where(
        Identifier.processing_number == values["処理通番"]).with_for_update()).one_or_none()
    if known is None:
        raise SoapFault("unknown", "この処理通番の符号要求はありません。")
    if known.state == "要求中":
        known.state, known.code, known.obtained_at = "取得済", values["符号"], datetime.now(UTC)
        session.flush()
    return {"符号状態": known.state}


def announced(session: Session, row: Outgoing, answer: Mapping[str, Any] | SoapFault) -> None:
    """The network has heard of the request, or never will: エラー, and it may be asked for again."""
    if isinstance(answer, SoapFault):
        known = session.get_one(Identifier, row.subject_id, with_for_update=True)
        known.state = "エラー" if known.state == "要求中" else known.state
        session.flush()


def code_of(session: Session, addressee_number: str) -> str:
    """The code the network knows the person by; SoapFault(no_code) where there is none yet."""
    known = _current(session, addressee_number)
    if known is None or known.code is None:
        raise SoapFault("no_code", "符号がまだ取得されていません。番号連携サーバで符号を要求してください。")
    return known.code


def addressee_of(session: Session, code: str) -> str | None:
    """Whose code it is; None for nobody of ours."""
    return session.scalar(select(Identifier.addressee_number).where(Identifier.code == code, Identifier.state == "取得済"))


def _current(session: Session, addressee_number: str) -> Identifier | None:
    return session.scalars(select(Identifier).where(
        Identifier.addressee_number == addressee_number, Identifier.state.in_(("要求中", "取得済"))).with_for_update()).one_or_none()
