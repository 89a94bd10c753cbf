"""文言を言う: a sentence of the office in the language of whoever reads it."""

from flask_babel import get_locale, gettext

from translations.wording import Said


def language() -> str:
    """The reader's language: ``ja`` or ``en``."""
    return "en" if str(get_locale()) == "en" else "ja"


def say(text: str) -> str:
    """Return *text* in the reader's language; what a sentence was made of is translated part by part."""
    if not isinstance(text, Said):
        return str(gettext(text)) if text else ""
    return str(gettext(text.pattern, **{
        name: say(value) if isinstance(value, str) else value for name, value in text.values.items()}))
