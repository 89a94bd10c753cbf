"""⑤情報照会: a question goes to 中間サーバ in the words it came in, its answer comes back in the words it was given in."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.information import digest_of, plain
from exchange.reference import new_reference
from exchange.soap import SoapFault
from systems.frame.outbox import send
from systems.frame.server import Caller
from systems.frame.store import Outgoing
from systems.numberlink import addressees, following
from systems.numberlink.tables import COMMON, Inquiry

ENDED: Final = ("照合拒否", "回答済", "該当なし", "不開示", "エラー", "期限切れ", "取消")
CANCELLABLE: Final = ("受付", "照合中", "許可証受領")
KEPT: Final = timedelta(days=30)  # an answer, here as at 中間サーバ (ours)
ASKED: Final = ("統合宛名番号", "照会先機関コード", "事務コード", "事務手続コード", "特定個人情報名コード", "対象年度")


def ask(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """ShokaiYokyu: 受付 and on its way; the purpose stays here. SoapFault where nobody says what it is for."""
    person = addressees.person(session, values["統合宛名番号"])
    if not values["目的"].strip():
        raise SoapFault("purpose", "照会の目的を入力してください。")
    asked = Inquiry(
        reference=new_reference("S"), integrated_id=person.id, provider=values["照会先機関コード"],
        office_code=values["事務コード"], procedure_code=values["事務手続コード"],
        information_code=values["特定個人情報名コード"], tax_year=values.get("対象年度"), purpose=values["目的"].strip(),
        asked_by=caller.staff_id, state="受付")
    session.add(asked)
    session.flush()
    send(session, COMMON.outgoing, "interconnect", "SKI_JohoShokaiYokyu", {
        name: values[name] for name in ASKED if values.get(name)}, "inquiry", asked.id)
    return {"受付番号": asked.reference, "照会状態": asked.state}


def result(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """ShokaiKekka: the state and, once answered, the information exactly as it came, with its digest."""
    asked = _asked(session, values["受付番号"], lock=False)
    return {"照会状態": asked.state, "特定個人情報": asked.answer, "要約値": asked.digest if asked.answer else None,
            "拒否理由": asked.refusal}


def cancel(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """ShokaiTorikeshi: asked of 中間サーバ, which alone knows whether the question has left; SoapFault once it has."""
    asked = _asked(session, values["受付番号"])
    if asked.state not in CANCELLABLE:
        raise SoapFault("state", "この照会はもう取り消せません。")
    if not asked.is_withdrawn:
        asked.is_withdrawn = True
        _withdraw(session, asked)
    return {"照会状態": asked.state}


def left(session: Session, row: Outgoing, answer: Mapping[str, Any] | SoapFault) -> None:
    """中間サーバ has it, under a 処理通番; エラー where it refused."""
    asked = session.get_one(Inquiry, row.subject_id, with_for_update=True)
    if isinstance(answer, SoapFault):
        asked.state = "エラー"
        asked.refusal = answer.message or "中間サーバに届きませんでした。"
    else:
        asked.processing_number, asked.state = str(answer["処理通番"]), str(answer["照会状態"])
        following.soon(asked, datetime.now(UTC))
        if asked.is_withdrawn:
            _withdraw(session, asked)
    session.flush()


def told(session: Session, asked: Inquiry, answer: Mapping[str, Any]) -> None:
    """How 中間サーバ says it stands. An answer whose digest is not the one that came with it is not taken."""
    if asked.state in ENDED and asked.answered_at is not None:
        following.no_more(asked)
        return
    information = plain(answer.get("特定個人情報"))
    if information is not None and digest_of(information) != answer.get("要約値"):
        asked.state, asked.refusal = "エラー", "届いた内容と要約値が合いません。"
    else:
        asked.state, asked.answer, asked.digest = str(answer["照会状態"]), information, answer.get("要約値")
        asked.permit_id, asked.refusal = answer.get("許可証ID"), answer.get("拒否理由")
    if asked.state in ENDED:
        asked.answered_at = datetime.now(UTC)
        following.no_more(asked)
    session.flush()


def withdrawn(session: Session, row: Outgoing, answer: Mapping[str, Any] | SoapFault) -> None:
    """→取消 where it was in time; else the answer is waited for as before."""
    asked = session.get_one(Inquiry, row.subject_id, with_for_update=True)
    asked.is_withdrawn = False
    if not isinstance(answer, SoapFault) and asked.state not in ENDED:
        asked.state, asked.answered_at = str(answer["照会状態"]), datetime.now(UTC)
        following.no_more(asked)
    session.flush()


def empty_old(session: Session, now: datetime, most: int = 500) -> int:
    """保管切れの消去: answers whose thirty days are over; return how many."""
    old = session.scalars(select(Inquiry).where(Inquiry.answered_at < now - KEPT, Inquiry.answer.is_not(None)).order_by(
        Inquiry.id).limit(most).with_for_update(skip_locked=True)).all()
    for each in old:
        each.answer = None
    session.flush()
    return len(old)


FOLLOW: Final = following.Follow(
    Inquiry, "SKI_KekkaShutoku", lambda session, row: {"処理通番": row.processing_number}, told)


def _withdraw(session: Session, asked: Inquiry) -> None:
    """Sent once 中間サーバ has named the inquiry; until then the wish is kept."""
    if asked.processing_number:
        send(session, COMMON.outgoing, "interconnect", "SKI_Torikeshi", {"処理通番": asked.processing_number},
             "inquiry_withdrawn", asked.id)
    session.flush()


def _asked(session: Session, reference: str, *, lock: bool = True) -> Inquiry:
    query = select(Inquiry).where(Inquiry.reference == reference)
    asked = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if asked is None:
        raise SoapFault("unknown", "この受付番号の照会はありません。")
    return asked
