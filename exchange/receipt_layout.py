"""レセプトの様式: editions of the claim file as data; which record holds what, and how long it may be."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

FOLDER: Final = Path(__file__).parent / "receipt_layouts"
HEADS: Final = ("IR", "YK")


@dataclass(frozen=True)
class RecordLayout:
    """レコードの形: the longest each field may be in bytes, how many there may be, and where our items stand."""

    identifier: str
    widths: tuple[int, ...]
    counts: tuple[int, ...]
    items: Mapping[str, int]
    pattern: re.Pattern[bytes]

    def fault_of(self, fields: list[bytes]) -> tuple[str, str]:
        """The item (or place) and the code of what makes a line not fit; the first that applies."""
        if len(fields) - 1 not in self.counts:
            return "", "fields"
        places = {place: item for item, place in self.items.items()}
        place = next(at for at, each in enumerate(fields[1:], start=1) if len(each) > self.widths[at - 1])
        return places.get(place, str(place)), "too_long"

    def of(self, line: bytes) -> dict[str, str | None]:
        """Our items of a line that fits; None where a field is blank or left out."""
        fields = line.decode("cp932").split(",")
        return {item: (fields[place].strip(" ") or None) if place < len(fields) else None
                for item, place in self.items.items()}


@dataclass(frozen=True)
class Edition:
    """版: one edition of the claim file; *instead* names the edition that a record in a receipt calls for."""

    name: str
    head: str
    point_tables: tuple[str, ...]
    months: tuple[int, ...]
    receipt_kind: str | None
    order: Mapping[str, int]
    known: frozenset[str]
    records: Mapping[str, RecordLayout]
    instead: Mapping[str, str]


def edition_of(head: str, point_table: str, month: str) -> Edition | None:
    """版を選ぶ: by the head record, 点数表 and how 請求年月 is written; None where we know no such edition."""
    return next((edition for edition in editions().values() if edition.head == head
                 and point_table in edition.point_tables and len(month) in edition.months), None)


@cache
def editions() -> Mapping[str, Edition]:
    """Every edition we can read, by the name of its file."""
    return {path.stem: _edition(yaml.safe_load(path.read_text(encoding="utf-8"))) for path in sorted(FOLDER.glob("*.yaml"))}


def _edition(content: Mapping[str, Any]) -> Edition:
    records = {name: _record(name, each) for name, each in content["records"].items()}
    return Edition(content["name"], content.get("head", ""), tuple(content.get("point_tables", ())),
                   tuple(content.get("months", ())), content.get("receipt_kind"),
                   {name: at for at, name in enumerate(content["order"])},
                   frozenset({*records, *content["kept"]}), records, content.get("instead", {}))


def _record(name: str, content: Mapping[str, Any]) -> RecordLayout:
    widths = tuple(content["widths"])
    counts = tuple(content.get("counts", [len(widths)]))
    fields = [f",[^,]{{0,{width}}}" for width in widths]
    pattern = name + "(?:" + "|".join("".join(fields[:count]) for count in counts) + ")"
    return RecordLayout(name, widths, counts, content.get("items", {}), re.compile(pattern.encode()))
