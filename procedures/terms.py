"""検索条件: what a user typed to narrow a list, understood (和暦, kana, variants), as SQL and as words."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, false, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute

from models.codes import Disease
from models.recipient import Recipient
from procedures.columns import Column
from procedures.pii_uses import may_be_searched
from procedures.refusal import Refused
from rules import era_date, spelling
from rules.numbers import valid
from translations.wording import said

Term = dict[str, Any]
Terms = dict[str, Term]
QUICK = "q"
RANGES = frozenset({"date", "yen", "count", "int", "month"})


class NotUnderstood(Refused):
    """A filter cannot be read as what its column holds."""

    def __init__(self, label: str, example: str) -> None:
        super().__init__(said("「%(label)s」を読み取れません。%(example)s のように入力してください。", label=said(label), example=example))


def read(columns: Iterable[Column], form: Mapping[str, list[str]]) -> Terms:
    """Return 検索条件 from posted fields ``key``, ``key.from``, ``key.to``; empty fields are no condition."""
    terms = {column.key: term for column in columns
             if may_be_searched(column.pii) and (term := _term(column, form))}
    quick = _first(form, QUICK)
    return {QUICK: {"has": quick}, **terms} if quick else terms


def _term(column: Column, form: Mapping[str, list[str]]) -> Term | None:
    if column.is_choice:
        codes = [code for code in form.get(column.key, []) if code]
        return {"in": codes} if codes else None
    typed = _first(form, column.key)
    if column.kind in RANGES and typed:
        return {end: _bound(column, typed, end) for end in ("from", "to")}
    if column.kind in RANGES:
        just = _first(form, column.key)  # one value is both ends
        bounds = {end: _bound(column, just or _first(form, f"{column.key}.{end}"), end) for end in ("from", "to")}
        return {end: value for end, value in bounds.items() if value is not None} or None
    if column.kind == "bool":
        return {"is": typed == "1"} if typed in ("0", "1") else None
    return {"has": typed} if typed else None


def _first(form: Mapping[str, list[str]], key: str) -> str:
    return (form.get(key) or [""])[0].strip()


def _bound(column: Column, typed: str, end: str) -> Any:
    if not typed:
        return None
    if column.kind in ("date", "month"):
        try:
            iso = era_date.parse_date(typed if column.kind == "date" else f"{typed}.1").isoformat()
        except era_date.NotADate as problem:
            raise NotUnderstood(column.label, "R7.4.1 または 2025/4/1") from problem
        return iso if column.kind == "date" else iso[:7]
    digits = spelling.digits(typed).replace(",", "")
    if not digits.isdecimal():
        raise NotUnderstood(column.label, "10000")
    return int(digits)


def conditions(columns: Iterable[Column], terms: Terms, hidden: ColumnElement[bool] | None) -> list[ColumnElement[bool]]:
    """Return the WHERE clauses of 検索条件; who is *hidden* is not found by where she lives."""
    by_key = {column.key: column for column in columns if may_be_searched(column.pii)}
    found = []
    for key, term in terms.items():
        if key == QUICK:
            found.append(_quick(term["has"]))
        elif key in by_key:
            column = by_key[key]
            found.append(_condition(column, term))
            if column.tells_where and hidden is not None:
                found.append(hidden.is_not(True))
    return found


def _condition(column: Column, term: Term) -> ColumnElement[bool]:
    attribute = column.attribute
    if "in" in term:
        codes = cast(term["in"], ARRAY(String))
        return attribute.bool_op("&&")(codes) if column.kind == "codes" else attribute.in_(term["in"])
    if "is" in term:
        return attribute.is_(True) if term["is"] else attribute.is_not(True)
    if "has" in term:
        return _TEXT.get(column.kind, _contains)(attribute, term["has"])
    of = date.fromisoformat if column.kind == "date" else lambda value: value
    if "from" in term and term["from"] == term.get("to"):
        return attribute == of(term["from"])  # one value: an index by it and by number then gives the newest without sorting
    bounds = [attribute >= of(term["from"])] if "from" in term else []
    return and_(*bounds, *([attribute <= of(term["to"])] if "to" in term else []))


def seeks_name(columns: Iterable[Column], terms: Terms) -> bool:
    """Whether 検索条件 look for a name anywhere in it, which no order of an index helps with."""
    if any(key == column.key and column.kind == "name" for column in columns for key in terms):
        return True
    return QUICK in terms and not _plain_facts(terms[QUICK]["has"])


def named(typed: str) -> ColumnElement[bool]:
    """Return the condition 氏名・カナの部分一致 of any length, over the folded grams of the ledger."""
    key = spelling.search_key(typed)
    if not key:
        return false()
    grams = [key] if len(key) == 1 else sorted({key[i:i + 2] for i in range(len(key) - 1)})
    within = _holds(Recipient.grams, grams)
    # Three kana and more may share all pairs without being in the name (アイアイ): look again; kanji hardly repeat.
    # strpos, because the planner takes a LIKE for so rare a thing that it sorts all the finds.
    return and_(within, func.strpos(Recipient.kana_key, key) > 0) if len(key) > 2 and _is_kana(key) else within


def _holds(attribute: InstrumentedAttribute[list[str]], grams: list[str]) -> ColumnElement[bool]:
    return attribute.bool_op("@>")(cast(grams, ARRAY(String)))


def _is_kana(key: str) -> bool:
    return all("ァ" <= letter <= "ー" for letter in key)


def _name(attribute: InstrumentedAttribute[Any], typed: str) -> ColumnElement[bool]:
    return named(typed) if attribute.class_ is Recipient else _folded(attribute, typed)


def _folded(attribute: InstrumentedAttribute[Any], typed: str) -> ColumnElement[bool]:
    """The same folding where no index of grams is kept: few rows, or one person's."""
    key = spelling.search_key(typed)
    return func.strpos(func.search_key(attribute), key) > 0 if key else false()


def _kana(attribute: InstrumentedAttribute[Any], typed: str) -> ColumnElement[bool]:
    if attribute.class_ is not Recipient:
        return _folded(attribute, typed)
    return Recipient.kana_key.startswith(spelling.search_key(typed), autoescape=True)


def _number(attribute: InstrumentedAttribute[Any], typed: str) -> ColumnElement[bool]:
    digits = spelling.digits(typed)
    if not digits.isdecimal():
        return _contains(attribute, typed)
    if attribute.key in _CHECKED and valid(_CHECKED[attribute.key], digits):
        return attribute == digits  # whole, for its check digit closes: nothing else begins with it
    # A range finds a beginning under every collation, where LIKE would not use the index.
    after = digits.rstrip("9")
    upper = [attribute < after[:-1] + str(int(after[-1]) + 1)] if after else []
    return and_(attribute >= digits, *upper)


_CHECKED = {"facility_number": "facility", "recipient_number": "recipient", "payer_number": "payer"}


def _disease(attribute: InstrumentedAttribute[Any], typed: str) -> ColumnElement[bool]:
    digits = spelling.digits(typed)
    if digits.isdecimal():
        return attribute == str(int(digits))
    grams = [gram for gram in spelling.grams(typed) if len(gram) == 2] or spelling.grams(typed)
    return attribute.in_(select(Disease.number).where(_holds(Disease.grams, grams)))


def _contains(attribute: InstrumentedAttribute[Any], typed: str) -> ColumnElement[bool]:
    return attribute.contains(typed, autoescape=True)


_TEXT: dict[str, Callable[[InstrumentedAttribute[Any], str], ColumnElement[bool]]] = {
    "name": _name, "kana": _kana, "number": _number, "phone": _number, "postal_code": _number, "disease": _disease}


def _quick(typed: str) -> ColumnElement[bool]:
    """One box for everything: a name or kana, the beginning of a number, or a birth date in any spelling."""
    facts = _plain_facts(typed)
    return or_(*facts) if facts else named(typed)


def _plain_facts(typed: str) -> list[ColumnElement[bool]]:
    digits, facts = spelling.digits(typed), []
    if digits.isdecimal():
        facts = [_number(Recipient.recipient_number, digits), Recipient.file_number == digits]
    with suppress(era_date.NotADate):
        facts.append(Recipient.birth_date == era_date.parse_date(typed))
    return facts


def words(column: Column | None, term: Term, labels: Mapping[str, str]) -> str:
    """Return one 検索条件 as a chip says it: 「有効期間終了日: R7.4.1 から」."""
    if column is None or "has" in term:
        return str(term["has"])
    if "in" in term:
        return "・".join(labels.get(code, code) for code in term["in"])
    if "is" in term:
        return "該当" if term["is"] else "非該当"
    start, end = (_bound_text(column, term.get(each)) for each in ("from", "to"))
    return start if start == end else f"{start} 〜 {end}".strip()


def _bound_text(column: Column, value: Any) -> str:
    if value is None:
        return ""
    if column.kind == "date":
        return era_date.era_text(date.fromisoformat(value))
    return f"{value:,}円" if column.kind == "yen" else str(value)
