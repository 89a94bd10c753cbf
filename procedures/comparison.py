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
from procedures.batches import demand_reach
from procedures.keying import BearsNumbers, sheet_of
from procedures.lookup import choices_of
from procedures.refusal import Refused
from procedures.vault import LOCKED, SETTLED, Vault
from rules.spelling import comparison_key, digits

Decision = tuple[str, str] | tuple[str, str, str]


class NotSettling(Refused):
    """The sheet has no difference to settle, or somebody settled it already."""

    message = "この票に確認を待つ相違はありません。次の一枚へ進んでください。"


class KeyedItHerself(Refused):
    """Who keyed the sheet does not settle it."""

    message = "この票を入力した人は相違を確認できません。次の一枚へ進んでください。"


NEITHER = "どちらの入力とも違います。原本を見て、右の欄に同じ番号をもう一度入力してください。"


@dataclass(frozen=True)
class Open:
    """確認する項目: the two values in a shuffled, anonymous order; None where that clerk found it unreadable.

    Of an 個人番号 neither value is told: who settles it types it from the paper.
    """

    field: Field
    a: str | None
    b: str | None
    choices: Mapping[str, str]
    share: float  # how far through the sheet it stands, 0 to 1: where on the paper it is to be looked for


def open_differences(session: Session, actor: Actor, sheet_id: int, on: date,
                     language: str = "ja") -> tuple[ReceivedSheet, list[Open]]:
    """相違の一覧 of one sheet for this person, journalled as seen; NotSettling, KeyedItHerself."""
    received = _for_settling(session, actor, sheet_id)
    journal.record(session, actor, Action.SAW, received, detail={"differences": len(received.differences)})
    return received, _open(session, received, on, language)


def _open(session: Session, received: ReceivedSheet, on: date, language: str = "ja") -> list[Open]:
    sheet = sheet_of(received)
    choices = choices_of(session, sheet, on, language)
    names = [place.name for place in sheet.fields()]
    found = []
    for difference in received.differences:
        values = [keying_value(received, turn, difference.field) for turn in (1, 2)]
        a, b = reversed(values) if difference.swapped else values  # of an 個人番号 both are blank: raw never holds it
        found.append(Open(sheet.field(difference.field), a, b, choices.get(difference.field, {}),
                          names.index(difference.field) / len(names)))
    return found


def keying_value(received: ReceivedSheet, turn: int, field: str) -> str | None:
    """What one turn typed, byte for byte; None for 判読不能."""
    keying = received.keyings[turn - 1]
    return None if field in keying.unreadable else keying.raw.get(field, "")


def settle(session: Session, actor: Actor, sheet_id: int, decisions: Mapping[str, Decision], now: datetime,
           on: date, vault: Vault = LOCKED) -> dict[str, str]:
    """確定: *decisions* is field → (``a`` | ``b`` | ``typed``, typed text[, typed again]); the record exists afterwards.

    Returns faults (field → sentence) and stores nothing where a decision is missing or cannot be an answer.
    """
    received = _for_settling(session, actor, sheet_id)
    open_items = _open(session, received, on)
    found = {each.field.name: words for each in open_items
             if (words := _fault(received, each, decisions.get(each.field.name), vault))}
    if found:
        return found
    by_field = {difference.field: difference for difference in received.differences}
    for each in open_items:
        difference, decision = by_field[each.field.name], decisions[each.field.name]
        if each.field.is_sealed:
            vault.type_in(session, received.id, difference.field, SETTLED, decision[1])
            difference.choice = _who_read_it(received, difference.field, decision[1], vault) or "typed"
        else:
            _decide(received, difference, each, decision)
        difference.settled_by, difference.settled_at = actor.user_id, now
    journal.record(session, actor, Action.SETTLED, received, detail={"items": [each.field.name for each in open_items]})
    session.flush()
    registration.register(session, actor, received, sheet_of(received), now, vault)
    return {}


def _fault(received: ReceivedSheet, each: Open, decision: Decision | None, vault: Vault) -> str | None:
    if each.field.is_sealed:
        return _fault_of_number(received, each, decision, vault)
    if decision is None or decision[0] not in ("a", "b", "typed"):
        return "A・B・打ち直しのどれかを選んでください。"
    chosen = {"a": each.a, "b": each.b, "typed": decision[1]}[decision[0]]
    if chosen is None:
        return "判読不能は選べません。原本を見て打ち直してください。"
    return fault_of(each.field, chosen, each.choices)


def _fault_of_number(received: ReceivedSheet, each: Open, decision: Decision | None, vault: Vault) -> str | None:
    typed = decision[1] if decision else ""
    if not typed.strip():
        return "原本を見て、個人番号を入力してください。"
    if words := fault_of(each.field, typed, each.choices):
        return words
    again = decision[2] if decision and len(decision) == 3 else ""
    is_known = _who_read_it(received, each.field.name, typed, vault) is not None
    return None if is_known or digits(again) == digits(typed) else NEITHER


def _who_read_it(received: ReceivedSheet, field: str, typed: str, vault: Vault) -> str | None:
    """Which clerk had read the same number: ``first``, ``second`` or None."""
    tag = vault.tag(received.id, field, typed)
    return next((name for name, keying in zip(("first", "second"), received.keyings, strict=True)
                 if keying.answers.get(field) == tag), None)


def _decide(received: ReceivedSheet, difference: Difference, each: Open, decision: Decision) -> None:
    choice, typed = decision[:2]
    if choice == "typed":
        key = comparison_key(each.field.kind, typed) if typed.strip() else None
        same = (turn for turn, keying in zip(("first", "second"), received.keyings, strict=True)
                if keying.answers.get(difference.field) == key)
        difference.choice, difference.raw = next(same, "typed"), typed
    else:
        is_first = (choice == "a") != difference.swapped
        difference.choice, difference.raw = ("first" if is_first else "second"), each.a if choice == "a" else each.b


def _for_settling(session: Session, actor: Actor, sheet_id: int) -> ReceivedSheet:
    received = session.get(ReceivedSheet, sheet_id, with_for_update=True, populate_existing=True)
    if received is None or received.state != "settling":
        raise NotSettling
    if received.sheet_version.kind.holds_numbers and not actor.handles_numbers:
        raise BearsNumbers
    if any(keying.clerk_id == actor.user_id for keying in received.keyings):
        raise KeyedItHerself
    demand_reach(session, actor, received)
    return received
