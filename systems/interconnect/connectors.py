"""④各事務システム接続: every message of a connected system is received, checked, sorted and carried out, or sent back."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from exchange.soap import Call, SoapFault
from systems.frame.server import Caller, Handler
from systems.interconnect.tables import Message


def connected(operation: str, handler: Handler) -> Handler:
    """完了: the message and what it brought about are one transaction."""
    def carried_out(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
        answer = handler(session, caller, values)
        session.add(Message(system=caller.system, operation=operation, request_id=caller.request_id, state="完了"))
        return answer
    return carried_out


def sent_back(session: Session, caller: Caller, call: Call, fault: SoapFault) -> None:
    """差戻: what was refused is written down apart, with the code of its fault."""
    session.add(Message(system=caller.system, operation=call.operation, request_id=call.request_id, state="差戻",
                        fault=fault.code))
    session.flush()
