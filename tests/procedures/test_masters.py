"""台帳の管理: rows are added, corrected or ended; one key means one thing on one day."""

from datetime import date

import pytest

from models.journal import Action, JournalEntry
from procedures.masters import natural_order, open_master, save
from procedures.model_row import RowRefused

SEX = {"code": "8", "label": "その他", "valid_from": "R9.4.1", "source": "市の要領"}


@pytest.fixture
def admin(actors):
    return actors["admin1"]


@pytest.fixture
def sex(session):
    return open_master(session, "sex")


def typed(row, master, **changed):
    return {column.name: str(getattr(row, column.name) or "") for column in master.columns} | {
        "version": str(row.version)} | changed


def entry(session, master, code):
    return session.query(master.model).filter_by(**master.shared, code=code, valid_to=None).one()


def test_a_code_may_be_entered_before_it_holds(session, admin, sex):
    row = save(session, admin, sex, SEX)
    assert row.valid_from == date(2027, 4, 1) and row.code_list.name == "sex"


def test_a_new_label_ends_the_old_one_the_day_before(session, admin, sex):
    old = entry(session, sex, "9")
    save(session, admin, sex, SEX | {"code": "9"})
    assert old.valid_to == date(2027, 3, 31) and old.label == "不明"


def test_a_row_is_ended_by_its_last_day_and_stays(session, admin, sex):
    row = entry(session, sex, "9")
    save(session, admin, sex, typed(row, sex, valid_to="2026-12-31"), row)
    assert session.get_one(sex.model, row.id).valid_to == date(2026, 12, 31)


def test_the_code_of_a_row_never_changes(session, admin, sex):
    row = entry(session, sex, "9")
    save(session, admin, sex, typed(row, sex, code="7", own_code="F"), row)
    assert (row.code, row.own_code) == ("9", "F")


@pytest.mark.parametrize(("changed", "column"), [
    ({"label": ""}, "label"), ({"valid_from": "R9.13.1"}, "valid_from"), ({"valid_to": "R8.1.1"}, "valid_to"),
    ({"position": "-1"}, "position"),
    ({"code": "1", "valid_from": "2010-01-01", "valid_to": "2030-01-01"}, "valid_from"),
])
def test_a_row_that_would_not_be_right_is_refused_at_its_column(session, admin, sex, changed, column):
    with pytest.raises(RowRefused) as refused:
        save(session, admin, sex, SEX | changed)
    assert refused.value.column == column


def test_who_saves_second_is_told(session, admin, sex):
    row = entry(session, sex, "9")
    stale = typed(row, sex, label="未詳")
    save(session, admin, sex, typed(row, sex, label="不詳"), row)
    with pytest.raises(RowRefused):
        save(session, admin, sex, stale, row)


def test_a_facility_needs_a_number_that_can_exist(session, admin):
    with pytest.raises(RowRefused) as refused:
        save(session, admin, open_master(session, "facilities"), {
            "number": "1111012349", "name": "見本", "kind": "病院", "valid_from": "R8.4.1", "source": "通知"})
    assert refused.value.column == "number"


def test_every_change_is_journalled(session, admin, sex):
    save(session, admin, sex, SEX)
    last = session.query(JournalEntry).order_by(JournalEntry.id.desc()).first()
    assert (last.action, last.detail) == (Action.ADMINISTERED, {"master": "sex", "act": "added"})


def test_numbers_kept_as_text_are_in_the_order_one_counts(session):
    disease = open_master(session, "diseases").model
    numbers = [row.number for row in session.query(disease).order_by(*natural_order(disease)).limit(200)]
    assert [int(number) for number in numbers] == list(range(1, 201))


def test_an_unknown_master_is_nothing(session):
    assert open_master(session, "people") is None
