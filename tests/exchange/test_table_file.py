"""表ファイル: read in the character set it has, or not at all."""

import pytest

from exchange.table_file import EnvelopeWrong, decode, read_table, write_table

COLUMNS = {"number": ("番号",), "name": ("名称",)}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_both_character_sets_of_japanese_offices_are_read(encoding):
    (line,) = read_table("番号,名称\r\n0012,髙島 病院\r\n".encode(encoding), COLUMNS, ("number",))
    assert dict(line.values) == {"number": "0012", "name": "髙島 病院"} and line.number == 2 and line.is_whole


@pytest.mark.parametrize("raw", [b"\xff\xfe1\x00", "番号".encode() + b"\xff", "番号\ufffd".encode(), b"a,\x00b",
                                 "番号,名称\n1,見本病院".encode()[:-1], "番号".encode("utf-16")])
def test_a_damaged_or_foreign_character_set_is_refused(raw):
    with pytest.raises(EnvelopeWrong) as refused:
        decode(raw)
    assert refused.value.code == "encoding"


def test_a_file_cut_inside_a_quoted_value_is_refused():
    with pytest.raises(EnvelopeWrong) as refused:
        read_table('番号,名称\n1,"見本'.encode(), COLUMNS, ("number",))
    assert refused.value.code == "truncated"


@pytest.mark.parametrize("raw", [b"", "0012,見本病院\n".encode()])
def test_a_file_without_headings_is_refused(raw):
    with pytest.raises(EnvelopeWrong) as refused:
        read_table(raw, COLUMNS, ("number", "name"))
    assert refused.value.code == "heading"


def test_a_short_row_is_told_and_an_empty_one_passed_over():
    lines = read_table("番号,名称\n1\n\n,\n2,B\n".encode(), COLUMNS, ("number",))
    assert [(line.number, line.is_whole) for line in lines] == [(2, False), (5, True)]


@pytest.mark.parametrize("value", ["=1+1", "+81", "-1", "@SUM", "\tx", "\rx"])
def test_a_written_table_holds_no_formula(value):
    text = write_table(["名"], [[value], [None], [-1]])
    assert f"'{value}" in text and "\r\n-1\r\n" in text


def test_what_is_written_can_be_read_back():
    raw = write_table(["番号", "名称"], [["1", "見本, 病院"], ["2", "「改行\nあり」"]]).encode("utf-8-sig")
    assert [dict(line.values) for line in read_table(raw, {"number": ["番号"], "name": ["名称"]}, ["number"])] == [
        {"number": "1", "name": "見本, 病院"}, {"number": "2", "name": "「改行\nあり」"}]
