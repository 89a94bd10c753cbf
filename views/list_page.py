"""一覧の画面: what the list template shows, worked out before it: links, chips, fields, rows, counts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from html import escape as quoted
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask_babel import gettext as _
from markupsafe import Markup, escape

from procedures.columns import STATE_LABELS, Column, chosen
from procedures.desk import Desk
from procedures.keyset import Position
from procedures.listing import COUNT_CAP, Listing, Page, Question
from procedures.terms import QUICK, RANGES, words
from views.cells import writer

# The kana stands behind both of these columns when a list is put in order.
_ORDERED_AS = {"name_kana": "kana_key"}


@dataclass(frozen=True)
class Place:
    """場所: where in which list one is; all of it may stand in an address, none of it tells of a person."""

    token: str | None = None
    sort: str | None = None
    descending: bool = False
    position: Position = Position()
    has_panel: bool = False

    @staticmethod
    def of_request(values: Mapping[str, str]) -> "Place":
        """Read 場所 from an address; what cannot be read counts as not said."""
        anchor = next((values[key] for key in ("after", "before") if values.get(key, "").isdecimal()), None)
        backwards = "before" in values or values.get("end") == "1"
        number = int(anchor) if anchor and len(anchor) < 19 else None
        return Place(values.get("f") or None, values.get("sort") or None, values.get("down") == "1",
                     Position(number, backwards, values.get("blank") == "1"), values.get("panel") == "1")

    def address(self, route: str, **place: Any) -> str:
        """Return the address of this list and order, at *place* or at its beginning."""
        said = {"f": self.token, "sort": self.sort, "down": "1" if self.descending else None, **place}
        query = urlencode({key: value for key, value in said.items() if value})
        tail = "" if route.rsplit("/", 1)[-1] in ("export", "columns") else "/"
        return f"{route.rstrip('/')}{tail}{'?' + query if query else ''}"

    def with_token(self, token: str | None) -> "Place":
        """Return the beginning of the list under other conditions."""
        return replace(self, token=token, position=Position())

    def question(self, listing: Listing, desk: Desk, *, sees_withheld: bool) -> Question:
        """Return what the list is asked for."""
        return Question(desk.terms, listing.order(self.sort, descending=self.descending), self.position,
                        chosen(listing.columns, desk.chosen or listing.usual), tuple(tab.terms for tab in desk.tabs),
                        sees_withheld)


class Chip(NamedTuple):
    """条件の札: one active condition in words, with what takes it away."""

    key: str
    label: str
    words: str


class Header(NamedTuple):
    """列見出し: its label, and where a click on it leads when the list can be put in its order."""

    label: str
    address: str | None
    sorted: str | None
    is_number: bool


class ListPage:
    """一覧の画面: everything the template needs, as plain values."""

    def __init__(self, route: str, listing: Listing, place: Place, desk: Desk, asked: Question,
                 page: Page | None = None, typed: Mapping[str, list[str]] | None = None) -> None:
        self.route, self.listing, self.place, self.desk, self.asked = route, listing, place, desk, asked
        self.page = page
        self.typed = typed or {}
        self.by_key = {column.key: column for column in listing.columns}

    def body(self, address: Callable[[int, int | None], str]) -> Markup:
        """The rows of the table; written here, because fifty times twelve template calls cost more than the query."""
        assert self.page is not None
        shown, labels, hides = self.asked.columns, self.desk.labels, not self.asked.sees_withheld
        cells = "".join('<td class="number">%s</td>' if column.is_number else "<td>%s</td>" for column in shown)
        opens = escape(_("開く"))
        line = f'<tr><td><a href="%s" aria-label="{opens} %s">{opens}</a></td>{cells}</tr>'
        open_ones, withheld = ([writer(column, labels, is_hidden=hidden) for column in shown]
                               for hidden in (False, True))
        written = []
        for number, person, is_withheld, _blank_key, *values in self.page.rows:
            writers = withheld if hides and is_withheld else open_ones
            texts = [write(value) for write, value in zip(writers, values, strict=True)]
            written.append(line % (escape(address(number, person)), number, *map(quoted, texts)))
        return Markup("\n".join(written))

    @property
    def headers(self) -> list[Header]:
        orders = {order.key for order in self.listing.orders}
        found = []
        for column in self.asked.columns:
            order = _ORDERED_AS.get(column.attribute.key, column.attribute.key)
            known = order in orders and column.attribute.class_ is self.listing.model
            now = self.asked.order.attribute.key == order and known
            down = now and not self.asked.order.descending
            address = replace(self.place, sort=order, descending=down).address(self.route) if known else None
            found.append(Header(_(column.label), address, _direction(now, self.asked.order.descending),
                                column.is_number))
        return found

    @property
    def count(self) -> str:
        """How many there are, said honestly."""
        assert self.page is not None
        if self.page.is_exact:
            return _("%(n)s件", n=f"{self.page.counted:,}")
        if self.page.estimated:
            return _("約%(n)s件 (統計による概数)", n=f"{self.page.estimated:,}")
        return _("%(n)s件以上", n=f"{COUNT_CAP:,}")

    @staticmethod
    def capped(count: int) -> str:
        """A tab's count; more than the cap is said to be more."""
        return f"{count:,}" if count <= COUNT_CAP else f"{COUNT_CAP:,}+"

    @property
    def tabs(self) -> list[tuple[Any, str, str, bool]]:
        """Saved filters with their address, count and whether one stands on it."""
        counts = self.page.tabs if self.page else ()
        return [(tab, self.place.with_token(tab.token).address(self.route), self.capped(count),
                 tab.token == self.place.token) for tab, count in zip(self.desk.tabs, counts, strict=True)]

    @property
    def chips(self) -> list[Chip]:
        """The active conditions in words."""
        found = []
        for key, term in self.desk.terms.items():
            column = self.by_key.get(key)
            if key == QUICK or column is not None:
                label = _(column.label) if column else _("検索")
                found.append(Chip(key, label, words(column, term, self.labels(column) if column else {})))
        return found

    @property
    def steps(self) -> dict[str, str | None]:
        """Addresses of the first, previous, next and last page; None where there is none."""
        page, go = self.page, self.place.address
        assert page is not None
        first, last = (page.rows[0], page.rows[-1]) if page.rows else (None, None)
        return {
            "first": go(self.route) if page.has_previous else None,
            "previous": go(self.route, before=first[0], blank=_blank(first)) if first and page.has_previous else None,
            "next": go(self.route, after=last[0], blank=_blank(last)) if last and page.has_next else None,
            "last": go(self.route, end=1) if page.has_next else None,
        }

    def labels(self, column: Column) -> Mapping[str, str]:
        """The choices of a coded column, code to label."""
        if column.kind == "state":
            return {code: _(label) for code, label in STATE_LABELS[column.key].items()}
        return self.desk.choices.get(column.codes or "", {})

    def value(self, key: str, part: str = "has") -> Any:
        """What stands in a filter field: as typed a moment ago, else as kept."""
        if self.typed:
            return (self.typed.get(key if part in ("has", "in", "is") else f"{key}.{part}") or [""])[0]
        return self.desk.terms.get(key, {}).get(part, "")

    def picked(self, key: str) -> list[str]:
        """The codes ticked in a filter."""
        return self.typed.get(key, []) if self.typed else self.desk.terms.get(key, {}).get("in", [])

    @staticmethod
    def is_range(column: Column) -> bool:
        return column.kind in RANGES

    @staticmethod
    def column_rows(listing: Listing, desk: Desk) -> list[tuple[Column, int | None]]:
        """All columns with their place among the shown ones, shown ones first."""
        shown = chosen(listing.columns, desk.chosen or listing.usual)
        rest = [column for column in listing.columns if column not in shown]
        return [*((column, place) for place, column in enumerate(shown, start=1)), *((each, None) for each in rest)]


def _direction(now: bool, descending: bool) -> str | None:
    return ("descending" if descending else "ascending") if now else None


def _blank(row: Any) -> str | None:
    return "1" if row[3] else None
