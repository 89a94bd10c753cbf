"""表形式のレセプト: a city's profile says what stands where; only a file whose totals agree is taken, rows are named by line."""

from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest

from exchange.receipt_profile import STANDARD, Control, Mapped, Profile, problems, profile_from
from exchange.receipt_rows import SCHEMA, Totals
from exchange.receipt_table import Table
from exchange.table_file import EnvelopeWrong
from tests.receipt_files import FACILITY, PAYER, RECIPIENT, row, table

SAMPLES = Path(__file__).parent / "samples"
# 国保連合会 in the manner of a prefecture: no headings, totals first, codes of its own, care services, parts of a number.
FEDERATION = Profile(
    "kokuho", "国保連 (介護)", 12,
    (Mapped("billing_month", 2), Mapped("treatment_month", 3), Mapped("payer_number", 4), Mapped("recipient_number", 5),
     Mapped("prefecture", 6), Mapped("point_table", 7), Mapped("institution", 8), Mapped("care_service", 9, codes={"13": "13", "15": "15"}),
     Mapped("total_yen", 10), Mapped("copay_yen", 11), Mapped("name", 12)),
    control=Control("first", "1", 2, 0, 3), fixed={"setting": "7", "benefit_kind": "6", "payer_class": "5"}, agency="2")


def federation_file(*rows: str, totals: str = "1,1,20000") -> bytes:
    return "".join(f"{line}\r\n" for line in (totals, *rows)).encode("cp932")


CARE = f"2,202610,202609,{PAYER},{RECIPIENT},11,1,0000013,13,20000,2000,見本　太郎"


def read(raw: bytes, profile: Profile = STANDARD, given: Totals | None = None):
    found = Table(BytesIO(raw), profile, given)
    batches = list(found.batches())
    return found, [made for batch in batches for made in batch.rows.rows(named=True)], [f for batch in batches for f in batch.faults]


def refused(raw: bytes, profile: Profile = STANDARD, given: Totals | None = None) -> str:
    with pytest.raises(EnvelopeWrong) as wrong:
        read(raw, profile, given)
    assert wrong.value.message.endswith("。")
    return wrong.value.code


def test_every_item_is_taken_from_its_column():
    found, (first, second), faults = read(table([row(), row(name="髙橋　花子", meal_yen="7680", total_yen="37680")]))
    assert faults == [] and (found.declared, found.counted) == (Totals(2, 6000, 67_680), Totals(2, 6000, 67_680))
    assert (first["facility_number"], first["public_yen"], first["tenths"], first["insurance_class"]) == (FACILITY, 3000, 3, "ウ")
    assert (second["name"], second["birth_date"], second["meal_yen"], second["line"]) == ("髙橋　花子", date(1970, 4, 1), 7680, 3)
    assert first["computed"] == 0 and set(first) == set(SCHEMA)


def test_the_raw_bytes_of_a_row_are_cut_from_the_kept_file():
    raw = table([row(), row(name="髙橋　花子")])
    for made in read(raw)[1]:
        cut = raw[made["offset"]:made["offset"] + made["size"]].decode("cp932")
        assert made["name"] in cut and cut.startswith("202610,") and cut.endswith("\r\n")


def test_a_federations_file_speaks_through_its_profile():
    found, (made,), _ = read(federation_file(CARE), FEDERATION)
    assert (made["setting"], made["care_service"], made["facility_number"], made["name"]) == ("7", "13", FACILITY, "見本　太郎")
    assert (made["points"], made["total_yen"], made["copay_yen"], found.agency) == (None, 20_000, 2000, "2")


def test_totals_may_stand_on_the_paper_invoice():
    profile = replace(STANDARD, control=Control("given", yen_item="total_yen"))
    raw = b"".join(table([row()]).splitlines(keepends=True)[:-1])
    assert len(read(raw, profile, Totals(1, None, 30_000))[1]) == 1
    assert {refused(raw, profile), refused(raw, profile, Totals(2, None, 30_000)), refused(raw, profile, Totals(1, None, 30_001))} == {"totals"}


@pytest.mark.parametrize(("item", "typed", "code"), [
    ("payer_number", "54117016", "check_digit"), ("recipient_number", "", "missing"), ("recipient_number", "18", "format"),
    ("treatment_month", "202613", "month"), ("birth_date", "19700230", "date"), ("copay_yen", "+6000", "format"),
    ("copay_yen", "6000円", "format"), ("setting", "9", "unknown_code"), ("name", "見" * 101, "too_long"), ("tenths", "7", "format"),
    ("days", " 2", "format"), ("public_yen", "9" * 20, "format")])
def test_a_fault_names_its_line_and_item_and_spares_the_other_rows(item, typed, code):
    _, made, faults = read(table([row(), row(**{item: typed}), row()]))
    assert [(fault.line, fault.record, fault.item, fault.code) for fault in faults] == [(3, "csv", item, code)]
    assert [each["line"] for each in made] == [2, 4]


def test_a_line_with_another_number_of_fields_is_named():
    good = table([row(), row(), row()]).split(b"\r\n")
    shorter, longer = good.copy(), good.copy()
    shorter[2] = shorter[2].replace(b",1,1,0,", b",1,0,")
    longer[2] += b","
    both = longer.copy()
    both[3] = shorter[2]
    for lines, named in ((shorter, [3]), (longer, [3]), (both, [3, 4])):
        _, made, faults = read(b"\r\n".join(lines))
        assert [(fault.line, fault.code) for fault in faults] == [(line, "fields") for line in named]
        assert len(made) == 3 - len(named)


def test_a_sum_with_an_unreadable_part_is_not_held_against_the_file_but_the_count_is():
    assert read(table([row(), row(points="30x0", total_yen="30000")], end=("合計", "2", "6000", "60000")))[0].counted == Totals(2, None, 60_000)
    assert refused(table([row(), row(points="30x0")], end=("合計", "3", "6000", "60000"))) == "totals"


def test_quotes_are_read():
    raw = table([row(), row(name="見本　太郎")]).replace("見本　太郎".encode("cp932"), '"見本,太郎"'.encode("cp932"))
    assert [made["name"] for made in read(raw)[1]] == ["見本,太郎"] * 2
    assert refused(raw.replace(b'"', b'"\r\n', 1)) == "truncated"
    assert [(fault.line, fault.code) for fault in read(raw.replace(b'"', b"", 1))[2]] == [(2, "fields")]


@pytest.mark.parametrize(("damage", "code"), [
    (lambda raw: raw[:-1], "truncated"), (lambda raw: raw[:-30], "truncated"), (lambda raw: raw.replace(b"\r\n", b"\n"), "heading"),
    (lambda raw: raw.replace(b"\r\n2026", b"\n2026", 2), "heading"), (lambda raw: raw.replace(b"6000,", b"60\x0000,", 1), "encoding"),
    (lambda raw: raw.replace("太郎".encode("cp932"), b"\x91\x20"), "encoding"),
    (lambda raw: raw.replace("太郎".encode("cp932"), b"\xfd\xfe"), "encoding"), (lambda raw: raw.decode("cp932").encode(), "encoding"),
    (lambda raw: raw.replace("氏名".encode("cp932"), "名前".encode("cp932")), "heading"), (lambda raw: b"", "heading"),
    (lambda raw: raw.replace("合計".encode("cp932"), "小計".encode("cp932")), "end"), (lambda raw: raw.replace(b",30000\r\n", b",3000x\r\n"), "end"),
    (lambda raw: raw.replace(b",1,3000,30000\r\n", b",2,3000,30000\r\n"), "totals"),
    (lambda raw: raw.replace(b",1,3000,30000\r\n", b",1,3000,30001\r\n"), "totals"),
    (lambda raw: raw[:raw.rindex(b"\r\n", 0, -2) + 2], "end"), (lambda raw: raw.replace(b",28,3,", b"\r,28,3,"), "encoding")])
def test_a_file_whose_frame_is_broken_is_refused_whole(damage, code):
    assert refused(damage(table([row()]))) == code


def test_utf_8_files_are_read_by_a_profile_that_says_so():
    profile = replace(STANDARD, encoding="utf-8")
    raw = table([row(name="𠮷田　花子")], profile)
    assert [read(each, profile)[1][0]["name"] for each in (raw, b"\xef\xbb\xbf" + raw)] == ["𠮷田　花子"] * 2
    cut = read(b"\xef\xbb\xbf" + raw, profile)[1][0]
    assert (b"\xef\xbb\xbf" + raw)[cut["offset"]:cut["offset"] + cut["size"]].startswith(b"202610,")
    assert refused(table([row()]), profile) == "encoding"


def test_blocks_join_without_a_seam(monkeypatch):
    rows = [row(name=f"見本　{number}", total_yen=str(number)) for number in range(1, 400)]
    raw = table(rows)
    whole = read(raw)[1]
    for block in (1, 97, 1000, 4096):
        monkeypatch.setattr("exchange.receipt_table.BLOCK", block * 40)
        assert read(raw)[1] == whole
    assert [made["line"] for made in whole] == list(range(2, 401))


def test_a_batch_is_never_larger_than_agreed(monkeypatch):
    monkeypatch.setattr("exchange.receipt_table.BATCH", 10)
    batches = list(Table(BytesIO(table([row(days="x" if number == 12 else "1") for number in range(25)])), STANDARD).batches())
    assert [(batch.read, batch.rows.height, len(batch.faults)) for batch in batches] == [(10, 10, 0), (10, 9, 1), (5, 5, 0)]


def test_an_empty_month_is_a_file_too():
    assert read(table([]))[1:] == ([], [])


@pytest.mark.parametrize("profile", [STANDARD, FEDERATION])
def test_a_profile_survives_being_stored(profile):
    assert profile_from(profile.as_dict()) == profile and problems(profile) == []


@pytest.mark.parametrize(("change", "words"), [
    ({"columns": STANDARD.columns[1:]}, "請求年月"), ({"columns": tuple(each for each in STANDARD.columns if each.item != "facility_number")}, "医療機関番号"),
    ({"columns": tuple(each for each in STANDARD.columns if each.item != "setting")}, "入外別"),
    ({"columns": tuple(each for each in STANDARD.columns if each.item not in ("points", "total_yen"))}, "総医療費"),
    ({"width": 25}, "26列目"), ({"columns": (*STANDARD.columns, Mapped("name_kana", 3))}, "二つの項目"),
    ({"headings": ("一",)}, "見出し"), ({"control": Control(count=0)}, "必ず"), ({"control": Control(points=0, yen=0)}, "必ず"),
    ({"control": Control(where="middle")}, "合計の場所"), ({"encoding": "euc-jp"}, "文字コード"),
    ({"columns": (*STANDARD.columns[:-1], Mapped("entered_date", 26))}, "取り込めません"),
    ({"columns": (*STANDARD.columns[:-1], Mapped("meal_yen", 26, "weight"))}, "書き方"),
    ({"columns": (*STANDARD.columns[:-1], Mapped("insurance_class", 26))}, "読み替え")])
def test_a_profile_that_could_not_read_a_file_says_why(change, words):
    assert any(words in each for each in problems(replace(STANDARD, **change)))


def test_the_sample_is_read_and_its_broken_twin_is_not():
    found, made, faults = read((SAMPLES / "standard.csv").read_bytes())
    assert (len(made), faults, found.declared) == (3, [], found.counted)
    _, left, faults = read((SAMPLES / "standard_broken.csv").read_bytes())
    assert ([each["line"] for each in left], [(fault.line, fault.item, fault.code) for fault in faults]) == (
        [2, 4], [(3, "recipient_number", "check_digit")])
    assert refused((SAMPLES / "standard_totals.csv").read_bytes()) == "totals"
