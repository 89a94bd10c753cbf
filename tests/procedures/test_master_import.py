"""台帳の取込: good rows come in, faulty ones are told line by line, and a second time nothing changes."""

from datetime import date

import pytest
from sqlalchemy import select

from models.codes import Facility
from models.journal import Action, JournalEntry
from procedures.actor import SYSTEM
from procedures.master_import import import_masters
from rules.numbers import with_check_digit

NUMBER, OTHER = with_check_digit("111109001"), with_check_digit("114109002")
HEAD = "医療機関コード,名称,種別,郵便番号,所在地,電話番号,指定開始日,指定終了日\n"
ROW = f"{NUMBER},髙島病院,病院,330-0061,埼玉県見本市1番地,048-000-0000,H27.1.1,\n"


def take(session, text, encoding="utf-8"):
    return import_masters(session, SYSTEM, "facilities", "list.csv", text.encode(encoding))


def spans(session, number=NUMBER):
    return [(row.name, row.valid_from, row.valid_to) for row in session.scalars(
        select(Facility).where(Facility.number == number).order_by(Facility.valid_from))]


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_a_row_is_stored_as_it_was_written(session, encoding):
    report = take(session, HEAD + ROW, encoding)
    assert (report.read, report.accepted, report.rejected, report.already) == (1, 1, 0, 0)
    row = session.scalars(select(Facility).where(Facility.number == NUMBER)).one()
    assert (row.name, row.postal_code, row.valid_from, row.source) == (
        "髙島病院", "3300061", date(2015, 1, 1), "取込 list.csv")


def test_the_same_file_twice_changes_nothing(session):
    text = HEAD + ROW + f"{NUMBER},高島医療センター,病院,,,,R8.4.1,\n{OTHER},見本薬局,,,,,,\n"
    take(session, text)
    before = spans(session)
    report = take(session, text)
    assert (report.accepted, report.already, report.errors) == (0, 3, [])
    assert spans(session) == before


def test_a_new_name_ends_the_old_one_the_day_before(session):
    take(session, HEAD + ROW)
    take(session, HEAD + f"{NUMBER},高島医療センター,病院,,,,R8.4.1,\n")
    assert spans(session) == [("髙島病院", date(2015, 1, 1), date(2026, 3, 31)),
                              ("高島医療センター", date(2026, 4, 1), None)]


@pytest.mark.parametrize(("row", "item", "code"), [
    ("1111090019,A,病院,,,,,", "number", "check_digit"),
    (f"{NUMBER},,病院,,,,,", "name", "missing"),
    (f"{NUMBER},{'あ' * 101},病院,,,,,", "name", "too_long"),
    (f"{NUMBER},A,病院,12,,,,", "postal_code", "format"),
    (f"{NUMBER},A,病院,,,,R8.13.1,", "valid_from", "date"),
    (f"{NUMBER},A,病院,,,,R8.4.1,R8.3.31", "valid_to", "period"),
    (f"{NUMBER},A,病院", "row", "columns"),
])
def test_a_faulty_row_is_told_and_the_others_come_in(session, row, item, code):
    report = take(session, f"{HEAD}{row}\n{OTHER},見本薬局,薬局,,,,,\n")
    assert [(fault.line, fault.item, fault.code) for fault in report.errors] == [(2, item, code)]
    assert (report.accepted, report.rejected) == (1, 1)
    assert row.split(",")[0] not in report.errors[0].message


def test_overlapping_periods_of_one_number_are_refused(session):
    text = HEAD + f"{NUMBER},A,病院,,,,R7.4.1,R9.3.31\n{NUMBER},B,病院,,,,R8.4.1,\n"
    assert [fault.code for fault in take(session, text).errors] == ["overlap"]
    assert [fault.code for fault in take(session, text).errors] == ["overlap"]


def test_two_different_rows_for_one_number_and_day_are_refused(session):
    text = HEAD + ROW + ROW.replace("髙島", "低島")
    assert [fault.code for fault in take(session, text).errors] == ["duplicate"]
    assert spans(session)[0][0] == "髙島病院"


def test_a_list_without_addresses_leaves_ours_alone(session):
    take(session, HEAD + ROW)
    report = take(session, f"番号,number,name\n,{NUMBER},髙島病院\n")
    assert report.already == 1
    assert session.scalars(select(Facility.address).where(Facility.number == NUMBER)).one() == "埼玉県見本市1番地"


def test_a_damaged_file_is_refused_whole(session):
    report = take(session, HEAD + ROW + f'{OTHER},"見本')
    assert (report.read, report.accepted, [fault.code for fault in report.errors]) == (0, 0, ["truncated"])
    assert spans(session) == []


def test_an_import_is_journalled_with_counts_only(session):
    take(session, HEAD + ROW)
    entry = session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc()).limit(1)).one()
    assert entry.action == Action.IMPORTED
    assert entry.detail == {"kind": "facilities", "read": 1, "accepted": 1, "rejected": 0, "already": 0}
