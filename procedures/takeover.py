"""引き取り: a sheet that somebody left half keyed waits for another clerk; her draft is kept for her."""

from dataclasses import dataclass
from datetime import datetime

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.journal import Action
from models.sheet import Keying, ParkedKeying, ReceivedSheet
from procedures import journal
from procedures.actor import Actor, full_name
from procedures.refusal import Refused
from procedures.vault import Vault

PARKED_TURN = 1000  # a parked clerk's sealed numbers lie under this plus her number, out of any turn's reach


class NotHeld(Refused):
    """Nobody is keying this sheet any more."""

    message = "この票はもう入力中ではありません。一覧を開き直してください。"


@dataclass(frozen=True)
class Held:
    """入力中の票: which sheet, which turn, who has it since when; nothing of what was typed."""

    keying_id: int
    acceptance_number: str
    turn: int
    clerk: str
    started_at: datetime
    saved_at: datetime | None


def held(session: Session) -> list[Held]:
    """入力中の票 of everybody, the longest untouched first."""
    rows = session.execute(select(Keying, ReceivedSheet.acceptance_number, User).join(
        ReceivedSheet, ReceivedSheet.id == Keying.sheet_id).join(User, User.id == Keying.clerk_id).where(
        Keying.submitted_at.is_(None), ReceivedSheet.state.in_(("first", "second"))))
    found = [Held(row[0].id, row[1], row[0].turn, full_name(row[2]), row[0].started_at, row[0].saved_at) for row in rows]
    return sorted(found, key=lambda each: each.saved_at or each.started_at)


def release(session: Session, actor: Actor, keying_id: int, vault: Vault) -> ReceivedSheet:
    """引き取る: the sheet waits for the same turn again; what was typed is parked until its clerk comes back. NotHeld."""
    keying = session.get(Keying, keying_id, with_for_update=True, populate_existing=True)
    if keying is None or keying.submitted_at is not None or keying.sheet.state not in ("first", "second"):
        raise NotHeld
    sheet = keying.sheet
    session.add(ParkedKeying(
        sheet_id=sheet.id, clerk_id=keying.clerk_id, raw=keying.raw, unreadable=keying.unreadable,
        active_seconds=keying.active_seconds, parked_by=actor.user_id))
    if sheet.sheet_version.kind.holds_numbers:
        vault.move(session, sheet.id, keying.turn, PARKED_TURN + keying.clerk_id)
    sheet.state = "waiting_first" if keying.turn == 1 else "waiting_second"
    session.delete(keying)
    session.flush()
    session.expire(sheet, ["keyings"])
    journal.record(session, actor, Action.CHANGED, sheet, detail={"act": "taken_over", "turn": keying.turn})
    return sheet


def give_back(session: Session, keying: Keying, vault: Vault) -> None:
    """預かった下書きを返す: the clerk who comes back finds what she had typed."""
    parked = session.scalar(select(ParkedKeying).where(
        ParkedKeying.sheet_id == keying.sheet_id, ParkedKeying.clerk_id == keying.clerk_id))
    if parked is None:
        return
    keying.raw, keying.unreadable, keying.active_seconds = parked.raw, parked.unreadable, parked.active_seconds
    if keying.sheet.sheet_version.kind.holds_numbers:
        vault.move(session, keying.sheet_id, PARKED_TURN + keying.clerk_id, keying.turn)
    session.delete(parked)
    session.flush()
