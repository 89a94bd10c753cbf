"""入力の成績: fields keyed, disagreements, who was right, and what that makes of 10,000 fields."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from procedures.comparison import open_differences, settle
from procedures.figures import GROUPS, SpanWrong, as_csv, lines, months, total
from tests.office import NEW_APPLICATION, NOW, ON, keyed, received

PHONE, SEX, ADDRESS = "patient.patient_phone", "patient.patient_sex", "patient.patient_address"
MISREAD = {PHONE: "048-829-1112", SEX: "1", ADDRESS: "埼玉県さいたま市浦和区常盤6-4-5"}
FIELDS = len(NEW_APPLICATION)


@pytest.fixture
def settled(session, actors):
    """clerk1 and clerk2 differ on three items: clerk1 was right on one, clerk2 on one, neither on the third."""
    sheet = received(session, actors)
    keyed(session, actors["clerk1"], sheet)
    keyed(session, actors["clerk2"], sheet, NEW_APPLICATION | MISREAD)
    _, shown = open_differences(session, actors["clerk3"], sheet.id, ON)
    truth = {PHONE: NEW_APPLICATION[PHONE], SEX: MISREAD[SEX], ADDRESS: "埼玉県さいたま市浦和区常盤6-4-6"}
    decisions = {each.field.name: ("a" if each.a == truth[each.field.name] else "b" if each.b == truth[each.field.name]
                                   else "typed", truth[each.field.name]) for each in shown}
    assert settle(session, actors["clerk3"], sheet.id, decisions, NOW, ON) == {}
    return sheet


def _of(session, by):
    return {line.key: line for line in lines(session, by, ON, ON)}


def test_each_clerk_has_her_fields_her_disagreements_and_who_was_right(session, settled):
    first, second = (_of(session, "clerk")[name] for name in ("clerk1", "clerk2"))
    for line in (first, second):
        assert (line.sheets, line.fields, line.differing, line.was_right, line.wrong, line.open) == (1, FIELDS, 3, 1, 2, 0)
        assert line.per_10000 == 2 * 10_000 / FIELDS and line.is_few


def test_the_sheet_counts_both_keyings(session, settled):
    line = _of(session, "sheet")["new_application"]
    assert (line.sheets, line.fields, line.differing, line.wrong) == (2, 2 * FIELDS, 6, 4)


def test_the_most_misread_item_comes_first(session, settled):
    found = lines(session, "item", ON, ON)
    assert (found[0].key, found[0].label, found[0].wrong) == (ADDRESS, "本人個人住所", 2)
    assert {line.key: line.wrong for line in found if line.differing} == {ADDRESS: 2, PHONE: 1, SEX: 1}
    assert _of(session, "item")["household_member.member_name"].fields == 2


@pytest.mark.parametrize("by", GROUPS)
def test_every_way_to_group_gives_the_same_totals(session, settled, by):
    whole = total(lines(session, by, ON, ON), "合計")
    assert (whole.fields, whole.differing, whole.was_right, whole.wrong, whole.open) == (2 * FIELDS, 6, 2, 4, 0)


def test_what_is_not_settled_counts_for_nobody(session, actors):
    sheet = received(session, actors)
    keyed(session, actors["clerk1"], sheet)
    keyed(session, actors["clerk2"], sheet, NEW_APPLICATION | MISREAD)
    assert [(line.open, line.wrong, line.per_10000) for line in lines(session, "clerk", ON, ON)] == [(3, 0, 0.0)] * 2


def test_a_typed_answer_that_one_of_them_had_makes_her_right(session, actors):
    sheet = received(session, actors)
    keyed(session, actors["clerk1"], sheet)
    keyed(session, actors["clerk2"], sheet, NEW_APPLICATION | {PHONE: MISREAD[PHONE]})
    settle(session, actors["clerk3"], sheet.id, {PHONE: ("typed", "０４８－８２９－１１１１")}, NOW, ON)
    assert {key: line.was_right for key, line in _of(session, "clerk").items()} == {"clerk1": 1, "clerk2": 0}


def test_a_keying_belongs_to_the_day_it_was_finished_in_japan(session, settled):
    assert lines(session, "clerk", ON - timedelta(days=9), ON - timedelta(days=1)) == []
    assert lines(session, "clerk", ON + timedelta(days=1), ON + timedelta(days=9)) == []
    assert len(lines(session, "clerk", ON - timedelta(days=366), ON)) == 2


@pytest.mark.parametrize("days", [-1, 367])
def test_a_span_is_at_most_a_year_and_runs_forward(session, days):
    with pytest.raises(SpanWrong):
        lines(session, "clerk", ON, ON + timedelta(days=days))


def test_twelve_months_end_with_this_one(session, settled):
    found = months(session, ON)
    assert [month for month, _, _ in found][::11] == ["2025-12", "2026-11"] and len(found) == 12
    assert found[-1] == ("2026-11", 2 * FIELDS, pytest.approx(4 * 10_000 / (2 * FIELDS)))
    assert found[0] == ("2025-12", 0, None)
    assert [month for month, _, _ in months(session, ON.replace(month=12))][0] == "2026-01"


def test_the_file_says_what_the_screen_says(session, actors, settled):
    rows = as_csv(session, actors["manager1"], "clerk", ON, ON).splitlines()
    assert rows[1] == f"入力 一郎,1,{FIELDS},3,1,2,0,{round(20_000 / FIELDS, 1)},0"


def test_the_database_counts_the_fields_itself(session, settled):
    assert session.scalars(text("SELECT fields_keyed FROM keying WHERE sheet_id = :id"), {"id": settled.id}).all() == [
        FIELDS, FIELDS]
