"""翻訳の目録: the readable ``.po`` is what people keep; what the machine reads is made from it when it is older."""

from io import BytesIO
from os import replace
from pathlib import Path
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

HERE: Final = Path(__file__).parent
LANGUAGES: Final = ("ja", "en")


def path_of(language: str) -> Path:
    """Where the catalogue of *language* is kept."""
    return HERE / language / "LC_MESSAGES" / "messages.po"


def sentences(language: str) -> dict[str, str]:
    """Every sentence of the catalogue of *language* and how it is said there."""
    with path_of(language).open("rb") as file:
        return {str(each.id): str(each.string) for each in read_po(file, language) if each.id}


def compile_stale() -> list[str]:
    """Make what is older than its source; return which languages were made. Two at once make the same file."""
    return [language for language in LANGUAGES if _is_stale(language) and _compile(language)]


def _is_stale(language: str) -> bool:
    source, made = path_of(language), path_of(language).with_suffix(".mo")
    return not made.exists() or made.stat().st_mtime < source.stat().st_mtime


def _compile(language: str) -> bool:
    source, made = path_of(language), BytesIO()
    with source.open("rb") as file:
        write_mo(made, read_po(file, language))
    fresh = source.with_suffix(".fresh")
    fresh.write_bytes(made.getvalue())
    replace(fresh, source.with_suffix(".mo"))
    return True
