"""負担割合: how many tenths of the cost an insured person bears, and from which month the limits of 70 and over hold."""

from datetime import date
from typing import Final

import polars as pl

from rules.parameters import figures

FIGURES: Final = ("standard", "before_school", "from_70", "elderly_general", "elderly_middle", "working_level")
_c = pl.col


def share_figures(months: list[str]) -> pl.DataFrame:
    """その月の割合: the tenths that the law names, one row a month of treatment."""
    found = [(month, *(int(law[name]) for name in FIGURES)) for month in months
             for law in (figures("insured_share", date.fromisoformat(f"{month}-01")),)]
    return pl.DataFrame(found, schema={"treatment_month": pl.String(), **dict.fromkeys(FIGURES, pl.Int8())}, orient="row")


def is_from_70() -> pl.Expr:
    """70歳以上: from the month after the one in which a person reaches 70, the day before the birthday (null: unknown)."""
    return _begins() > (_c("birth_date").dt.offset_by("70y").dt.offset_by("-1d")).dt.month_end()


def is_before_school() -> pl.Expr:
    """未就学: until the 31st of March on or after the day a child reaches six."""
    reached = _c("birth_date").dt.offset_by("6y").dt.offset_by("-1d")
    return _begins() <= pl.date(reached.dt.year() + (reached.dt.month() > 3).cast(pl.Int32), 3, 31)


def tenths_of() -> pl.Expr:
    """負担割合 of a row: by レセプト種別 where it has one, else by age and 適用区分; null where neither decides.

    Needs claim_kind, insurance_class, payer_class, birth_date, treatment_month and the figures of the month beside them.
    """
    last, scheme = _c("claim_kind").str.tail(1), _c("claim_kind").str.slice(1, 1)
    by_class = (pl.when(_c("insurance_class") == "カ").then("elderly_middle")
                .when(_c("insurance_class") == "キ").then("elderly_general")
                .when(_c("insurance_class").is_in(["ア", "イ", "ウ"])).then("working_level"))
    by_kind = (pl.when(last.is_in(["9", "0"])).then("working_level").when(last.is_in(["3", "4"])).then("before_school")
               .when(last.is_in(["1", "2", "5", "6"])).then("standard")
               .when(scheme == "3").then(by_class).otherwise("from_70"))
    by_age = (pl.when(_c("payer_class") == "3").then(by_class).when(is_before_school()).then("before_school")
              .when(~is_from_70()).then("standard")
              .when(_c("insurance_class").is_in(["ア", "イ", "ウ"])).then("working_level").when(is_from_70()).then("from_70"))
    return pl.when(_c("claim_kind").is_not_null()).then(by_kind).otherwise(by_age)


def _begins() -> pl.Expr:
    return (_c("treatment_month") + "-01").str.to_date("%Y-%m-%d")
