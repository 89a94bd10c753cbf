"""住民情報・税情報のファイル: broken envelopes are refused whole, faults are named by line and item, digits agree with the rules."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.register_file import m11 as m11_expr
from exchange.register_file import municipality_digit, read_set, set_of
from exchange.table_file import EnvelopeWrong
from tests.register_files import file_of, m11, manifest, resident, tax

CODES = {"sex": {"1": "", "2": ""}, "off_register": {"0": "", "1": ""}, "movement": {"02": ""}, "cancellation": {"0": "", "1": ""}}


def read(kind, rows, **how):
    name, raw, end = file_of(kind, 1, rows, **how)
    return read_set(set_of(name, raw, end), raw, CODES)


def refused(name, raw, end) -> str:
    with pytest.raises(EnvelopeWrong) as wrong:
        read_set(set_of(name, raw, end), raw, CODES)
    return wrong.value.code


def test_good_rows_are_read_under_our_names_with_their_lines():
    found = read("residents", [resident(1), resident(2, 氏名="𠮷田　邉󠄏子")])
    assert (found.count, found.faults) == (2, ())
    assert found.rows["name"].to_list() == ["見本　太郎", "𠮷田　邉󠄏子"] and found.rows["line"].to_list() == [2, 3]


@pytest.mark.parametrize(("heading", "typed", "code"), [
    ("整理番号", "000000000000018", "check_digit"), ("整理番号", "12", "format"), ("市区町村番号", "111008", "check_digit"),
    ("氏名", "", "missing"), ("生年月日", "1970-02-30", "date"), ("生年月日", "S45.4.1", "date"), ("性別", "9", "unknown_code"),
    ("履歴番号", "0", "format"), ("住所", "あ" * 201, "too_long"), ("郵便番号", "330-000", "format"), ("取消区分", "", "missing")])
def test_a_fault_names_its_line_its_item_and_its_code(heading, typed, code):
    found = read("residents", [resident(1), resident(2, **{heading: typed})])
    assert [(fault.line, fault.item, fault.code) for fault in found.faults] == [(3, heading, code)]
    assert found.rows.height == 1


@pytest.mark.parametrize(("heading", "typed"), [("市町村民税所得割額", "-1"), ("市町村民税所得割額", "85,000"), ("税賦課年度", "26"),
                                                ("市町村民税課税区分", "2"), ("市町村民税所得割額", "1" * 13)])
def test_a_fault_in_a_tax_row_is_named(heading, typed):
    rows = [tax(1), tax(2, **{heading: typed})]
    found = read("taxes", rows)
    assert {fault.line for fault in found.faults} == {3}


def test_a_delta_says_what_each_row_does():
    assert read("residents", [resident(1)], is_full=False, update="I").faults == ()
    assert read("residents", [resident(1)], is_full=False, update="D").faults[0].code == "update"


def test_the_envelope_is_refused_whole():
    name, raw, end = file_of("residents", 1, [resident(1), resident(2)])
    assert refused("atena.csv", raw, end) == "name"
    assert refused("JUKI_ATENA_ALL_20261323_0001.csv", raw, manifest("JUKI_ATENA_ALL_20261323_0001.csv", raw, 2)) == "name"
    assert refused(name, raw, None) == "manifest"
    assert refused(name, raw, end.replace(b"ALL", b"DIF")) == "manifest"
    assert refused(name, raw[:-1], end) == "checksum"
    for damaged, code in ((b"\xef\xbb\xbf" + raw, "encoding"), (raw[:-2], "truncated"), (raw.replace(b"\r\n", b"\n"), "truncated"),
                          (raw.decode().encode("cp932"), "encoding"), (raw.replace(b"1970", b"19\x0070"), "encoding"),
                          (raw.replace("氏名".encode(), "名前".encode(), 1), "heading")):
        assert refused(name, damaged, manifest(name, damaged, 2)) == code
    assert refused(name, raw, manifest(name, raw, 3)) == "count"


def test_quotes_are_read_and_a_line_with_another_number_of_fields_is_named():
    name, raw, _ = file_of("residents", 1, [resident(1), resident(2)])
    quoted = raw.replace("見本市見本区松町１番地".encode(), '"松町１番地,101"'.encode())
    found = read_set(set_of(name, quoted, manifest(name, quoted, 2)), quoted, CODES)
    assert found.rows["address"].to_list() == ["松町１番地,101"] * 2
    for ragged in (raw.replace(b"3300000,", b"", 1), quoted.replace(b"3300000,", b"", 1)):
        found = read_set(set_of(name, ragged, manifest(name, ragged, 2)), ragged, CODES)
        assert (found.faults[0].line, found.faults[0].code, found.rows.height) == (2, "fields", 1)
    broken = raw.replace("見本市見本区".encode(), '"見本市'.encode(), 1)
    assert refused(name, broken, manifest(name, broken, 2)) == "truncated"


@given(st.integers(0, 10**14 - 1), st.integers(0, 9))
@settings(max_examples=200)
def test_the_columns_judge_a_check_digit_as_one_number_by_hand(payload, digit):
    right = m11(payload)
    frame = pl.DataFrame({"n": [right, right[:-1] + str(digit)]}).select(ok=m11_expr("n", 15))
    assert frame["ok"].to_list() == [True, right[-1] == str(digit)]


@pytest.mark.parametrize(("number", "right"), [("111007", True), ("111015", True), ("131016", True), ("131017", False)])
def test_municipal_numbers_carry_their_digit(number, right):
    assert pl.DataFrame({"n": [number]}).select(ok=municipality_digit("n"))["ok"].item() is right


@given(st.data())
@settings(max_examples=300)
def test_no_damage_ends_in_anything_but_a_named_fault(data):
    name, raw, _ = file_of("residents", 1, [resident(1), resident(2)])
    at = data.draw(st.integers(0, len(raw) - 1))
    damaged = data.draw(st.sampled_from([raw[:at], raw[:at] + raw[at + 1:], raw[:at] + bytes([data.draw(st.integers(0, 255))]) + raw[at + 1:],
                                         raw[:at] + raw[at:at + 1] * 2 + raw[at + 1:]]))
    try:
        found = read_set(set_of(name, damaged, manifest(name, damaged, 2)), damaged, CODES)
    except EnvelopeWrong as wrong:
        assert wrong.code in ("encoding", "truncated", "heading", "count")
    else:
        assert found.count == 2
