"""記録の言葉: what a stored value says to the reader: the label of its code, はい or いいえ, a day as papers write it."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from app.words import language, on_day, say
from forms.answer import FLAG_CHOICES
from models.items import Recorded, catalogue
from procedures.corrections import TABLES
from procedures.lookup import codes_of, disease_names

FLAGS: Final = dict(FLAG_CHOICES)


def words_of_records(session: Any, tables: set[str], on: date) -> Callable[[str, str, str], str]:
    """Return what says the text of an item: of (table, label of the item, stored text); what is no such value stays."""
    items = {(each.model.__tablename__, each.item.label): each for each in catalogue()
             if each.model in {TABLES.get(table) for table in tables}}
    codes = codes_of(session, {each.item.codes for each in items.values() if each.item.codes}, on, language())
    diseases = disease_names(session, on) if "application_disease" in tables else {}

    def worded(table: str, label: str, stored: str) -> str:
        item = items.get((table, label))
        if item is None:
            return stored
        labels = diseases if item.attribute == "disease_number" else codes.get(item.item.codes or "", {})
        if labels:
            return "、".join(f"{code} {labels[code]}" if code in labels else code for code in stored.split())
        return _plain(item, stored)

    return worded


def _plain(item: Recorded, stored: str) -> str:
    try:
        if item.kind == "date":
            return on_day(stored[:10])
        if item.kind == "yen":
            return f"{int(stored):,}"
    except ValueError:
        return stored  # a mask in its place
    return say(FLAGS.get(stored, stored)) if item.kind == "bool" else stored
