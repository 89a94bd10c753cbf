"""架空の住民: people of a city that does not exist, the same ones for the same seed; no real person is meant."""

import csv
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Final

from rules.numbers import m11_digit, with_check_digit

CITY: Final = "さいたま市"
CITY_NUMBER: Final = "111007"
PREFECTURE: Final = "11"
FOLDER: Final = Path(__file__).parent / "demo_city"
TABLES: Final = Path(__file__).parent / "tables"


@dataclass(frozen=True, slots=True)
class Means:
    """所得: what makes a tier, chosen so that the rules give exactly this tier and cap (held by a test)."""

    tier: str
    taxation: str
    levy_yen: int  # 所得割 as taxed by a designated city; three quarters of it is compared
    income_yen: int
    high_cost_long_term: bool
    ventilator: bool
    cap_yen: int

    @property
    def compared_levy_yen(self) -> int:
        return self.levy_yen * 3 // 4


@dataclass(frozen=True, slots=True)
class Resident:
    """住民: one person with an address, an illness, an insurance and means."""

    number: int
    name: str
    kana: str
    birth: date
    sex: str
    counter: str
    postal_code: str
    address: str
    phone: str
    disease: str
    insurance_kind: str
    insurer: str
    symbol: str
    means: Means
    state: str
    valid_to: date
    applied: date | None  # None: as usual, some weeks before the period began
    renewals: int
    is_withheld: bool

    @property
    def file_number(self) -> str:
        """整理番号: fifteen digits, the last the register's check digit."""
        digits = f"1{self.number:013d}"
        return digits + m11_digit(digits)

    @property
    def is_certified(self) -> bool:
        return self.state in ("certified", "expired", "lost")


@dataclass(frozen=True)
class Choice:
    """重み付きの選択: rows with the running sum of their weights."""

    rows: tuple[tuple[str, ...], ...]
    sums: tuple[float, ...]

    def draw(self, chance: Random) -> tuple[str, ...]:
        return self.rows[bisect(self.sums, chance.random() * self.sums[-1])]


@cache
def choices(file: str, kind: str | None = None) -> Choice:
    """Read a list of the demo city, weighted where it has a weight column."""
    with (FOLDER / file).open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if kind in (None, row.get("kind"))]
    return Choice(tuple(tuple(value for key, value in row.items() if key not in ("kind", "weight")) for row in rows),
                  tuple(accumulate(float(row.get("weight", 1)) for row in rows)))


# 原則 / 高額かつ長期 / 人工呼吸器 by tier, and how often each tier occurs among recipients.
_TIERS: Final = (("A", 4, (0, 0, 0)), ("B1", 14, (2500, 2500, 1000)), ("B2", 9, (5000, 5000, 1000)),
                 ("C1", 33, (10000, 5000, 1000)), ("C2", 31, (20000, 10000, 1000)), ("D", 9, (30000, 20000, 1000)))
_TIER_SUMS: Final = tuple(accumulate(weight for _, weight, _ in _TIERS))
_LEVY: Final = {"C1": (10, 236), "C2": (237, 836), "D": (837, 2500)}
_STATES: Final = (("certified", 87), ("expired", 3), ("lost", 3), ("refused", 2), ("held", 1), ("applying", 4))
_STATE_SUMS: Final = tuple(accumulate(weight for _, weight in _STATES))
PAYERS: Final = {True: with_check_digit("5411702"), False: with_check_digit("5411701")}  # as in demo_city.yaml


def _column(table: str, name: str) -> tuple[str, ...]:
    with (TABLES / table).open(encoding="utf-8", newline="") as lines:
        return tuple(row[name] for row in csv.DictReader(lines))


def _insurance_kind(insurer: str) -> str:
    """保険種別 that an insurer's number belongs to; six digits are 国民健康保険."""
    if len(insurer) == 6:
        return "04" if insurer[2] == "3" else "03"
    return {"01": "01", "06": "02", "39": "07"}.get(insurer[:2], "05")


FACILITIES: Final = _column("demo_facilities.csv", "number")
_INSURERS: Final = {kind: tuple(number for number in _column("demo_insurers.csv", "number")
                                if _insurance_kind(number) == kind) for kind in ("01", "02", "03", "04", "05", "07")}


def residents(count: int, seed: int, on: date, first: int = 1) -> Iterator[Resident]:
    """Yield *count* 架空の住民 whose certificates run out over the year after *on*."""
    chance = Random(f"nanbyo-{seed}")
    for number in range(first, first + count):
        yield _resident(chance, number, on)


def _resident(chance: Random, number: int, on: date) -> Resident:
    sex = "2" if chance.random() < 0.56 else "1"
    (surname, surname_kana), (given, given_kana) = _name(chance, sex)
    counter, ward, town, postal_code = choices("towns.csv").draw(chance)
    birth = on - timedelta(days=int(365.25 * min(97, max(4, chance.gauss(57, 19)))) + chance.randrange(365))
    state = _STATES[bisect(_STATE_SUMS, chance.random() * 100)][0]
    means = _means(chance)
    kind = _insurance(chance, birth, on, means)
    (disease,) = choices("disease_weights.csv").draw(chance)
    return Resident(
        number=number, name=f"{surname}　{given}", kana=f"{surname_kana}　{given_kana}", birth=birth, sex=sex,
        counter=counter, postal_code=postal_code, address=_address(chance, ward, town),
        phone=f"048-{chance.randrange(600, 900)}-{chance.randrange(10000):04d}", disease=disease,
        insurance_kind=kind, insurer=chance.choice(_INSURERS[kind]) if _INSURERS.get(kind) else "",
        symbol=f"{chance.randrange(100, 10000)}・{chance.randrange(1, 100000)}", means=means, state=state,
        valid_to=_valid_to(chance, on, state), applied=_waiting_since(chance, on, state),
        renewals=chance.randrange(2), is_withheld=chance.random() < 0.004)


def _name(chance: Random, sex: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    given = choices("names.csv", "female" if sex == "2" else "male")
    return choices("names.csv", "surname").draw(chance), given.draw(chance)


def _address(chance: Random, ward: str, town: str) -> str:
    house = f"{chance.randrange(1, 8)}丁目{chance.randrange(1, 30)}番{chance.randrange(1, 25)}号"
    if chance.random() < 0.6:
        return f"{CITY}{ward}{town}{house}"
    flat = f"{chance.choice(_HOUSES)}{chance.randrange(1, 13)}{chance.randrange(1, 10):02d}"
    return f"{CITY}{ward}{town}{house}　{flat}"


_HOUSES: Final = ("コーポ桜", "グリーンハイツ", "メゾン若葉", "見沼第二団地", "サンライズ", "けやき荘")


def _means(chance: Random) -> Means:
    tier, _, caps = _TIERS[bisect(_TIER_SUMS, chance.random() * 100)]
    levy = 400 * chance.randrange(*_LEVY[tier]) if tier in _LEVY else 0
    low, high = {"A": (0, 60), "B1": (30, 80), "B2": (85, 160)}.get(tier, (150, 700))
    ventilator = chance.random() < 0.02
    long_term = not ventilator and chance.random() < 0.12
    return Means(tier, "1" if levy else "3", levy, 10000 * chance.randrange(low, high), long_term, ventilator,
                 caps[2 if ventilator else 1 if long_term else 0])


def _insurance(chance: Random, birth: date, on: date, means: Means) -> str:
    if means.tier == "A":
        return "08"
    if (on - birth).days > 75 * 365.25:
        return "07"
    return chance.choice(("01", "01", "02", "03", "03", "04", "05"))


def _waiting_since(chance: Random, on: date, state: str) -> date | None:
    return on - timedelta(days=chance.randrange(1, 30)) if state in ("applying", "held") else None


def _valid_to(chance: Random, on: date, state: str) -> date:
    """The last day of a month: within the year ahead for the certified, in the past for the others."""
    months = -chance.randrange(2, 9) if state in ("expired", "lost") else chance.randrange(1, 13)
    month = on.year * 12 + on.month - 1 + months
    return date(month // 12, month % 12 + 1, 1) - timedelta(days=1)
