"""別添1: the 187 recorded items, number for number and label for label, and which of them are typed twice."""

import csv
from pathlib import Path

import pytest
from sqlalchemy import select

from models.codes import CodeEntry, CodeList, Disease
from models.items import Entry, catalogue

HERE = Path(__file__).parent


def annex() -> list[tuple[str, int, str]]:
    with (HERE / "annex_1.csv").open(encoding="utf-8") as file:
        return [(row["table"], int(row["no"]), row["label"]) for row in csv.DictReader(file)]


def ours() -> list[tuple[str, int, str]]:
    return [(str(each.model.annex_table), each.item.number, each.item.label) for each in catalogue() if each.item.number]


def test_annex_1_has_exactly_these_187_items():
    assert sorted(ours()) == sorted(annex())
    assert len(ours()) == 187


@pytest.mark.parametrize(("table", "count"), [("addressee", 23), ("recipient", 121), ("benefit", 22), ("reimbursement", 21)])
def test_each_table_of_the_assessment_stays_countable(table, count):
    assert sum(1 for each in ours() if each[0] == table) == count


def test_exactly_the_55_items_of_the_map_come_from_paper():
    with (HERE.parent / "forms" / "item_form_map.csv").open(encoding="utf-8") as file:
        typed_twice = {(row["table"], int(row["no"])) for row in csv.DictReader(file) if row["dual_entry"] == "yes"}
    paper = {(each.model.annex_table, each.item.number) for each in catalogue()
             if each.item.number and each.item.entry is Entry.PAPER}
    assert paper == typed_twice and len(paper) == 55


def test_every_code_list_an_item_names_is_seeded(session):
    seeded = set(session.scalars(select(CodeList.name).join(CodeEntry, CodeEntry.list_id == CodeList.id)))
    assert {each.item.codes for each in catalogue() if each.item.codes} <= seeded


def test_no_item_can_hold_an_individual_number():
    assert not [each.key for each in catalogue() if "個人番号" in each.item.label]


def test_348_diseases_each_in_a_group(session):
    diseases = list(session.scalars(select(Disease)))
    assert sorted(int(each.number) for each in diseases) == list(range(1, 349))
    assert all(each.group_code for each in diseases)
