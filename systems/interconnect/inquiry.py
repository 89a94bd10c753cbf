"""②情報照会: from the list to the permit to the question to the answer; whatever the order of arrival, recorded once."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.information import codes_of, digest_of, plain
from exchange.permit import PermitWrong
from exchange.soap import SoapFault
from systems.frame.outbox import send
from systems.frame.server import Caller
from systems.frame.store import Outgoing
from systems.interconnect import disclosure_log, identifiers, security
from systems.interconnect.tables import COMMON, Inquiry

UNANSWERED_AFTER: Final = timedelta(hours=24)
CANCELLABLE: Final = ("受付", "照合中", "許可証受領")
UNDER_WAY: Final = ("照合中", "許可証受領", "照会中")


def ask(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """SKI_JohoShokaiYokyu: 照合拒否 where the list of today does not name it, else 照合中; either way it is recorded."""
    identifiers.code_of(session, values["統合宛名番号"])
    now = datetime.now(UTC)
    asked = Inquiry(
        processing_number=uuid.uuid4().hex.upper(), addressee_number=values["統合宛名番号"], provider=values["照会先機関コード"],
        office_code=values["事務コード"], procedure_code=values["事務手続コード"],
        information_code=values["特定個人情報名コード"], tax_year=values.get("対象年度"), asked_by=caller.staff_id, state="照合中")
    if not security.permitted(session, security.OUR_CITY, asked.provider, values, now.date()):
        asked.state, asked.refusal = "照合拒否", "照会許可照合リストにありません。"
    session.add(asked)
    session.flush()
    if asked.state == "照合中":
        send(session, COMMON.outgoing, "network", "KyokashoYokyu", {
            "処理通番": asked.processing_number, "照会者機関コード": security.OUR_CITY, "提供者機関コード": asked.provider,
            "事務コード": asked.office_code, "事務手続コード": asked.procedure_code,
            "特定個人情報名コード": asked.information_code}, "permit", asked.id)
    return {"処理通番": asked.processing_number, "照会状態": asked.state}


def result(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """SKI_KekkaShutoku: the state and, once answered, the information exactly as it arrived, with its digest."""
    asked = _asked(session, values["処理通番"])
    if asked.answer is not None and asked.read_at is None:
        asked.read_at = datetime.now(UTC)
        session.flush()
    return {"照会状態": asked.state, "許可証ID": asked.permit["許可証ID"] if asked.permit else None,
            "特定個人情報": asked.answer, "要約値": asked.digest if asked.answer else None, "拒否理由": asked.refusal}


def cancel(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """SKI_Torikeshi: only before the question left; afterwards a fault."""
    asked = _asked(session, values["処理通番"])
    if asked.state not in CANCELLABLE:
        raise SoapFault("state", "この照会はもう取り消せません。")
    asked.state = "取消"
    session.flush()
    return {"照会状態": asked.state}


def permit_came(session: Session, row: Outgoing, answer: Mapping[str, Any] | SoapFault) -> None:
    """照合中→許可証受領 and the question leaves; a permit that cannot be verified ends the matter with an alarm."""
    asked = session.get_one(Inquiry, row.subject_id, with_for_update=True)
    if asked.state != "照合中":
        return
    if isinstance(answer, SoapFault):
        asked.state, asked.refusal = "エラー", "ネットワークが許可証を発行しませんでした。"
    elif answer.get("許可証") is None:
        asked.state, asked.refusal = "照合拒否", answer.get("拒否理由")
    else:
        _take_permit(session, asked, {name: _text(value) for name, value in answer["許可証"].items()})
    session.flush()


def question_left(session: Session, row: Outgoing, answer: Mapping[str, Any] | SoapFault) -> None:
    """許可証受領→照会中, unless the answer overtook it; エラー where the network refused the question."""
    asked = session.get_one(Inquiry, row.subject_id, with_for_update=True)
    if asked.state == "許可証受領":
        asked.state = "エラー" if isinstance(answer, SoapFault) else "照会中"
        asked.refusal = f"ネットワークが照会を受け付けませんでした ({answer.code})。" if isinstance(answer, SoapFault) else None
        session.flush()


def answered(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """KekkaTsuchi: the answer and its record in one transaction; told twice changes nothing."""
    asked = session.scalars(select(Inquiry).where(
        Inquiry.processing_number == values["処理通番"]).with_for_update()).one_or_none()
    if asked is None or asked.permit is None or asked.permit["許可証ID"] != values["許可証ID"]:
        raise SoapFault("unknown", "この処理通番と許可証の照会はありません。")
    if asked.state not in ("許可証受領", "照会中"):
        return {"照会状態": asked.state}
    information = plain(values.get("特定個人情報"))
    if information is not None and digest_of(information) != values.get("項目要約値"):
        raise SoapFault("digest", "内容と要約値が合いません。送り直してください。")
    asked.state, asked.answer, asked.digest = _state_of(values["回答区分"]), information, values.get("項目要約値")
    asked.answered_at = datetime.now(UTC)
    disclosure_log.record(session, asked.permit, asked.addressee_number, datetime.fromisoformat(values["提供日時"]),
                          codes_of(information), is_withheld=asked.state == "不開示")
    return {"照会状態": asked.state}


def expire(session: Session, now: datetime) -> int:
    """期限切れ: what was not answered in a day waits no longer; return how many."""
    late = list(session.scalars(select(Inquiry).where(
        Inquiry.state.in_(UNDER_WAY), Inquiry.at < now - UNANSWERED_AFTER).with_for_update(skip_locked=True)))
    for each in late:
        each.state, each.refusal = "期限切れ", "相手の機関から回答がありませんでした。"
    session.flush()
    return len(late)


def _take_permit(session: Session, asked: Inquiry, permit: dict[str, str]) -> None:
    try:
        security.check_permit(session, permit, datetime.now(UTC), number=asked.processing_number,
                              inquirer=security.OUR_CITY, provider=asked.provider, information=asked.information_code)
    except PermitWrong as wrong:
        asked.state, asked.refusal = "エラー", f"許可証を確認できません ({wrong.code})。"
        security.alarm(session, "permit", asked.processing_number)
        return
    asked.state, asked.permit = "許可証受領", permit
    send(session, COMMON.outgoing, "network", "ShokaiSoshin", {
        "許可証": permit, "符号": identifiers.code_of(session, asked.addressee_number), "対象年度": asked.tax_year},
        "question", asked.id)


def _state_of(outcome: str) -> str:
    return "照合拒否" if outcome == "拒否" else outcome


def _asked(session: Session, number: str) -> Inquiry:
    asked = session.scalars(select(Inquiry).where(Inquiry.processing_number == number).with_for_update()).one_or_none()
    if asked is None:
        raise SoapFault("unknown", "この処理通番の照会はありません。")
    return asked


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
