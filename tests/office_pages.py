"""画面の読み方: what tests read out of a page's HTML."""

import re


def ticks_on(page: str) -> list[str]:
    """The ticks that a permission matrix shows as set."""
    return re.findall(r'name="tick" value="([\w:.]+)" checked', page)
