"""縮退の候補: what 文字情報基盤's shrinking map offers for a letter at one destination; one way is a rule, several are a question.

The map is jntajis-python's, which asks to be named: 縮退マップ (一般社団法人 文字情報技術促進協議会), CC BY-SA 2.1 JP.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from jntajis import MJShrinkSchemeCombo, mj_shrink_candidates

from exchange.characters import BANK, CP932, DESTINATIONS, JIS, PLAIN, holds, is_allowed

SOURCE: Final = "MJ縮退マップ (一般社団法人 文字情報技術促進協議会, CC BY-SA 2.1 JP) と市の判定"
# All four ways of the map; the library's enumeration combines as flags, not as an enumeration of names.
EVERY_WAY: Final = (MJShrinkSchemeCombo.JIS_INCORPORATION_UCS_UNIFICATION_RULE
                    | MJShrinkSchemeCombo.INFERENCE_BY_READING_AND_GLYPH | MJShrinkSchemeCombo.MOJ_NOTICE_582
                    | MJShrinkSchemeCombo.MOJ_FAMILY_REGISTER_ACT_RELATED_NOTICE)
IDEOGRAPHS: Final = ((0x3400, 0xA000), (0xF900, 0xFB00), (0x20000, 0x32000))
# A bank's file is kana, where the map of ideographs has nothing to say; where every letter goes, nothing is shrunk.
SHRINKING: Final = (CP932, JIS)


def candidates(letter: str, destination: str) -> list[str]:
    """候補: what the map offers for *letter* and the destination holds, in the map's order."""
    if destination not in SHRINKING:
        return []
    return [each for each in mj_shrink_candidates(letter[0], int(EVERY_WAY)) if is_allowed(letter, each, destination)]


def rule(letter: str, destination: str) -> str | None:
    """規則: the one letter it becomes where the map offers one alone; None: two people decide."""
    found = candidates(letter, destination)
    return found[0] if len(found) == 1 else None


@cache
def rules(destination: str) -> dict[str, str]:
    """Every letter of 文字情報基盤 that the destination lacks and the map shrinks in one way."""
    return dict(_ruled(destination))


def _ruled(destination: str) -> Iterator[tuple[str, str]]:
    if destination not in SHRINKING:
        return
    for letter in _lacking(destination):
        instead = rule(letter, destination)
        if instead is not None:
            yield letter, instead


def _lacking(destination: str) -> Iterable[str]:
    return (chr(code) for first, end in IDEOGRAPHS for code in range(first, end) if not holds(chr(code), destination))


PROFILES: Final = {name: DESTINATIONS[name] for name in (CP932, JIS, BANK, PLAIN)}
