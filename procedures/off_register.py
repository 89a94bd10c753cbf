"""住登外の登録: keyed twice, blind; where both agree, or a third person settled, the person has a row and a number."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.answer import fault_of, value_of
from forms.sheet import Field
from models.addressee import Addressee
from models.items import recorded
from models.journal import Action
from models.off_register import OffRegisterEntry
from procedures import journal
from procedures.actor import Actor
from procedures.city import City
from procedures.lookup import codes_of
from procedures.refusal import Overstepped, Refused
from procedures.series import next_number
from rules.numbers import m11_digit
from rules.spelling import stored
from translations.wording import said

ITEMS: Final = ("name", "birth_date", "sex", "postal_code", "address")  # what one knows of a person from a paper
OFF: Final = "1"  # 住登外区分


class NotYours(Overstepped):
    """The same person does not key twice, and who keyed does not settle."""

    message = "この人はあなたが入力しました。ほかの人が入力するか、決めます。"


class Differing(Refused):
    """The two keyings do not agree yet; the message names the items, never a value."""


def labels() -> dict[str, str]:
    """項目の名前, by attribute, in the order of the form."""
    return {name: recorded(f"addressee.{name}").item.label for name in ITEMS}


def begin(session: Session, actor: Actor, answers: Mapping[str, str], reason: str, now: datetime) -> OffRegisterEntry:
    """第一入力: it waits for another person. A fault is said in its own words."""
    if not reason.strip():
        raise Refused("登録の理由を入力してください (例 市外に住む被保険者)。")
    entry = OffRegisterEntry(reason=reason.strip(), first_by=actor.user_id, first_answers=_checked(session, answers, now))
    session.add(entry)
    session.flush()
    journal.record(session, actor, Action.KEYED, entry, detail={"off_register": 1})
    return entry


def key_again(session: Session, actor: Actor, entry_id: int, answers: Mapping[str, str], city: City,
              now: datetime) -> Addressee | None:
    """第二入力, blind: agreement registers; None where a third person must settle. NotYours."""
    entry = _open(session, entry_id)
    if entry.second_by is not None or entry.first_by == actor.user_id:
        raise NotYours
    entry.second_by, entry.second_answers = actor.user_id, _checked(session, answers, now)
    journal.record(session, actor, Action.KEYED, entry, detail={"off_register": 2})
    session.flush()
    return None if differing(entry) else _register(session, actor, entry, entry.first_answers, city, now)


def settle(session: Session, actor: Actor, entry_id: int, choices: Mapping[str, str], city: City, now: datetime) -> Addressee:
    """相違を決める: a third person takes one of both for each item that differs. NotYours, Differing."""
    entry = _open(session, entry_id)
    if actor.user_id in (entry.first_by, entry.second_by) or entry.second_answers is None:
        raise NotYours
    undecided = [labels()[name] for name in differing(entry) if choices.get(name) not in ("first", "second")]
    if undecided:
        raise Differing(said("決めていない項目があります: %(items)s", items="、".join(undecided)))
    second = entry.second_answers
    agreed = {name: second[name] if choices.get(name) == "second" else entry.first_answers[name] for name in ITEMS}
    entry.settled_by = actor.user_id
    journal.record(session, actor, Action.SETTLED, entry, detail={"off_register": 3})
    return _register(session, actor, entry, agreed, city, now)


def waiting(session: Session, actor: Actor) -> list[tuple[OffRegisterEntry, str]]:
    """待っている登録 with what this person may do: second, settle or nothing; values are not for the list. Journalled."""
    rows = session.scalars(select(OffRegisterEntry).where(OffRegisterEntry.registered_at.is_(None)).order_by(OffRegisterEntry.id))
    found = []
    for entry in rows:
        mine = actor.user_id in (entry.first_by, entry.second_by)
        found.append((entry, "" if mine else "second" if entry.second_by is None else "settle"))
    journal.record(session, actor, Action.LISTED, detail={"listing": "off_register", "ids": [entry.id for entry, _ in found]})
    return found


def look(session: Session, actor: Actor, entry: OffRegisterEntry) -> list[str]:
    """相違を見る: the items on which the two keyings differ; that their values are shown is journalled."""
    journal.record(session, actor, Action.SAW, entry, detail={"off_register": "differences"})
    return differing(entry)


def differing(entry: OffRegisterEntry) -> list[str]:
    """違う項目 of both keyings, as they would be stored; of a name every letter and blank counts."""
    second = entry.second_answers or {}
    return [name for name in ITEMS if entry.first_answers[name] != second.get(name, "")]


def _checked(session: Session, answers: Mapping[str, str], now: datetime) -> dict[str, str]:
    codes = codes_of(session, {"sex"}, now.date())
    made = {}
    for name in ITEMS:
        item, typed = recorded(f"addressee.{name}"), answers.get(name, "").strip()
        if not typed and item.required:
            raise Refused(said("「%(label)s」を入力してください。", label=said(item.item.label)))
        fault = fault_of(Field(item.key, item, item.required, 0, 0, False), typed, codes.get(item.item.codes or "", {}))
        if fault:
            raise Refused(said("「%(label)s」: %(fault)s", label=said(item.item.label), fault=fault))
        made[name] = stored(item.kind, typed) if typed else ""
    return made


def _register(session: Session, actor: Actor, entry: OffRegisterEntry, answers: Mapping[str, str], city: City,
              now: datetime) -> Addressee:
    payload = f"99{next_number(session, 'off_register'):012}"  # the city's own block, which the register never gives
    values: dict[str, Any] = {name: value_of(_kind(name), answers[name]) if answers[name] else None for name in ITEMS}
    made = Addressee(municipality=city.municipality, file_number=payload + m11_digit(payload), history_number=1, off_register=OFF,
                     cancellation="0", **values)
    session.add(made)
    session.flush()
    entry.addressee_id, entry.registered_at = made.id, now
    journal.record(session, actor, Action.REGISTERED, entry, detail={"off_register": made.id})
    session.flush()
    return made


def _open(session: Session, entry_id: int) -> OffRegisterEntry:
    entry = session.get(OffRegisterEntry, entry_id, with_for_update=True)
    if entry is None or entry.registered_at is not None:
        raise Refused("この登録はもう終わっています。一覧を開き直してください。")
    return entry


def _kind(name: str) -> str:
    return recorded(f"addressee.{name}").kind
