"""文言を言う: a sentence of the office in the language of whoever reads it."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask import g, has_request_context
from flask_babel import get_locale, gettext
from markupsafe import Markup

from app.clock import JAPAN
from rules.era_date import era_short, era_text
from translations.wording import Said

_TOLD: dict[tuple[str, str], Markup] = {}  # what templates say is a finite number of sentences


def language() -> str:
    """The reader's language: ``ja`` or ``en``; asked of her session once a request."""
    if not has_request_context():
        return "en" if str(get_locale()) == "en" else "ja"
    if "language" not in g:
        g.language = "en" if str(get_locale()) == "en" else "ja"
    told: str = g.language
    return told


def told(text: str, **values: Any) -> Markup:
    """What ``_()`` says in a template: each sentence is looked up once a language, and values are escaped into it."""
    key = (language(), str(text))
    pattern = _TOLD.get(key)
    if pattern is None:
        pattern = _TOLD[key] = Markup(gettext(key[1]))
    return pattern % values if values else pattern


def on_day(day: date | str | None) -> str:
    """A day as the reader writes it: 令和8年11月20日, or 2026-11-20; nothing for no day."""
    if not day:
        return ""
    told = date.fromisoformat(day) if isinstance(day, str) else day
    return told.isoformat() if language() == "en" else era_text(told)


def day_writer() -> Callable[[date], str]:
    """What writes a day in a narrow column for this reader: R8.11.20, or 2026-11-20."""
    return date.isoformat if language() == "en" else era_short


def short_day(day: date | None) -> str:
    """A day, or the day of a moment, as a narrow column writes it; nothing for no day."""
    if day is None:
        return ""
    return day_writer()(_at_the_office(day).date() if isinstance(day, datetime) else day)


def short_moment(moment: datetime | None) -> str:
    """A day and a minute of the office: R8.11.20 09:05; nothing for no moment."""
    return f"{short_day(moment)} {_at_the_office(moment):%H:%M}" if moment else ""


def _at_the_office(moment: datetime) -> datetime:
    """A moment without a zone was written down at the office."""
    return moment.astimezone(JAPAN) if moment.tzinfo else moment


def say(text: str) -> str:
    """Return *text* in the reader's language; what a sentence was made of is translated part by part."""
    if not isinstance(text, Said):
        return str(gettext(text)) if text else ""
    return str(gettext(text.pattern, **{
        name: say(value) if isinstance(value, str) else value for name, value in text.values.items()}))
