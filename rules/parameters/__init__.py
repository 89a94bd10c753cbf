"""施行日ごとの数字: every figure of the law stands in a dated row with its law, its unit and where it was read.

A city adds rows of its own (``add``); a row that is only being tried holds inside ``trial`` and nowhere else.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
ABOUT = ("label", "label_en", "law", "unit", "unit_en", "source", "status")
Rows = Mapping[date, Mapping[str, Any]]

_city: dict[str, dict[date, dict[str, Any]]] = {}
_tried: ContextVar[Mapping[str, Rows] | None] = ContextVar("tried", default=None)


class WrongParameters(ValueError):
    """A file of figures that cannot be used; the message says why in Japanese."""


def figures(name: str, on: date) -> dict[str, Any]:
    """その日の数字: the row of *name* in force on the day *on*; LookupError where the law had none yet."""
    held = [(start, row) for start, row in rows(name).items() if start <= on]
    if not held:
        raise LookupError(f"{name} has no figures on {on}")
    return dict(max(held, key=lambda each: each[0])[1])


def rows(name: str) -> dict[date, Mapping[str, Any]]:
    """数字の行: those of the file, the city's over them, and over both what is being tried."""
    tried = _tried.get()
    found: dict[date, Mapping[str, Any]] = {**_file_rows(name), **_city.get(name, {})}
    if tried and name in tried:
        found |= tried[name]
    return dict(sorted(found.items()))


def about(name: str) -> dict[str, str]:
    """出典: name, law, unit, source and status (read | unverified) of a file of figures."""
    return {key: str(_content(name)[key]) for key in ABOUT}


def items(name: str) -> dict[str, str]:
    """項目の名前: what each key, and each value that is a word, is called in Japanese."""
    return {str(key): str(label) for key, label in _content(name)["items"].items()}


def names() -> list[str]:
    """Every file of figures, by name."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def add(city: Mapping[str, Rows]) -> None:
    """市の数字を加える: from now on this process judges by the city's rows too; what was added before is forgotten."""
    _city.clear()
    _city.update({name: {day: _dated(name, row) for day, row in each.items()} for name, each in city.items()})


@contextmanager
def trial(name: str, tried: Rows) -> Iterator[None]:
    """試す: inside, the rules judge as if these rows held; outside nothing changed."""
    token = _tried.set({name: tried})
    try:
        yield
    finally:
        _tried.reset(token)


def read_rows(name: str, text: str) -> dict[date, dict[str, Any]]:
    """数字のファイルを読む: its dated rows, each with the keys of the row in force on its day; WrongParameters otherwise."""
    if name not in names():
        raise WrongParameters(f"「{name}」という数字はありません。使えるのは {'、'.join(names())} です。")
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as wrong:
        raise WrongParameters("YAML として読めません。字下げと括弧を確かめてください。") from wrong
    dated = {key: row for key, row in (content or {}).items() if isinstance(key, date)} if isinstance(content, dict) else {}
    if not dated:
        raise WrongParameters("日付の行がありません (例 2027-07-01: {low_1_income_max: 826500, …})。")
    known = rows(name)
    for day, row in dated.items():
        in_force = known[max((each for each in known if each <= day), default=min(known))]
        if not isinstance(row, dict) or not _alike(row, in_force):
            raise WrongParameters(f"{day} の行の項目が、いまの行と違います。項目と値の種類をそろえてください。")
        _within(name, day, row)
    return dated


def _within(name: str, day: date, row: Mapping[str, Any]) -> None:
    """Whether each value that has bounds in its file lies inside them."""
    for item, (least, most) in _content(name).get("bounds", {}).items():
        if not least <= row[item] <= most:
            raise WrongParameters(f"{day} の行の {item} は {least} から {most} までにしてください。")


def _dated(name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as the file has it: what is a day there is a day here too, however it was stored."""
    like = max(_file_rows(name).items())[1]
    return {key: date.fromisoformat(value) if isinstance(like.get(key), date) and isinstance(value, str) else value
            for key, value in row.items()}


def _alike(value: Any, known: Any) -> bool:
    """The same keys and the same kind of each value, however deep; what was empty may become a number."""
    if isinstance(known, Mapping):
        return isinstance(value, Mapping) and value.keys() == known.keys() and all(_alike(value[key], known[key]) for key in known)
    return type(value) in ((int, type(None)) if known is None else (type(known),))


@cache
def _content(name: str) -> dict[Any, Any]:
    content: dict[Any, Any] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return content


@cache
def _file_rows(name: str) -> dict[date, Mapping[str, Any]]:
    return {start: row for start, row in _content(name).items() if isinstance(start, date)}
