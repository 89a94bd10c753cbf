"""施行日ごとの数字: dated rows with law, unit and source; a city's row holds from its day, a tried one only while tried."""

from datetime import date

import pytest
import yaml

from rules.parameters import FOLDER, WrongParameters, about, add, figures, items, names, read_rows, rows, trial
from rules.tier import Household, Tier, tier_of

NEXT = date(2027, 7, 1)
ROW = {"low_1_income_max": 826_500, "general_1_below": 71_000, "general_2_below": 251_000}


@pytest.fixture(autouse=True)
def forget():
    yield
    add({})


def tier(income: int, on: date) -> Tier:
    return tier_of(Household(taxed=False, patient_income_yen=income), on).tier


@pytest.mark.parametrize("name", names())
def test_every_figure_says_its_law_its_unit_its_source_and_whether_it_was_read(name):
    said = about(name)
    assert all(said.values()) and said["status"].startswith(("read", "unverified"))
    assert list(rows(name)) == sorted(rows(name))


def keys_of(row) -> set[str]:
    """Every key of a row, however deep, that is no Japanese word itself."""
    return {str(key) for key in row if str(key).isascii()}.union(*(keys_of(each) for each in row.values() if isinstance(each, dict)))


@pytest.mark.parametrize("name", names())
def test_every_item_of_a_figure_has_its_name_in_japanese(name):
    assert set().union(*(keys_of(row) for row in rows(name).values())) <= items(name).keys()


def test_a_citys_row_holds_from_its_day_on():
    assert tier(826_500, NEXT) is Tier.LOW_2
    add({"tier": {NEXT: ROW}})
    assert (tier(826_500, date(2027, 6, 30)), tier(826_500, NEXT), tier(826_501, NEXT)) == (Tier.LOW_2, Tier.LOW_1, Tier.LOW_2)


def test_a_day_stored_as_text_is_a_day_again():
    add({"validity": {NEXT: {**figures("validity", NEXT), "floor": "2024-04-01"}}})
    assert figures("validity", NEXT)["floor"] == date(2024, 4, 1)


@pytest.mark.parametrize("name", names())
def test_every_file_of_figures_can_be_given_back_as_it_is(name):
    assert set(read_rows(name, (FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))) <= set(rows(name))


def test_an_empty_figure_may_become_a_number_and_a_number_never_empty():
    row = {key: dict(value) for key, value in figures("high_cost", NEXT).items()}
    filled = row | {"エ": row["エ"] | {"from": 200_000}}
    assert read_rows("high_cost", yaml.safe_dump({NEXT: filled}, allow_unicode=True)) == {NEXT: filled}
    for wrong in (row | {"エ": row["エ"] | {"from": "多め"}}, row | {"ウ": row["ウ"] | {"from": None}}):
        with pytest.raises(WrongParameters, match="項目"):
            read_rows("high_cost", yaml.safe_dump({NEXT: wrong}, allow_unicode=True))


def test_what_is_tried_holds_inside_and_nowhere_else():
    with trial("tier", {NEXT: ROW}):
        assert tier(826_500, NEXT) is Tier.LOW_1
    assert tier(826_500, NEXT) is Tier.LOW_2


@pytest.mark.parametrize(("name", "text", "words"), [
    ("tiers", "2027-07-01: {}", "数字はありません"), ("tier", "a: [", "YAML"), ("tier", "", "日付の行"), ("tier", "- 1", "日付の行"),
    ("tier", "2027-07-01: {low_1_income_max: 826500}", "項目"), ("tier", "2027-07-01: 5", "項目"),
    ("tier", "2027-07-01: {low_1_income_max: 多め, general_1_below: 71000, general_2_below: 251000}", "項目")])
def test_a_file_that_the_rules_could_not_use_is_refused(name, text, words):
    with pytest.raises(WrongParameters, match=words):
        read_rows(name, text)
