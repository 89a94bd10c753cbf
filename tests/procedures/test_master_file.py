"""台帳のファイル: a code list goes out as CSV and comes back, row by row."""

import pytest

from procedures import master_file
from procedures.masters import open_master


@pytest.fixture
def admin(actors):
    return actors["admin1"]


@pytest.fixture
def sex(session):
    return open_master(session, "sex")


def test_a_code_list_taken_out_and_in_again_changes_nothing(session, admin, sex):
    text = master_file.as_csv(session, admin, sex)
    report = master_file.take_in(session, admin, sex, "sex.csv", text.encode("utf-8-sig"))
    assert (report.read, report.already, report.errors) == (3, 3, [])


def test_a_changed_code_list_is_taken_in_row_by_row(session, admin, sex):
    text = "コード,名称,適用開始日\n9,不詳,R9.4.1\n,名なし,R9.4.1\n"
    report = master_file.take_in(session, admin, sex, "sex.csv", text.encode("cp932"))
    assert (report.accepted, report.rejected) == (1, 1)
    assert {row.label for row in session.query(sex.model).filter_by(**sex.shared, code="9")} == {"不明", "不詳"}


def test_banks_come_with_a_release_and_not_as_a_file(session):
    assert not master_file.can_import(open_master(session, "banks"))
    assert master_file.can_import(open_master(session, "facilities"))
