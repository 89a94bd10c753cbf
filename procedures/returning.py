"""返戻: a paper that cannot be keyed or settled as it is goes back to the counter, and comes again as a new sheet."""

from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from models.journal import Action
from models.sheet import ReceivedSheet, Scan, SheetKind, SheetVersion
from procedures import journal
from procedures.actor import Actor
from procedures.batches import demand_reach
from procedures.reception import Arrival, receive
from procedures.refusal import Overstepped, Refused


class NoReason(Refused):
    """The counter must know what to ask the applicant."""

    message = "返戻の理由を入力してください。受付が申請者に何を確かめるか分かるように書きます。"


class NotHers(Overstepped):
    """Only who keys the sheet now, or who may settle it, sends it back."""

    message = "この票はいま返戻できません。入力中の人か、相違を確認する人が返戻できます。"


class NotReturned(Refused):
    """Only a returned sheet is received again, and only once."""

    message = "この票は返戻されていないか、もう受け直されています。受付の一覧を開き直してください。"


def send_back(session: Session, actor: Actor, sheet_id: int, reason: str) -> ReceivedSheet:
    """返戻する: the sheet waits at the counter with *reason*; what was keyed stays as it was. NoReason, NotHers."""
    if not reason.strip():
        raise NoReason
    sheet = session.get(ReceivedSheet, sheet_id, with_for_update=True, populate_existing=True)
    if sheet is None or not _may_send_back(sheet, actor):
        raise NotHers
    demand_reach(session, actor, sheet)
    sheet.state, sheet.returned_reason = "returned", reason.strip()
    journal.record(session, actor, Action.SENT_BACK, sheet)
    session.flush()
    return sheet


def receive_again(session: Session, actor: Actor, sheet_id: int, kind: str, on: date,
                  scan: Scan | None = None) -> ReceivedSheet:
    """受け直す: the corrected paper is a new sheet that names the one it replaces, which is withdrawn. NotReturned."""
    old = session.get(ReceivedSheet, sheet_id, with_for_update=True, populate_existing=True)
    if old is None or old.state != "returned":
        raise NotReturned
    new = receive(session, actor, Arrival(
        kind, on, old.counter, old.application_method, tuple(old.attachments or ()), old.batch,
        old.remarks, old.recipient_id), scan or old.scan)
    new.replaces_id, old.state = old.id, "withdrawn"
    session.flush()
    return new


def returned(session: Session, most: int = 50) -> list[Row[Any]]:
    """返戻された票: number, kind and reason of those that wait at the counter, the oldest first."""
    return list(session.execute(select(
        ReceivedSheet.id, ReceivedSheet.acceptance_number, ReceivedSheet.received_date, SheetKind.name, SheetKind.label,
        ReceivedSheet.returned_reason,
    ).join(SheetVersion, SheetVersion.id == ReceivedSheet.version_id).join(SheetKind)
        .where(ReceivedSheet.state == "returned").order_by(ReceivedSheet.id).limit(most)))


def _may_send_back(sheet: ReceivedSheet, actor: Actor) -> bool:
    own = [keying for keying in sheet.keyings if keying.clerk_id == actor.user_id]
    if sheet.sheet_version.kind.holds_numbers and not actor.handles_numbers:
        return False
    if sheet.state == "settling":
        return not own
    return sheet.state in ("first", "second") and any(keying.submitted_at is None for keying in own)
