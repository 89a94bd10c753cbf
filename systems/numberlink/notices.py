"""⑥お知らせ: sent by way of 中間サーバ, asked after until it was opened or answered, taken back as long as nobody opened it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.reference import new_reference
from exchange.soap import SoapFault
from systems.frame.outbox import send
from systems.frame.server import Caller
from systems.frame.store import Outgoing
from systems.numberlink import addressees, following
from systems.numberlink.tables import COMMON, Notice

CANCELLABLE: Final = ("受付", "送信済")
ORDER: Final = ("受付", "送信済", "開封", "回答済")


def post(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """OshiraseSofu: 受付 and on its way; what it says is kept only until it was handed on."""
    person = addressees.person(session, values["統合宛名番号"])
    if not values["件名"].strip() or not values["本文"].strip():
        raise SoapFault("text", "件名と本文を入力してください。")
    notice = Notice(reference=new_reference("N"), integrated_id=person.id, title=values["件名"].strip(), sent_by=caller.staff_id,
                    wants_reply=values["回答要否"].lower() in ("true", "1"), state="受付")
    session.add(notice)
    session.flush()
    send(session, COMMON.outgoing, "interconnect", "OSR_Soshin", {
        "統合宛名番号": person.number, "件名": values["件名"], "本文": values["本文"], "回答要否": notice.wants_reply},
        "notice", notice.id)
    return {"受付番号": notice.reference, "お知らせ状態": notice.state}


def state_of(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """OshiraseJokyo: how it stood when 中間サーバ was last asked; it is asked again now."""
    notice = _notice(session, values["受付番号"])
    if notice.next_look_at is not None:
        following.soon(notice, datetime.now(UTC))
    return {"お知らせ状態": notice.state, "開封日時": notice.opened_at.isoformat() if notice.opened_at else None,
            "回答": notice.reply}


def cancel(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """OshiraseTorikeshi: asked of the network, which alone knows whether it was opened meanwhile."""
    notice = _notice(session, values["受付番号"])
    if notice.state not in CANCELLABLE:
        raise SoapFault("state", "このお知らせはもう取り消せません。")
    if not notice.is_withdrawn:
        notice.is_withdrawn = True
        _withdraw(session, notice)
    return {"お知らせ状態": notice.state}


def left(session: Session, row: Outgoing, answer: Mapping[str, Any] | SoapFault) -> None:
    """中間サーバ has it, under a 処理通番; エラー where it refused. The outbox forgets what it said, unless it was never heard."""
    notice = session.get_one(Notice, row.subject_id, with_for_update=True)
    if isinstance(answer, SoapFault) and answer.side == "Server":
        notice.fault = answer.code  # given up: somebody sends it again (運用)
        return
    if isinstance(answer, SoapFault):
        notice.state, notice.fault = "エラー", answer.code
    else:
        notice.processing_number = str(answer["処理通番"])
        _advance(notice, answer)
        following.soon(notice, datetime.now(UTC))
        if notice.is_withdrawn:
            _withdraw(session, notice)
    row.content = {"統合宛名番号": row.content["統合宛名番号"]}
    session.flush()


def told(session: Session, notice: Notice, answer: Mapping[str, Any]) -> None:
    """How 中間サーバ says it stands; a state never goes back, and what is over is asked after no more."""
    _advance(notice, answer)
    if notice.state in ("回答済", "取消", "エラー") or (notice.state == "開封" and not notice.wants_reply):
        following.no_more(notice)
    session.flush()


def withdrawn(session: Session, row: Outgoing, answer: Mapping[str, Any] | SoapFault) -> None:
    """Whether it was in time is told by the next look."""
    notice = session.get_one(Notice, row.subject_id, with_for_update=True)
    notice.is_withdrawn = False
    if notice.state in CANCELLABLE:
        following.soon(notice, datetime.now(UTC))
    session.flush()


FOLLOW: Final = following.Follow(
    Notice, "OSR_JokyoKakunin", lambda session, row: {"処理通番": row.processing_number}, told)


def _advance(notice: Notice, answer: Mapping[str, Any]) -> None:
    state = str(answer["お知らせ状態"])
    if state not in ORDER:
        notice.state = state
    elif notice.state in ORDER and ORDER.index(state) >= ORDER.index(notice.state):
        notice.state, notice.reply = state, answer.get("回答")
        notice.opened_at = answer.get("開封日時") or notice.opened_at


def _withdraw(session: Session, notice: Notice) -> None:
    """Sent once 中間サーバ has named the notice; until then the wish is kept."""
    if notice.processing_number:
        send(session, COMMON.outgoing, "interconnect", "OSR_Torikeshi", {"処理通番": notice.processing_number},
             "notice_withdrawn", notice.id)
    session.flush()


def _notice(session: Session, reference: str) -> Notice:
    notice = session.scalars(select(Notice).where(Notice.reference == reference).with_for_update()).one_or_none()
    if notice is None:
        raise SoapFault("unknown", "この受付番号のお知らせはありません。")
    return notice
