"""文言: a Japanese sentence that still knows its pattern, so that another language can say the same."""

from typing import Any


class Said(str):
    """A finished sentence; *pattern* and *values* are what it was made of."""

    pattern: str
    values: dict[str, Any]


def said(pattern: str, **values: Any) -> Said:
    """Return *pattern* with its ``%(name)s`` filled in; a value that is itself such a sentence keeps its own pattern."""
    made = Said(pattern % values)
    made.pattern, made.values = pattern, values
    return made
