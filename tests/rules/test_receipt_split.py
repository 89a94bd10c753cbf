"""レセプトの分担: what the columns compute is what the law's rule computes for one; what is unknown stays blank."""

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.receipt_rows import SCHEMA, origin_of
from rules.accumulation import due_yen
from rules.cost_split import own_share, split_of
from rules.high_cost import CLASSES
from rules.insured_share import is_before_school, is_from_70, share_figures, tenths_of
from rules.receipt_split import completed, split_columns
from tests.rules import receipt_twin as twin

ON = date(2026, 9, 1)
JOINED = {"holder_class": pl.String, "holder_class_code": pl.String}


def row(**other: Any) -> dict[str, Any]:
    return dict.fromkeys((*SCHEMA, *JOINED)) | {
        "line": 2, "computed": 128, "billing_month": "2026-10", "treatment_month": "2026-09", "setting": "2", "claim_kind": "1122",
        "total_yen": 300_000, "copay_yen": 10_000, "birth_date": date(1970, 4, 1), "insurance_class": "ウ", "payer_class": "1"} | other


def made(**other: Any) -> dict[str, Any]:
    return completed(pl.DataFrame([row(**other)], schema={**SCHEMA, **JOINED}, orient="row")).row(0, named=True)


@given(st.lists(st.tuples(st.integers(0, 200_000), st.sampled_from([0, 1, 2, 3]), st.sampled_from(CLASSES), st.booleans(),
                          st.sampled_from([0, 1000, 2500, 5000, 10_000, 20_000, 30_000])), min_size=1, max_size=60))
@settings(max_examples=60)
def test_the_columns_split_a_cost_as_the_rule_does(cases):
    frame = pl.DataFrame([(points * 10, 0, tenths, kind, many, cap, "1", "2026-09") for points, tenths, kind, many, cap in cases],
                         schema={"total_yen": pl.Int64, "meal_yen": pl.Int64, "tenths": pl.Int8, "limit_class": pl.String,
                                 "many_times": pl.Boolean, "cap_yen": pl.Int64, "setting": pl.String, "treatment_month": pl.String}, orient="row")
    expected = [split_of(points * 10, tenths, kind, many, cap, ON) for points, tenths, kind, many, cap in cases]
    assert split_columns(frame).rows() == [(each.insurer_yen, each.patient_yen, each.public_yen) for each in expected]


@given(st.integers(0, 300_000), st.sampled_from([1, 2, 3]), st.sampled_from([None, 0, 7680]))
@settings(max_examples=100)
def test_what_is_due_is_the_own_share_of_the_cost_without_meals(points, tenths, meal):
    frame = pl.DataFrame([{"total_yen": points * 10 + (meal or 0), "meal_yen": meal, "tenths": tenths, "treatment_month": "2026-09"}],
                         schema_overrides={"meal_yen": pl.Int64})
    assert frame.select(due_yen()).item() == own_share(points * 10, tenths, ON)


def test_where_the_file_is_silent_insurer_and_public_part_are_computed_and_say_so():
    found = made()
    # 30 % of 300,000 is 90,000; class ウ bears at most 80,430; the patient paid 10,000.
    assert (found["tenths"], found["insurer_yen"], found["public_yen"]) == (3, 219_570, 70_430)
    assert {name: origin_of(name, found[name], found["computed"]) for name in ("total_yen", "insurer_yen", "public_yen", "copay_yen")} == {
        "total_yen": "computed", "insurer_yen": "computed", "public_yen": "computed", "copay_yen": "file"}


def test_what_the_file_says_stays():
    found = made(insurer_yen=200_000, public_yen=None, tenths=2)
    assert (found["insurer_yen"], found["public_yen"], found["tenths"]) == (200_000, 90_000, 2)
    assert origin_of("insurer_yen", 1, found["computed"]) == "file" and origin_of("public_yen", 1, found["computed"]) == "computed"
    whole = pl.DataFrame([row(insurer_yen=1, public_yen=2, tenths=3)], schema={**SCHEMA, **JOINED}, orient="row")
    assert completed(whole).equals(whole)


@pytest.mark.parametrize(("other", "insurer"), [
    ({"meal_yen": 7680, "total_yen": 307_680}, 219_570),  # meals stay outside
    ({"many_times": True}, 255_600), ({"insurance_class": "エ"}, 242_400), ({"insurance_class": None, "holder_class": "エ"}, 242_400),
    ({"insurance_class": None}, None), ({"claim_kind": "1128", "birth_date": date(1950, 1, 1), "insurance_class": "エ"}, 282_000),
    ({"claim_kind": "1127", "birth_date": date(1950, 1, 1), "insurance_class": "エ", "setting": "1"}, 242_400),
    ({"claim_kind": "1328", "birth_date": date(1940, 1, 1), "insurance_class": "キ", "payer_class": "3"}, 282_000),
    ({"claim_kind": "1327", "birth_date": date(1940, 1, 1), "insurance_class": "オ", "holder_class_code": "Ⅰ", "tenths": 1, "setting": "1"}, 285_000),
    ({"claim_kind": "1327", "birth_date": date(1940, 1, 1), "insurance_class": "オ", "holder_class_code": "Ⅱ", "tenths": 1, "setting": "1"}, 275_400),
    ({"claim_kind": "1328", "birth_date": date(1940, 1, 1), "insurance_class": "エ", "payer_class": "3"}, None),  # 1割 or 2割?
    ({"treatment_month": "2018-07", "birth_date": date(1940, 1, 1), "insurance_class": "エ"}, None)])  # no figures of that time
def test_what_insurance_leaves_depends_on_age_class_and_setting(other, insurer):
    assert made(**other)["insurer_yen"] == insurer


def test_the_public_part_is_never_negative():
    assert made(copay_yen=500_000)["public_yen"] == 0


@pytest.mark.parametrize(("birth", "month", "old"), [
    (date(1956, 9, 1), "2026-09", True), (date(1956, 9, 2), "2026-09", False), (date(1956, 9, 2), "2026-10", True),
    (date(1956, 8, 31), "2026-08", False), (date(1956, 8, 31), "2026-09", True), (date(1956, 2, 29), "2026-02", False), (date(1956, 2, 29), "2026-03", True)])
def test_seventy_counts_from_the_month_after_it_is_reached(birth, month, old):
    frame = pl.DataFrame({"birth_date": [birth], "treatment_month": [month]})
    assert frame.select(is_from_70()).item() is old


@pytest.mark.parametrize(("birth", "month", "small"), [
    (date(2020, 4, 1), "2026-03", True), (date(2020, 4, 1), "2026-04", False), (date(2020, 4, 2), "2026-04", True), (date(2020, 4, 2), "2027-03", True),
    (date(2020, 4, 2), "2027-04", False)])
def test_school_begins_in_the_april_after_six_is_reached(birth, month, small):
    frame = pl.DataFrame({"birth_date": [birth], "treatment_month": [month]})
    assert frame.select(is_before_school()).item() is small


@given(st.lists(st.fixed_dictionaries({
    "claim_kind": st.none() | st.sampled_from([f"1{scheme}2{last}" for scheme in "1234" for last in "0123456789"]),
    "insurance_class": st.sampled_from([None, *"アイウエオカキ"]), "payer_class": st.sampled_from(["1", "2", "3", "4"]),
    "birth_date": st.dates(date(1930, 1, 1), date(2026, 8, 1)), "treatment_month": st.sampled_from(["2026-02", "2026-03", "2026-04", "2026-09"])}),
    min_size=1, max_size=40))
@settings(max_examples=60)
def test_the_share_follows_kind_age_and_class(rows):
    frame = pl.DataFrame(rows, schema={"claim_kind": pl.String, "insurance_class": pl.String, "payer_class": pl.String,
                                       "birth_date": pl.Date, "treatment_month": pl.String})
    frame = frame.join(share_figures(sorted({each["treatment_month"] for each in rows})), on="treatment_month", how="left", maintain_order="left")
    assert frame.select(tenths_of()).to_series().to_list() == [twin.tenths(each) for each in rows]
