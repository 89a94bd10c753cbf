"""二重入力: two clerks key the same sheet unseen by each other; only what both agree on becomes a record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from secrets import randbelow

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.answer import UNREADABLE
from forms.keying_form import faults, not_asked
from forms.sheet import Sheet
from models.journal import Action
from models.sheet import Difference, Keying, ReceivedSheet
from procedures import journal, references, registration, takeover
from procedures.actor import Actor, full_name
from procedures.batches import demand_reach
from procedures.lookup import choices_of
from procedures.refusal import Overstepped, Refused
from procedures.vault import LOCKED, Vault
from rules.spelling import comparison_key
from translations.wording import said

MOST_SECONDS_BETWEEN_SAVES = 60  # a longer pause is a break, not work on the sheet


class SameClerk(Overstepped):
    """The second keying is always somebody else's."""

    message = "1回目を入力した人は、同じ票の2回目を入力できません。次の一枚へ進んでください。"


class HeldBySomebody(Refused):
    """Somebody is keying this sheet now."""


class BearsNumbers(Refused):
    """The paper bears an 個人番号, and this clerk may not handle those."""

    message = "個人番号の記載票を扱う権限がありません。次の一枚へ進んでください。"


class NotWaiting(Refused):
    """The sheet does not wait for a keying."""

    message = "この票は入力を待っていません。次の一枚へ進んでください。"


class NotAsked(Refused):
    """A field came that the sheet does not have; the whole submission is refused."""

    message = "様式にない項目が送られました。画面を開き直してください。入力済みの内容は下書きに残っています。"


@dataclass(frozen=True)
class Submitted:
    """登録の結果: faults to correct (nothing stored as submitted), or where the sheet went."""

    faults: dict[str, str]
    differing: int = 0
    state: str = ""


def sheet_of(received: ReceivedSheet) -> Sheet:
    """票の様式: the version the sheet was received with."""
    return Sheet.from_definition(received.sheet_version.definition)


def claim(session: Session, actor: Actor, sheet_id: int, now: datetime, vault: Vault = LOCKED) -> Keying:
    """入力を始める: this clerk's keying of the sheet, new or as she left it, and that she saw it is journalled;
    HeldBySomebody, SameClerk, BearsNumbers, NotYourBatch, NotWaiting."""
    received = session.get(ReceivedSheet, sheet_id, with_for_update=True, populate_existing=True)
    own = own_draft_of(session, actor, received)
    if own is not None:
        return own
    assert received is not None
    received.state = "first" if received.state == "waiting_first" else "second"
    keying = Keying(turn=1 if received.state == "first" else 2, clerk_id=actor.user_id, started_at=now, raw={}, answers={},
                    unreadable=[], confirmed={})
    received.keyings.append(keying)
    session.flush()
    takeover.give_back(session, keying, vault)
    journal.record(session, actor, Action.SAW, received, detail={"turn": keying.turn})
    return keying


def own_draft_of(session: Session, actor: Actor, received: ReceivedSheet | None) -> Keying | None:
    """手元の下書き: this clerk's unfinished keying of the sheet; None where she may begin one; nothing is written.

    HeldBySomebody, SameClerk, BearsNumbers, NotWaiting where she may not.
    """
    if received is None:
        raise NotWaiting
    if received.sheet_version.kind.holds_numbers and not actor.handles_numbers:
        raise BearsNumbers
    demand_reach(session, actor, received)
    own = next((keying for keying in received.keyings if keying.clerk_id == actor.user_id), None)
    if own is not None and own.submitted_at is None:
        journal.record(session, actor, Action.SAW, received, detail={"turn": own.turn})
        return own
    if own is not None and received.state in ("waiting_second", "second"):
        raise SameClerk
    if received.state in ("first", "second"):
        holder = session.get_one(User, received.keyings[-1].clerk_id)
        raise HeldBySomebody(said("%(name)sさんが入力中です。次の一枚へ進んでください。", name=full_name(holder)))
    if received.state not in ("waiting_first", "waiting_second"):
        raise NotWaiting
    return None


def save_draft(session: Session, actor: Actor, keying_id: int, changes: Mapping[str, str],
               unreadable: Sequence[str] | None, now: datetime, vault: Vault = LOCKED) -> None:
    """下書き: what was typed so far is kept, field by field, an 個人番号 in the vault; NotAsked, NotWaiting, NoKeys."""
    keying = _own_draft(session, actor, keying_id)
    sheet = sheet_of(keying.sheet)
    if not_asked(sheet, [*changes, *(unreadable or ())]):
        raise NotAsked
    for name in sheet.sealed & changes.keys():
        vault.type_in(session, keying.sheet_id, name, keying.turn, changes[name])
    keying.raw = {**keying.raw, **{name: text for name, text in changes.items() if name not in sheet.sealed}}
    if unreadable is not None:
        keying.unreadable = list(unreadable)
    last = keying.saved_at or keying.started_at
    pause = int((now - last).total_seconds())
    keying.active_seconds += pause if 0 <= pause <= MOST_SECONDS_BETWEEN_SAVES else 0
    keying.saved_at = now
    session.flush()


def submit(session: Session, actor: Actor, keying_id: int, raw: Mapping[str, str], unreadable: Sequence[str],
           submission_key: str, now: datetime, on: date, vault: Vault = LOCKED) -> Submitted:
    """登録: a faultless keying is stored for good; after the second the two are compared at once.

    The same *submission_key* again changes nothing. With faults, what was typed stays as the draft. A place for an
    個人番号 that comes blank keeps what it holds: the screen never gets it back to send it again.
    """
    keying = session.get(Keying, keying_id, with_for_update=True, populate_existing=True)
    if keying is not None and keying.submission_key == submission_key and keying.clerk_id == actor.user_id:
        return Submitted({}, state=keying.sheet.state)
    keying = _own_draft(session, actor, keying_id)
    sheet = sheet_of(keying.sheet)
    sent = {name: text for name, text in raw.items() if text.strip() or name not in sheet.sealed}
    save_draft(session, actor, keying_id, sent, unreadable, now, vault)
    typed = {**keying.raw, **(vault.typed(session, keying.sheet_id, keying.turn) if sheet.sealed else {})}
    found = faults(sheet, choices_of(session, sheet, on), typed, keying.unreadable)
    found = references.unknown(session, sheet, typed, on) | found
    if found:
        journal.record(session, actor, Action.SAW, keying.sheet, detail={"turn": keying.turn})
        return Submitted({place.name: found[place.name] for place in sheet.fields() if place.name in found})
    keying.answers = answers_of(sheet, keying, typed, vault)
    keying.submitted_at, keying.submission_key = now, submission_key
    journal.record(session, actor, Action.KEYED, keying.sheet, detail={"turn": keying.turn})
    received = keying.sheet
    if keying.turn == 1:
        received.state = "waiting_second"
        session.flush()
        return Submitted({}, state=received.state)
    session.flush()
    return Submitted({}, *_compare(session, actor, received, now, vault))


def answers_of(sheet: Sheet, keying: Keying, typed: Mapping[str, str], vault: Vault = LOCKED) -> dict[str, str]:
    """比較する値: field name → what the two keyings are compared by; a mark 判読不能 agrees with nothing."""
    answers = {}
    for place in sheet.fields():
        if place.name in keying.unreadable:
            answers[place.name] = f"{UNREADABLE}{keying.turn}"
        elif place.is_sealed and typed.get(place.name, "").strip():
            answers[place.name] = vault.tag(keying.sheet_id, place.name, typed[place.name])
        elif typed.get(place.name, "").strip():
            answers[place.name] = comparison_key(place.kind, typed[place.name])
    return answers


def differing_fields(sheet: Sheet, first: Mapping[str, str], second: Mapping[str, str]) -> list[str]:
    """相違する項目, in the paper's order; blank against filled is a difference."""
    return [place.name for place in sheet.fields() if first.get(place.name) != second.get(place.name)]


def _compare(session: Session, actor: Actor, received: ReceivedSheet, now: datetime, vault: Vault) -> tuple[int, str]:
    sheet = sheet_of(received)
    first, second = received.keyings
    fields = differing_fields(sheet, first.answers, second.answers)
    if fields:
        received.differences = [Difference(field=field, swapped=bool(randbelow(2))) for field in fields]
        received.state = "settling"
        session.flush()
    else:
        registration.register(session, actor, received, sheet, now, vault)
    return len(fields), received.state


def _own_draft(session: Session, actor: Actor, keying_id: int) -> Keying:
    keying = session.scalar(select(Keying).where(
        Keying.id == keying_id, Keying.clerk_id == actor.user_id, Keying.submitted_at.is_(None),
    ).with_for_update(), execution_options={"populate_existing": True})
    if keying is None:
        raise NotWaiting
    demand_reach(session, actor, keying.sheet)
    return keying
