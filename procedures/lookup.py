"""照合表: what a number or a code stands for on a given day."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from forms.answer import FLAG_CHOICES
from forms.sheet import Sheet
from models.codes import Bank, BankBranch, CodeEntry, CodeList, Disease, Facility, Insurer, Municipality, PostalArea
from rules import numbers
from rules.spelling import digits, search_key

MOST_SUGGESTIONS = 12
_HOLDERS: Final[dict[str, Any]] = {"facility": Facility, "insurer": Insurer, "bank": Bank, "branch": BankBranch,
                                   "municipality": Municipality}
_WITH_CHECK_DIGIT: Final = ("facility", "insurer")


def in_force(query: Select[Any], model: Any, on: date) -> Select[Any]:
    """Narrow *query* to the rows of *model* that hold on the day *on*."""
    return query.where(model.valid_from <= on, or_(model.valid_to.is_(None), model.valid_to >= on))


def codes_of(session: Session, names: set[str], on: date, language: str = "ja") -> dict[str, dict[str, str]]:
    """コード表: list name → code → label on the day *on*, in the order of the list; English where there is one."""
    said = func.coalesce(CodeEntry.label_en, CodeEntry.label) if language == "en" else CodeEntry.label
    query = select(CodeList.name, CodeEntry.code, said).join(CodeEntry, CodeEntry.list_id == CodeList.id)
    found: dict[str, dict[str, str]] = {name: {} for name in names}
    for name, code, label in session.execute(in_force(
            query.where(CodeList.name.in_(names)).order_by(CodeEntry.position, CodeEntry.id), CodeEntry, on)):
        found[name][code] = label
    return found


def choices_of(session: Session, sheet: Sheet, on: date, language: str = "ja") -> dict[str, Mapping[str, str]]:
    """様式の選択肢: field name → code → label, the diseases by their number included."""
    places = list(sheet.fields())
    lists = codes_of(session, {place.item.item.codes for place in places if place.item.item.codes}, on, language)
    asks_disease = any(place.number[2] == "disease" for place in places)
    diseases = disease_names(session, on) if asks_disease else {}
    found: dict[str, Mapping[str, str]] = {}
    for place in places:
        if place.item.item.codes:
            found[place.name] = lists[place.item.item.codes]
        elif place.kind == "bool":
            found[place.name] = dict(FLAG_CHOICES)
        elif place.number[2] == "disease":
            found[place.name] = diseases
    return found


def disease_names(session: Session, on: date) -> dict[str, str]:
    """指定難病: 告示番号 → name on the day *on*."""
    query = in_force(select(Disease.number, Disease.name), Disease, on)
    return {number: name for number, name in sorted(session.execute(query), key=lambda row: int(row[0]))}


def diseases_like(session: Session, words: str, on: date) -> list[tuple[str, str]]:
    """病名の候補: by 告示番号, or by any part of the name in any spelling; best first, a dozen at most."""
    plain, key = digits(words), search_key(words)
    found = [(number, name) for number, name in disease_names(session, on).items()
             if number == plain or (key and key in search_key(name))]
    return sorted(found, key=lambda row: (row[0] != plain, not search_key(row[1]).startswith(key), int(row[0])))[
        :MOST_SUGGESTIONS]


def name_of(session: Session, kind: str, number: str, on: date, bank: str = "") -> str | None:
    """番号の持ち主: the name behind a facility, insurer, bank … number on that day; None where unknown."""
    model = _HOLDERS[kind]
    query = select(model.name).where(model.number == digits(number))
    if kind == "branch":
        query = query.where(BankBranch.bank_number == digits(bank))
    name: str | None = session.scalars(in_force(query, model, on).limit(1)).first()
    return name


def is_well_formed(kind: str, number: str) -> bool:
    """検証番号: whether a number of this kind can exist at all; banks and branches have no check digit."""
    return kind not in _WITH_CHECK_DIGIT or numbers.valid(kind, digits(number))


def address_of(session: Session, postal_code: str) -> str | None:
    """郵便番号の町域: prefecture to town where the code names one town, prefecture and city where it names several."""
    areas = session.scalars(select(PostalArea).where(PostalArea.postal_code == digits(postal_code))).all()
    if not areas:
        return None
    town = areas[0].town if len(areas) == 1 else ""
    return f"{areas[0].prefecture}{areas[0].city}{town}"
