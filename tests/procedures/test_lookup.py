"""照合: a number or part of a name finds its holder, on the day that counts."""

from datetime import date

import pytest
from sqlalchemy import select

from models.codes import CodeEntry, CodeList, Facility
from procedures import lookup
from seeds.codes import load_demo_masters

ON = date(2026, 11, 24)


@pytest.fixture
def masters(session):
    load_demo_masters(session)
    return session


@pytest.mark.parametrize(("typed", "number"), [
    ("6", "6"), ("６", "6"), ("パーキンソン", "6"), ("ﾊﾟｰｷﾝｿﾝ", "6"), ("ぱーきんそん", "6"), ("エリテマトーデス", "49"),
])
def test_a_disease_is_found_by_number_or_any_part_of_its_name(session, typed, number):
    assert number in [code for code, _ in lookup.diseases_like(session, typed, ON)]


def test_the_disease_of_that_number_comes_first(session):
    assert lookup.diseases_like(session, "6", ON)[0] == ("6", "パーキンソン病")


@pytest.mark.parametrize(("kind", "number", "name"), [
    ("bank", "0005", "三菱ＵＦＪ"), ("insurer", "110015", "見本市 国民健康保険"),
    ("facility", "1111012348", "見本大学医学部附属病院"), ("facility", "11-1101-2348", "見本大学医学部附属病院"),
    ("municipality", "111007", "埼玉県さいたま市"), ("bank", "9999", None),
])
def test_a_number_names_its_holder(masters, kind, number, name):
    assert lookup.name_of(masters, kind, number, ON) == name


def test_a_branch_belongs_to_its_bank(session):
    assert lookup.name_of(session, "branch", "001", ON, bank="0001") == "東京営業部"
    assert lookup.name_of(session, "branch", "001", ON, bank="9999") is None


def test_a_facility_is_known_only_while_it_is_designated(masters):
    facility = masters.scalars(select(Facility).where(Facility.number == "1111012348")).one()
    facility.valid_to = date(2026, 11, 23)
    masters.flush()
    assert lookup.name_of(masters, "facility", facility.number, date(2026, 11, 23)) is not None
    assert lookup.name_of(masters, "facility", facility.number, ON) is None


@pytest.mark.parametrize(("kind", "number", "can_exist"), [
    ("facility", "1111012348", True), ("facility", "1111012349", False),
    ("insurer", "110016", False), ("bank", "0005", True),
])
def test_a_check_digit_is_judged_before_anybody_is_asked(kind, number, can_exist):
    assert lookup.is_well_formed(kind, number) is can_exist


def test_a_postal_code_of_one_town_gives_the_town(session):
    assert lookup.address_of(session, "330-0061") == "埼玉県さいたま市浦和区常盤"


def test_a_closed_code_is_offered_until_its_last_day(session):
    entry = session.scalars(select(CodeEntry).join(CodeList).where(CodeList.name == "sex", CodeEntry.code == "9")).one()
    entry.valid_to = ON
    session.flush()
    assert "9" in lookup.codes_of(session, {"sex"}, ON)["sex"]
    assert "9" not in lookup.codes_of(session, {"sex"}, date(2026, 11, 25))["sex"]
