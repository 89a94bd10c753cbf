"""今日: the only place that asks what day it is; the office's day is Japan's."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import current_app

JAPAN = ZoneInfo("Asia/Tokyo")


def today() -> date:
    """The office's day, or the day the installation was told to live in."""
    fixed: date | None = current_app.config["OFFICE"].fixed_today
    return fixed or datetime.now(JAPAN).date()


def now() -> datetime:
    """This moment, with its zone."""
    return datetime.now(JAPAN)
