"""台帳のファイル: a code list goes out as CSV and comes back, row by row."""

from datetime import date

import pytest

from procedures import master_file
from procedures.lookup import diseases_like
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


@pytest.mark.parametrize("noun", ["municipalities", "banks", "diseases", "facilities", "insurers"])
def test_a_master_taken_out_and_in_again_changes_nothing(session, admin, noun):
    master = open_master(session, noun)
    text = master_file.as_csv(session, admin, master)
    report = master_file.take_in(session, admin, master, f"{noun}.csv", text.encode("utf-8-sig"))
    assert (report.read, report.errors) == (report.already, [])


def test_what_the_city_makes_itself_is_typed_and_not_taken_in(session):
    assert not master_file.can_import(open_master(session, "attachments"))
    assert master_file.can_import(open_master(session, "banks"))


def rows_of(session, noun, **key):
    model = open_master(session, noun).model
    return [(row.name, row.valid_from, row.valid_to) for row in session.query(model).filter_by(**key).order_by(model.valid_from)]


def test_a_later_snapshot_of_banks_changes_only_what_changed(session, admin):
    banks = open_master(session, "banks")
    text = "金融機関コード,金融機関名,金融機関名カナ,適用開始日\n0001,みずほ,ミズホ,R9.4.1\n0005,新しい名,アタラシイ,R9.4.1\n9,短い,ミジカイ,R9.4.1\n"
    report = master_file.take_in(session, admin, banks, "banks.csv", text.encode("cp932"))
    assert (report.already, report.accepted, [fault.item for fault in report.errors]) == (1, 1, ["number"])
    assert [name for name, *_ in rows_of(session, "banks", number="0001")] == ["みずほ"]
    old, new = rows_of(session, "banks", number="0005")
    assert (old[2], new) == (date(2027, 3, 31), ("新しい名", date(2027, 4, 1), None))


def test_a_snapshot_that_does_not_say_its_day_is_refused_whole(session, admin):
    report = master_file.take_in(session, admin, open_master(session, "banks"), "b.csv", "金融機関番号,名称,名称カナ\n0001,A,ｱ\n".encode())
    assert (report.read, [fault.code for fault in report.errors]) == (0, ["heading"])


def test_a_branch_is_known_by_its_bank_its_number_and_its_name(session, admin):
    text = "金融機関番号,支店番号,支店名,支店名カナ,適用開始日\n0001,001,東京営業部,トウキヨウ,R9.4.1\n0001,999,新支店,シン,R9.4.1\n"
    report = master_file.take_in(session, admin, open_master(session, "branches"), "b.csv", text.encode())
    assert (report.already, report.accepted) == (1, 1)


def test_a_city_that_becomes_a_designated_city_is_scaled_from_its_day(session, admin):
    text = "団体コード,名称,指定都市,適用開始日\n112038,埼玉県川口市,1,R9.4.1\n"
    assert master_file.take_in(session, admin, open_master(session, "municipalities"), "m.csv", text.encode()).accepted == 1
    model = open_master(session, "municipalities").model
    assert [row.is_designated_city for row in session.query(model).filter_by(number="112038").order_by(model.valid_from)] == [False, True]


def test_a_disease_that_comes_by_file_is_found_by_its_name(session, admin):
    text = "告示番号,疾病名,疾患群,疾患群(すべて),適用開始日\n349,見本症候群,01,神経・筋疾患,R9.4.1\n"
    assert master_file.take_in(session, admin, open_master(session, "diseases"), "d.csv", text.encode()).accepted == 1
    assert ("349", "見本症候群") in diseases_like(session, "見本症", date(2027, 4, 1))
