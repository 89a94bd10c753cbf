"""統一様式: a sheet is sections of recorded items in the paper's order; nothing else can be asked or answered."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy.orm import InstrumentedAttribute

from models.items import Entry, Item, Recorded, recorded
from models.number_report import NumberLine

# Items that are a number of a known kind: what rules.numbers calls it (None: format only), its digits, its look-up.
NUMBER_KINDS: Final[dict[str, tuple[str | None, tuple[int, ...], str | None]]] = {
    "application.written_recipient_number": ("recipient", (7,), None),
    "reimbursement_claim.written_recipient_number": ("recipient", (7,), None),
    "household_member.other_recipient_number": ("recipient", (7,), None),
    "insurance.insurer_number": ("insurer", (6, 8), "insurer"),
    "application_facility.facility_number": ("facility", (10,), "facility"),
    "application_disease.disease_number": (None, (), "disease"),
    "reimbursement_claim.bank": (None, (4,), "bank"),
    "reimbursement_claim.bank_branch": (None, (3,), "branch"),
    "reimbursement_claim.account_number": (None, (7,), None),
    "reimbursement_claim.postal_symbol": (None, (5,), "postal_symbol"),
    "reimbursement_claim.postal_number": (None, (2, 3, 4, 5, 6, 7, 8), None),
    "reimbursement_bill.facility_number": ("facility", (10,), "facility"),
    "number_report.written_recipient_number": ("recipient", (7,), None),
    "number_line.individual_number": ("individual", (12,), None),
}


# 個人番号: typed on a sheet, but no item and in no table of ours; it goes to the numbering store as it is typed.
SEALED_KEY: Final = "number_line.individual_number"
SEALED_KIND: Final = "individual_number"


class SealedItem(Recorded):
    """A place on a sheet whose answer no table of ours may hold."""

    @property
    def kind(self) -> str:
        return SEALED_KIND

    @property
    def required(self) -> bool:
        return True

    @property
    def length(self) -> int | None:
        return 20


INDIVIDUAL_NUMBER: Final = SealedItem(Item(None, "個人番号", Entry.PAPER, exact=True), NumberLine, SEALED_KEY.split(".")[1])


class UnknownItem(ValueError):
    """The catalogue has no such item, or it does not come from paper."""


@dataclass(frozen=True)
class When:
    """条件: holds while the item *key* of the same sheet is answered with one of *codes*."""

    key: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """項目: one recorded item on a sheet; *when* narrows the requirement, *fixed* answers it without asking."""

    key: str
    required: bool = False
    help: str = ""
    when: When | None = None
    fixed: str = ""

    @property
    def item(self) -> Recorded:
        """The catalogue's line; UnknownItem where the sheet asks what no paper tells."""
        if self.key == SEALED_KEY:
            return INDIVIDUAL_NUMBER
        try:
            found = recorded(self.key)
        except KeyError:
            raise UnknownItem(self.key) from None
        if found.item.entry is not Entry.PAPER:
            raise UnknownItem(self.key)
        return found


@dataclass(frozen=True)
class Section:
    """区分: items under one heading; *rows* > 1 repeats them; a *blank_allowed* one may be left empty as a whole."""

    title: str
    asked: tuple[Asked, ...]
    rows: int = 1
    blank_allowed: bool = False


@dataclass(frozen=True)
class Field:
    """入力欄: one place to type, with everything a screen and a validator need to know of it."""

    name: str
    item: Recorded
    required: bool
    section: int
    row: int
    optional_group: bool
    help: str = ""
    when: When | None = None

    @property
    def kind(self) -> str:
        return self.item.kind

    @property
    def label(self) -> str:
        return self.item.item.label

    @property
    def number(self) -> tuple[str | None, tuple[int, ...], str | None]:
        """Kind, lengths and look-up of a number; nothing known where it is none."""
        return NUMBER_KINDS.get(self.item.key, (None, (), None))

    @property
    def is_sealed(self) -> bool:
        """Whether what is typed here may lie in the numbering store only."""
        return self.item is INDIVIDUAL_NUMBER

    @property
    def group(self) -> tuple[int, int]:
        return self.section, self.row


@dataclass(frozen=True)
class Sheet:
    """様式: its name, its label, what it asks and which cross-checks apply."""

    name: str
    label: str
    sections: tuple[Section, ...]
    application_kind: str | None = None
    checks: tuple[str, ...] = field(default=())

    def fields(self) -> Iterator[Field]:
        """Every place to type, in the paper's order: ``patient.patient_name``, ``household_member.0.member_name``."""
        return (place for place, asked in self._places() if not asked.fixed)

    def fixed(self) -> Iterator[tuple[Field, str]]:
        """固定値: every place that the sheet itself answers, with its answer."""
        return ((place, asked.fixed) for place, asked in self._places() if asked.fixed)

    def _places(self) -> Iterator[tuple[Field, Asked]]:
        for place, section in enumerate(self.sections):
            for row in range(section.rows):
                for asked in section.asked:
                    table, _, attribute = asked.key.partition(".")
                    name = asked.key if section.rows == 1 else f"{table}.{row}.{attribute}"
                    yield Field(name, asked.item, asked.required, place, row,
                                section.blank_allowed or row > 0, asked.help, asked.when), asked

    @property
    def sealed(self) -> frozenset[str]:
        """個人番号の欄: the names of the places that hold an 個人番号."""
        return frozenset(place.name for place in self.fields() if place.is_sealed)

    def field(self, name: str) -> Field:
        """The place called *name*; UnknownItem where the sheet does not ask for it."""
        for each in self.fields():
            if each.name == name:
                return each
        raise UnknownItem(name)

    def definition(self) -> dict[str, Any]:
        """The sheet as it is stored with its version."""
        return {
            "name": self.name, "label": self.label, "application_kind": self.application_kind,
            "checks": list(self.checks),
            "sections": [{"title": s.title, "rows": s.rows, "blank_allowed": s.blank_allowed,
                          "asked": [_stored(a) for a in s.asked]} for s in self.sections]}

    @staticmethod
    def from_definition(definition: dict[str, Any]) -> "Sheet":
        """Return the stored sheet; UnknownItem where it asks for what the catalogue does not have from paper."""
        sections = tuple(Section(
            s["title"], tuple(_read(a) for a in s["asked"]), s["rows"], s["blank_allowed"]) for s in definition["sections"])
        sheet = Sheet(definition["name"], definition["label"], sections, definition["application_kind"],
                      tuple(definition["checks"]))
        for each, _ in sheet._places():
            each.item  # noqa: B018  # raises for an item no paper tells
        return sheet


def _stored(asked: Asked) -> dict[str, Any]:
    stored: dict[str, Any] = {"key": asked.key, "required": asked.required, "help": asked.help}
    if asked.when:
        stored["when"] = {"key": asked.when.key, "codes": list(asked.when.codes)}
    if asked.fixed:
        stored["fixed"] = asked.fixed
    return stored


def _read(stored: dict[str, Any]) -> Asked:
    when = stored.get("when")
    return Asked(stored["key"], stored["required"], stored.get("help", ""),
                 When(when["key"], tuple(when["codes"])) if when else None, stored.get("fixed", ""))


def key_of(attribute: InstrumentedAttribute[Any]) -> str:
    """The key of an attribute on sheets and in answers."""
    return f"{attribute.class_.__tablename__}.{attribute.key}"


def ask(attribute: InstrumentedAttribute[Any], *, required: bool = False, help: str = "") -> Asked:
    """項目を様式に載せる: sheets name attributes, so a misspelt one does not start."""
    return Asked(key_of(attribute), required, help)


def must(attribute: InstrumentedAttribute[Any], help: str = "") -> Asked:
    """必須の項目."""
    return ask(attribute, required=True, help=help)


def must_when(attribute: InstrumentedAttribute[Any], other: InstrumentedAttribute[Any], codes: tuple[str, ...]) -> Asked:
    """条件つきで必須の項目: required while *other* is one of *codes*."""
    return Asked(key_of(attribute), True, when=When(key_of(other), codes))
