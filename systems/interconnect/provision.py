"""③情報提供: another institution's question is checked, answered at once or held until two people have decided."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.information import codes_of
from exchange.permit import PermitWrong
from exchange.soap import SoapFault
from systems.frame.outbox import send
from systems.frame.server import Caller
from systems.interconnect import disclosure_log, identifiers, replica, security
from systems.interconnect.tables import COMMON, ProvisionRequest

WAITING: Final = ("保留", "決裁待")
OUTCOMES: Final = ("回答済", "不開示", "拒否")


def asked(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """TeikyoYokyu: 拒否 with an alarm for what nobody permitted, 保留 where a person must look, else the answer at once.

    The same processing number again gets the same answer and is recorded no second time.
    """
    permit = values["許可証"]
    known = session.scalars(select(ProvisionRequest).where(
        ProvisionRequest.processing_number == permit["処理通番"]).with_for_update()).one_or_none()
    if known is not None:
        return _said(session, known)
    request = ProvisionRequest(processing_number=permit["処理通番"], permit=dict(permit), state="受付",
                               addressee_number=identifiers.addressee_of(session, values["符号"]))
    session.add(request)
    session.flush()
    why = _not_permitted(session, permit)
    if why:
        request.state, request.outcome, request.refusal = "拒否", "拒否", security.ALARMS[why]
        security.alarm(session, why, request.processing_number)
    else:
        _answer(session, request)
    session.flush()
    return _said(session, request)


def waiting(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """TKY_TeikyoMachiIchiran: what waits for a person."""
    return {"提供要求": [{
        "処理通番": each.processing_number, "照会元機関コード": each.permit["照会者機関コード"],
        "統合宛名番号": each.addressee_number, "事務コード": each.permit["事務コード"],
        "事務手続コード": each.permit["事務手続コード"], "特定個人情報名コード": each.permit["特定個人情報名コード"],
        "許可証ID": each.permit["許可証ID"], "受付日時": each.at.isoformat(), "提供状態": each.state}
        for each in session.scalars(select(ProvisionRequest).where(ProvisionRequest.state.in_(WAITING)).order_by(
            ProvisionRequest.id))]}


def decide(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """TKY_TeikyoKaito: the first call says what is right, a second person's call makes it so."""
    request = session.scalars(select(ProvisionRequest).where(
        ProvisionRequest.processing_number == values["処理通番"]).with_for_update()).one_or_none()
    if request is None:
        raise SoapFault("unknown", "この処理通番の提供要求はありません。")
    outcome = "回答済" if str(values["承認"]).lower() in ("true", "1") else "不開示"
    if request.state == "保留":
        check(session, request, caller.staff_id, outcome, values.get("理由") or "")
    else:
        confirm(session, request, caller.staff_id, agrees=request.checked_outcome == outcome)
    return {"提供状態": request.state}


def check(session: Session, request: ProvisionRequest, who: str, outcome: str, reason: str) -> None:
    """保留→決裁待: one person has looked at the content; SoapFault(state) otherwise."""
    if request.state != "保留" or outcome not in OUTCOMES:
        raise SoapFault("state", "この要求はいま確認できません。")
    if outcome != "回答済" and not reason.strip():
        raise SoapFault("reason", "提供しない理由を入力してください。")
    request.state, request.checked_by, request.checked_outcome = "決裁待", who, outcome
    request.reason = reason.strip() or None
    session.flush()


def confirm(session: Session, request: ProvisionRequest, who: str, *, agrees: bool) -> None:
    """決裁待→提供済・拒否 by another person, who may also send it back (→保留); recorded in the same transaction."""
    if request.state != "決裁待":
        raise SoapFault("state", "この要求はいま決裁できません。")
    if who == request.checked_by:
        raise SoapFault("same_person", "確認した人とは別の人が決裁してください。")
    if not agrees:
        request.state, request.checked_by, request.checked_outcome = "保留", None, None
        session.flush()
        return
    request.decided_by, request.outcome = who, request.checked_outcome
    now, content = datetime.now(UTC), None
    if request.outcome == "拒否":
        request.state = "拒否"
    else:
        held = replica.current(session, str(request.addressee_number), request.permit["特定個人情報名コード"])
        content = held.content if held is not None and request.outcome == "回答済" else None
        request.state, request.provided_at, request.replica_version = "提供済", now, held.version if held else None
        disclosure_log.record(session, request.permit, request.addressee_number, now, codes_of(content),
                              is_withheld=request.outcome == "不開示")
    send(session, COMMON.outgoing, "network", "KaitoSoshin", {
        "処理通番": request.processing_number, "許可証ID": request.permit["許可証ID"], "回答区分": request.outcome,
        "特定個人情報": content, "提供日時": now.isoformat()}, "nothing", request.id)


def _not_permitted(session: Session, permit: Mapping[str, Any]) -> str | None:
    now = datetime.now(UTC)
    if not security.permitted(session, permit["照会者機関コード"], security.OUR_CITY, permit, now.date()):
        return "list"
    try:
        security.check_permit(session, permit, now, provider=security.OUR_CITY)
    except PermitWrong:
        return "permit"
    return None


def _answer(session: Session, request: ProvisionRequest) -> None:
    held = (replica.current(session, request.addressee_number, request.permit["特定個人情報名コード"])
            if request.addressee_number else None)
    if held is not None and held.needs_a_person and not held.is_deleted:
        request.state = "保留"
        return
    found = held is not None and not held.is_deleted
    request.state, request.outcome = "提供済", "回答済" if found else "該当なし"
    request.provided_at, request.replica_version = datetime.now(UTC), held.version if held is not None and found else None
    disclosure_log.record(session, request.permit, request.addressee_number, request.provided_at,
                          codes_of(held.content if held is not None and found else None))


def _said(session: Session, request: ProvisionRequest) -> dict[str, Any]:
    """The answer as it was given: the version that was provided then, whatever came after it."""
    content = None
    if request.state == "提供済" and request.outcome == "回答済" and request.replica_version is not None:
        content = replica.of_version(session, str(request.addressee_number), request.permit["特定個人情報名コード"],
                                     request.replica_version).content
    return {"提供状態": request.state, "回答区分": request.outcome, "特定個人情報": content,
            "提供日時": request.provided_at.isoformat() if request.provided_at else None}
