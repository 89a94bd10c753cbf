"""文言を言う: a sentence of the office in the language of whoever reads it."""

from datetime import date

from flask_babel import get_locale, gettext

from rules.era_date import era_text
from translations.wording import Said


def language() -> str:
    """The reader's language: ``ja`` or ``en``."""
    return "en" if str(get_locale()) == "en" else "ja"


def on_day(day: date | str | None) -> str:
    """A day as the reader writes it: 令和8年11月20日, or 2026-11-20; nothing for no day."""
    if not day:
        return ""
    told = date.fromisoformat(day) if isinstance(day, str) else day
    return told.isoformat() if language() == "en" else era_text(told)


def say(text: str) -> str:
    """Return *text* in the reader's language; what a sentence was made of is translated part by part."""
    if not isinstance(text, Said):
        return str(gettext(text)) if text else ""
    return str(gettext(text.pattern, **{
        name: say(value) if isinstance(value, str) else value for name, value in text.values.items()}))
