"""入口の決まり: every act leaves a line, every refusal too, and no free text carries what passes for a 個人番号."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from exchange.integrated_number import holds_individual_number
from exchange.soap import Call, SoapFault
from systems.frame.client import Peer, Silent
from systems.frame.screens import note
from systems.frame.server import Caller, Handler
from systems.numberlink.tables import COMMON

FREE_TEXT: Final = ("本人確認", "理由", "目的", "件名", "本文")
SUBJECTS: Final = ("統合宛名番号", "整理番号", "受付番号")


def guarded(operation: str, handler: Handler) -> Handler:
    """The act and its line in the log are one transaction."""
    def carried_out(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
        refuse_numbers(*(str(values.get(name) or "") for name in FREE_TEXT))
        answer = handler(session, caller, values)
        note(session, COMMON, f"{caller.system}/{caller.staff_id}", operation, subject_of(values) or subject_of(answer))
        return answer
    return carried_out


def refuse_numbers(*texts: str) -> None:
    """Raise SoapFault(number_in_text) where a free text holds what passes for a 個人番号."""
    if any(holds_individual_number(each) for each in texts):
        raise SoapFault("number_in_text", "個人番号とみられる数字は、この欄に入力できません。")


def refused(session: Session, caller: Caller, call: Call, fault: SoapFault) -> None:
    """What was refused is written down apart, with the code of its fault."""
    note(session, COMMON, f"{caller.system}/{caller.staff_id}", call.operation, subject_of(call.values), fault.code)


def subject_of(values: Mapping[str, Any]) -> str:
    """What it was about: a number of ours, never a person's."""
    return next((str(values[name]) for name in SUBJECTS if values.get(name)), "")


def records(peer: Callable[[], Peer]) -> Handler:
    """KirokuShokai: 中間サーバ keeps the records of what was asked and given; they are looked up there and shown as they are."""
    def look_up(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            answer = peer().call("TKM_KirokuShokai", f"{caller.request_id}-records"[-64:], caller.staff_id, dict(values))
        except Silent as silent:
            raise SoapFault("silent", "中間サーバが応答しません。しばらくしてからお試しください。", "Server") from silent
        return {"記録": [_spoken(each) for each in answer.get("記録") or []]}
    return look_up


def _spoken(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in record.items()}
