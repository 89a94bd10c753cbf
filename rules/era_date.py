"""和暦: dates as people write them on paper, and one date behind them."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final
from unicodedata import normalize

from translations.wording import said


class NotADate(ValueError):
    """日付として読めない; ``message`` says in Japanese what is wrong, never what would pass."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Era:
    """元号: its digit on printed forms, its letter, its name and its first day."""

    digit: str
    letter: str
    name: str
    first: date


ERAS: Final = (
    # 明治 counts from the solar calendar's first day here: earlier days have no Gregorian twin on our papers.
    Era("1", "M", "明治", date(1873, 1, 1)),
    Era("2", "T", "大正", date(1912, 7, 30)),
    Era("3", "S", "昭和", date(1926, 12, 25)),
    Era("4", "H", "平成", date(1989, 1, 8)),
    Era("5", "R", "令和", date(2019, 5, 1)),
)
_FIRST_YEAR: Final = {"M": 1868, "T": 1912, "S": 1926, "H": 1989, "R": 2019}
_BY_MARK: Final = {mark: era for era in ERAS for mark in (era.digit, era.letter, era.name, era.name[0])}
_SEPARATED_ERA: Final = re.compile(r"(明治|大正|昭和|平成|令和|[明大昭平令MTSHR1-5])\.?(\d{1,2}|元)[./-](\d{1,2})[./-](\d{1,2})")
_COMPACT_ERA: Final = re.compile(r"([MTSHR1-5])(\d{2})(\d{2})(\d{2})")
_WESTERN: Final = re.compile(r"(\d{4})[./-](\d{1,2})[./-](\d{1,2})")
_COMPACT_WESTERN: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")
UNREADABLE: Final = "日付として読めません。R7.4.1、5070401、20250401 のように入力してください。"

NO_MONTH: Final = "年月として読めません。R8.4、50804、202604 のように入力してください。"
_ONLY_DIGITS: Final = re.compile(r"[MTSHR]?\d+")


def parse_date(text: str) -> date:
    """和暦・西暦の読取り: return the one day *text* names; NotADate where there is none such."""
    plain = _plain(text)
    if era := _SEPARATED_ERA.fullmatch(plain) or _COMPACT_ERA.fullmatch(plain):
        return _in_era(*era.groups())
    if western := _WESTERN.fullmatch(plain) or _COMPACT_WESTERN.fullmatch(plain):
        return _day(*(int(part) for part in western.groups()))
    raise NotADate(UNREADABLE)


def parse_month(text: str) -> str:
    """年月の読取り: the month *text* names, in either calendar, as ``YYYY-MM``; NotADate where there is none such."""
    plain = _plain(text)
    whole = f"{plain}01" if _ONLY_DIGITS.fullmatch(plain) else f"{plain.rstrip('.-/')}.1"
    try:
        return f"{parse_date(whole):%Y-%m}"
    except NotADate as wrong:
        raise NotADate(NO_MONTH if wrong.message == UNREADABLE else wrong.message) from None


def era_text(day: date) -> str:
    """和暦表記: 令和7年4月1日; the first year of an era is 元年."""
    era = era_of(day)
    year = day.year - _FIRST_YEAR[era.letter] + 1
    return f"{era.name}{'元' if year == 1 else year}年{day.month}月{day.day}日"


@lru_cache(maxsize=50_000)
def era_short(day: date) -> str:
    """略した和暦: R8.4.1, as office lists write it; NotADate before 明治6年1月1日."""
    era = era_of(day)
    return f"{era.letter}{day.year - _FIRST_YEAR[era.letter] + 1}.{day.month}.{day.day}"


def era_of(day: date) -> Era:
    """元号: the era *day* lies in; NotADate before 明治6年1月1日."""
    for era in reversed(ERAS):
        if era.first <= day:
            return era
    raise NotADate("明治6年1月1日より前の日付は扱えません。")


def _plain(text: str) -> str:
    """Half width, without blanks; 年月日 and every kind of dash and dot become one separator."""
    plain = re.sub(r"\s", "", normalize("NFKC", text)).upper()
    plain = re.sub(r"[‐‑–—―−ー・、,]", "-", plain)
    return re.sub(r"[年月]", ".", plain).removesuffix("日")


def _in_era(mark: str, year: str, month: str, day: str) -> date:
    era = _BY_MARK[mark]
    number = 1 if year == "元" else int(year)
    if number == 0:
        raise NotADate("年が0になっています。元年は 元 または 1 と入力してください。")
    result = _day(_FIRST_YEAR[era.letter] + number - 1, int(month), int(day))
    if result < era.first:
        raise NotADate(said("%(era)sはこの日にはまだ始まっていません。元号と年月日を原本で確かめてください。", era=era.name))
    if result > _last_day(era):
        raise NotADate(said("%(era)sはこの日より前に終わっています。元号と年月日を原本で確かめてください。", era=era.name))
    return result


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise NotADate("暦にない日付です。年月日を原本で確かめてください。") from None


def _last_day(era: Era) -> date:
    following = ERAS.index(era) + 1
    return ERAS[following].first - timedelta(days=1) if following < len(ERAS) else date.max
