"""① Web 連携: one person of the register or one year of her tax, asked and answered at once; many, by ticket."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from exchange.reference import new_reference
from exchange.soap import SoapFault
from systems.frame.hands import call
from systems.frame.outbox import send
from systems.frame.screens import note
from systems.frame.server import Caller
from systems.platform.tables import COMMON, SCHEMA, MovementNotice, Partner, RegisterRow, Ticket

MOST_AT_ONCE: Final = 500  # people of one ticket
KEPT: Final = timedelta(days=30)  # an answer by ticket, then it is emptied
FORMS: Final = {"住民": ("residents", "宛名"), "住民税": ("taxes", "住民税")}


def resident(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """JuminShokai: the person's row that holds; without one the answer is empty."""
    _note(session, caller, "asked resident", values["識別番号"], values["利用業務ユニット"])
    return _answer(session, "住民", values["識別番号"], None)


def tax(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """JuminzeiShokai: her tax of that year as it holds; without one the answer is empty."""
    _note(session, caller, "asked tax", values["識別番号"], values["利用業務ユニット"])
    return _answer(session, "住民税", values["識別番号"], values["相当年度"])


def ticket(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """HidokiYokyu: taken in under a ticket, answered in the background, told at *折返し先* where one is named."""
    people = list(dict.fromkeys(values["識別番号"]))
    if len(people) > MOST_AT_ONCE:
        raise SoapFault("too_many", f"一度に照会できるのは {MOST_AT_ONCE} 人までです。分けて送ってください。")
    if (values["種別"] == "住民税") != bool(values.get("相当年度")):
        raise SoapFault("tax_year", "相当年度は、住民税の照会にだけ、必ず付けてください。")
    made = Ticket(reference=new_reference("T"), caller=caller.system, staff_id=caller.staff_id,
                  unit=values["利用業務ユニット"], kind=values["種別"], file_numbers=people,
                  tax_year=values.get("相当年度"), address=_permitted(session, caller, values.get("折返し先")))
    session.add(made)
    _note(session, caller, "asked by ticket", made.reference, made.unit)
    call(session, SCHEMA)
    return {"票番号": made.reference, "票状態": "受付"}


def fetched(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """HidokiKekka: how the ticket stands, and its rows once it is done; only for who asked."""
    found = session.scalars(select(Ticket).where(
        Ticket.reference == values["票番号"], Ticket.caller == caller.system).with_for_update()).one_or_none()
    if found is None:
        raise SoapFault("unknown", "この票番号の照会はありません。")
    if found.state == "完了" and found.answer is None:
        raise SoapFault("expired", "この回答は保管の期限を過ぎて消去しました。もう一度照会してください。")
    if found.state == "完了":
        found.fetched_at = found.fetched_at or datetime.now(UTC)
        _note(session, caller, "fetched ticket", found.reference, found.unit)
    return {"票状態": found.state, **(found.answer or {})}


def movement(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """IdoTsuchi: a file is announced; that it came, or did not, is seen on the screen."""
    notice = MovementNotice(reference=new_reference("N"), sender=caller.system, file_name=values["ファイル名"],
                            records=int(values["件数"]), sha256=values["要約値"])
    session.add(notice)
    note(session, COMMON, f"{caller.system}/{caller.staff_id}", "announced file", values["ファイル名"])
    call(session, SCHEMA)
    return {"受付番号": notice.reference}


def answer_one(engine: Engine, now: datetime) -> bool:
    """Answer the oldest ticket that waits, and say so where it is to be said; False: none waits."""
    with Session(engine) as session:
        found = session.scalars(select(Ticket).where(Ticket.state == "受付").order_by(Ticket.id).limit(1)
                                .with_for_update(skip_locked=True)).one_or_none()
        if found is None:
            return False
        element = FORMS[found.kind][1]
        rows = [_answer(session, found.kind, each, found.tax_year).get(element) for each in found.file_numbers]
        found.answer = {element: [row for row in rows if row]}
        found.state, found.answered_at = "完了", now
        note(session, COMMON, SCHEMA, "answered ticket", found.reference, detail={"people": len(rows)})
        if found.address:
            send(session, COMMON.outgoing, found.caller, "HidokiTsuchi", {
                "票番号": found.reference, "票状態": found.state}, "called_back", found.id)
        session.commit()
    return True


def empty_old(session: Session, now: datetime) -> int:
    """Answers past their time are emptied; return how many."""
    gone = session.execute(update(Ticket).where(Ticket.answered_at < now - KEPT, Ticket.answer.is_not(None))
                           .values(answer=None).returning(Ticket.id)).all()
    if gone:
        note(session, COMMON, SCHEMA, "emptied tickets", detail={"tickets": len(gone)})
    return len(gone)


def _permitted(session: Session, caller: Caller, address: str | None) -> str | None:
    """Called back is only the address that is written down for the caller."""
    if not address:
        return None
    known = session.scalar(select(Partner.address).where(Partner.name == caller.system, Partner.is_active))
    if known is None or address != known:
        raise SoapFault("address", "この折返し先は登録されていません。連携基盤の運用担当に連絡してください。")
    return address


def _answer(session: Session, form: str, file_number: str, tax_year: str | None) -> dict[str, Any]:
    kind, element = FORMS[form]
    row = session.scalars(select(RegisterRow).where(
        RegisterRow.kind == kind, RegisterRow.file_number == file_number, RegisterRow.tax_year == (tax_year or ""),
        RegisterRow.content["取消区分"].astext == "0").order_by(RegisterRow.history_number.desc()).limit(1)).one_or_none()
    if row is None:
        return {}
    return {element: {name: value for name, value in row.content.items() if value}}


def _note(session: Session, caller: Caller, act: str, subject: str, unit: str) -> None:
    note(session, COMMON, f"{caller.system}/{caller.staff_id}", act, subject, detail={"unit": unit})
