"""⑪お知らせ: sent to one person, opened and answered there, cancelled only as long as nobody has opened it."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.soap import SoapFault
from systems.frame.outbox import send
from systems.frame.server import Caller
from systems.frame.store import Outgoing
from systems.interconnect.identifiers import code_of
from systems.interconnect.tables import COMMON, Notice


def post(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """OSR_Soshin: 受付, and on its way; what it says is kept only until it was sent."""
    notice = Notice(processing_number=uuid.uuid4().hex.upper(), addressee_number=values["統合宛名番号"], title=values["件名"],
                    wants_reply=str(values["回答要否"]).lower() in ("true", "1"), state="受付")
    session.add(notice)
    session.flush()
    send(session, COMMON.outgoing, "network", "OshiraseSoshin", {
        "処理通番": notice.processing_number, "符号": code_of(session, notice.addressee_number), "件名": notice.title,
        "本文": values["本文"], "回答要否": notice.wants_reply}, "notice", notice.id)
    return {"処理通番": notice.processing_number, "お知らせ状態": notice.state}


def left(session: Session, row: Outgoing, answer: Mapping[str, Any] | SoapFault) -> None:
    """受付→送信済, or エラー."""
    notice = session.get_one(Notice, row.subject_id, with_for_update=True)
    if notice.state == "受付":
        notice.state = "エラー" if isinstance(answer, SoapFault) else "送信済"
    row.content = {**row.content, "本文": ""}
    session.flush()


def heard(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """OshiraseJokyo: 送信済→開封→回答済; a state never goes back."""
    told = values["お知らせ"]
    notice = _notice(session, told["処理通番"])
    order = ("受付", "送信済", "開封", "回答済")
    if notice.state in order and order.index(told["お知らせ状態"]) > order.index(notice.state):
        notice.state, notice.reply = told["お知らせ状態"], told.get("回答")
        notice.opened_at = datetime.fromisoformat(told["開封日時"]) if told.get("開封日時") else None
        session.flush()
    return {"お知らせ状態": notice.state}


def state_of(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """OSR_JokyoKakunin."""
    notice = _notice(session, values["処理通番"])
    return {"お知らせ状態": notice.state, "開封日時": notice.opened_at.isoformat() if notice.opened_at else None,
            "回答": notice.reply}


def cancel(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """OSR_Torikeshi: asked of the network, which alone knows whether it was opened meanwhile."""
    notice = _notice(session, values["処理通番"])
    if notice.state not in ("受付", "送信済"):
        raise SoapFault("state", "開封されたお知らせは取り消せません。")
    send(session, COMMON.outgoing, "network", "OshiraseTorikeshi", {"処理通番": notice.processing_number}, "cancelled", notice.id)
    return {"お知らせ状態": notice.state}


def cancelled(session: Session, row: Outgoing, answer: Mapping[str, Any] | SoapFault) -> None:
    """送信済→取消 where the network took it back in time."""
    notice = session.get_one(Notice, row.subject_id, with_for_update=True)
    if not isinstance(answer, SoapFault) and answer["お知らせ状態"] == "取消":
        notice.state = "取消"
        session.flush()


def _notice(session: Session, number: str) -> Notice:
    notice = session.scalars(select(Notice).where(Notice.processing_number == number).with_for_update()).one_or_none()
    if notice is None:
        raise SoapFault("unknown", "この処理通番のお知らせはありません。")
    return notice
