"""銀行営業日: on which days a bank transfers money."""

from datetime import date, timedelta
from typing import Final

from rules.parameters import figures, rows

NAME: Final = "bank_holidays"
SATURDAY: Final = 5


def is_bank_day(day: date) -> bool:
    """銀行営業日か (銀行法施行令5条、祝日法3条); LookupError where nobody entered the holidays of that year yet."""
    if not any(start.year == day.year for start in rows(NAME)):
        raise LookupError(f"no bank holidays of {day.year}")
    return day.weekday() < SATURDAY and f"{day:%m-%d}" not in figures(NAME, day)["days"]


def next_bank_day(after: date) -> date:
    """翌営業日: the first day after *after* on which banks transfer; LookupError beyond the years that were entered."""
    day = after + timedelta(days=1)
    while not is_bank_day(day):
        day += timedelta(days=1)
    return day
