"""コード表の初期値: complete, valid, and never stronger than what the city entered."""

from datetime import date

import pytest
from sqlalchemy import func, select

from models.codes import (
    Bank,
    BankBranch,
    CodeEntry,
    CodeList,
    Disease,
    Facility,
    Insurer,
    Municipality,
    PostalArea,
)
from rules import numbers
from rules.tier import Tier
from seeds import codes

EVERYTHING = (CodeList, CodeEntry, Disease, Municipality, Bank, BankBranch, PostalArea)


def sizes(session):
    return {model.__tablename__: session.scalar(select(func.count()).select_from(model)) for model in EVERYTHING}


def test_a_second_load_changes_nothing(session):
    before = sizes(session)
    codes.load(session)
    assert sizes(session) == before


def test_every_master_is_filled(session):
    assert all(sizes(session).values())


def test_a_row_the_city_changed_stays_as_the_city_wrote_it(session):
    entry = session.scalars(select(CodeEntry).join(CodeList).where(CodeList.name == "counter")).first()
    entry.label, entry.own_code, entry.valid_to = "市民課", "K1", date(2026, 12, 31)
    session.flush()
    codes.load(session)
    session.refresh(entry)
    assert (entry.label, entry.own_code, entry.valid_to) == ("市民課", "K1", date(2026, 12, 31))
    assert session.scalar(select(func.count()).where(
        CodeEntry.list_id == entry.list_id, CodeEntry.code == entry.code)) == 1


def test_every_code_has_a_source_and_an_english_label():
    assert [row for row in codes.rows("codes.csv") if not (row["source"] and row["label_en"])] == []


def test_the_tiers_of_the_law_are_the_tiers_of_the_list(session):
    listed = set(session.scalars(select(CodeEntry.code).join(CodeList).where(CodeList.name == "tier")))
    assert {tier.code for tier in Tier} == listed


@pytest.mark.parametrize(("model", "kind"), [(Facility, "facility"), (Insurer, "insurer")])
def test_demo_numbers_have_valid_check_digits(session, model, kind):
    codes.load_demo_masters(session)
    held = list(session.scalars(select(model.number)))
    assert held
    assert [number for number in held if not numbers.valid(kind, number)] == []


def test_the_disease_groups_are_the_groups_of_the_list(session):
    listed = set(session.scalars(select(CodeEntry.code).join(CodeList).where(CodeList.name == "disease_group")))
    assert set(session.scalars(select(Disease.group_code))) <= listed
