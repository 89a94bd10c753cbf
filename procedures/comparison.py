"""突合: a third person settles what two clerks read differently, looking at the paper, not at who typed what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from forms.answer import fault_of
from forms.sheet import Field
from models.journal import Action
from models.sheet import Difference, ReceivedSheet
from procedures import journal, registration
from procedures.actor import Actor
from procedures.keying import sheet_of
from procedures.lookup import choices_of
from procedures.refusal import Refused


class NotSettling(Refused):
    """The sheet has no difference to settle, or somebody settled it already."""

    message = "この票に確認を待つ相違はありません。次の一枚へ進んでください。"


class KeyedItHerself(Refused):
    """Who keyed the sheet does not settle it."""

    message = "この票を入力した人は相違を確認できません。次の一枚へ進んでください。"


@dataclass(frozen=True)
class Open:
    """確認する項目: the two values in a shuffled, anonymous order; None where that clerk found it unreadable."""

    field: Field
    a: str | None
    b: str | None
    choices: Mapping[str, str]


def open_differences(session: Session, actor: Actor, sheet_id: int, on: date) -> tuple[ReceivedSheet, list[Open]]:
    """相違の一覧 of one sheet for this person; NotSettling, KeyedItHerself."""
    received = _for_settling(session, actor, sheet_id)
    sheet = sheet_of(received)
    choices = choices_of(session, sheet, on)
    found = []
    for difference in received.differences:
        values = [keying_value(received, turn, difference.field) for turn in (1, 2)]
        a, b = reversed(values) if difference.swapped else values
        found.append(Open(sheet.field(difference.field), a, b, choices.get(difference.field, {})))
    return received, found


def keying_value(received: ReceivedSheet, turn: int, field: str) -> str | None:
    """What one turn typed, byte for byte; None for 判読不能."""
    keying = received.keyings[turn - 1]
    return None if field in keying.unreadable else keying.raw.get(field, "")


def settle(session: Session, actor: Actor, sheet_id: int, decisions: Mapping[str, tuple[str, str]], now: datetime,
           on: date) -> dict[str, str]:
    """確定: *decisions* is field → (``a`` | ``b`` | ``typed``, typed text); all are decided and the record exists.

    Returns faults (field → sentence) and stores nothing where a decision is missing or cannot be an answer.
    """
    received, open_items = open_differences(session, actor, sheet_id, on)
    found = {each.field.name: words for each in open_items if (words := _fault(each, decisions.get(each.field.name)))}
    if found:
        return found
    by_field = {difference.field: difference for difference in received.differences}
    for each in open_items:
        _decide(by_field[each.field.name], each, decisions[each.field.name], actor, now)
    journal.record(session, actor, Action.SETTLED, received, detail={"items": [each.field.name for each in open_items]})
    session.flush()
    registration.register(session, actor, received, sheet_of(received), now)
    return {}


def _fault(each: Open, decision: tuple[str, str] | None) -> str | None:
    if decision is None or decision[0] not in ("a", "b", "typed"):
        return "A・B・打ち直しのどれかを選んでください。"
    chosen = {"a": each.a, "b": each.b, "typed": decision[1]}[decision[0]]
    if chosen is None:
        return "判読不能は選べません。原本を見て打ち直してください。"
    return fault_of(each.field, chosen, each.choices)


def _decide(difference: Difference, each: Open, decision: tuple[str, str], actor: Actor, now: datetime) -> None:
    choice, typed = decision
    if choice == "typed":
        difference.choice, difference.raw = "typed", typed
    else:
        is_first = (choice == "a") != difference.swapped
        difference.choice, difference.raw = ("first" if is_first else "second"), each.a if choice == "a" else each.b
    difference.settled_by, difference.settled_at = actor.user_id, now


def _for_settling(session: Session, actor: Actor, sheet_id: int) -> ReceivedSheet:
    received = session.get(ReceivedSheet, sheet_id, with_for_update=True, populate_existing=True)
    if received is None or received.state != "settling":
        raise NotSettling
    if any(keying.clerk_id == actor.user_id for keying in received.keyings):
        raise KeyedItHerself
    return received
