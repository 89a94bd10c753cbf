"""総合振込: read and written to the byte, refused whole with line and item, and nothing ever becomes a question mark."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.bank_kana import KANA, NotWritable, bank_kana, check, cut
from exchange.layout import ItemWrong
from exchange.table_file import EnvelopeWrong
from exchange.transfer_returns import RETURN_HEADER, RETURNED, read_returns
from exchange.zengin import CRLF, END, HEADER, TRAILER, TRANSFER, from_postal, read, write
from tests.fuzz.bank_targets import returned, transfers
from tests.neighbours.bank_records import decode, refuse

SAMPLES = Path(__file__).parent / "samples"
SAMPLE = (SAMPLES / "ZENGIN_SOGO_20261210.txt").read_bytes()
RETURNS = (SAMPLES / "FURIKOMI_FUNO_20261210.txt").read_bytes()
FILE = read(SAMPLE)
TRANSFER_LINES = slice(122, 3 * 122)


def refused(raw: bytes, reader=read) -> EnvelopeWrong:
    with pytest.raises(EnvelopeWrong) as wrong:
        reader(raw)
    return wrong.value


@pytest.mark.parametrize("layout", [HEADER, TRANSFER, TRAILER, END, RETURN_HEADER, RETURNED])
def test_every_record_is_120_bytes(layout):
    assert layout.width == 120


def test_the_sample_is_read_and_written_byte_for_byte():
    assert write(FILE) == SAMPLE
    assert [(each.bank, each.branch, each.account_number, each.holder_kana, each.yen, each.number) for each in FILE.transfers] == [
        ("0017", "104", "1234567", "ﾐﾎﾝ ﾀﾛｳ", 24_500, 1), ("9900", "038", "7654321", "ﾐﾎﾝ ﾊﾅｺ", 3_080, 2)]
    assert (FILE.consignor.code, FILE.consignor.name, FILE.consignor.month_day) == ("0000000001", "ﾐﾎﾝｼ ｶｲｹｲｶﾝﾘｼﾔ", "1210")


def test_a_bank_with_a_reader_of_its_own_understands_the_same():
    seen = decode(SAMPLE)
    assert seen["sums_are_right"] and seen["yen"] == 27_580 and seen["consignor"] == FILE.consignor.name
    assert [(each["name"], each["yen"], each["account"]) for each in seen["payments"]] == [
        (each.holder_kana, each.yen, each.account_number) for each in FILE.transfers]


def test_a_file_without_line_ends_is_read_and_written_too():
    bare = SAMPLE.replace(CRLF, b"")
    assert read(bare) == replace(FILE, line_end=b"") and write(read(bare)) == bare


def test_the_broken_twin_is_refused_with_line_and_item():
    wrong = refused((SAMPLES / "ZENGIN_SOGO_20261210_broken.txt").read_bytes())
    assert wrong.code == "item" and wrong.message.startswith("3行目 受取人名: ")


def test_a_return_list_is_read_as_it_was_ordered():
    listed = read_returns(RETURNS)
    assert [(each.transfer, each.reason, each.line) for each in listed.returned] == [(FILE.transfers[1], "01", 2)]
    assert listed.consignor == FILE.consignor and refuse(SAMPLE, {2: "01"}) == RETURNS


def test_a_return_list_without_a_reason_is_refused_with_line_and_item():
    wrong = refused((SAMPLES / "FURIKOMI_FUNO_20261210_broken.txt").read_bytes(), read_returns)
    assert wrong.code == "item" and wrong.message.startswith("2行目 不能理由コード: ")


def test_neither_file_passes_for_the_other():
    assert "一覧の印" in refused(SAMPLE, read_returns).message
    assert "ダミー" in refused(RETURNS).message


@pytest.mark.parametrize(("typed", "written"), [
    ("ミホン　タロウ", "ﾐﾎﾝ ﾀﾛｳ"), ("ガギグパ", "ｶﾞｷﾞｸﾞﾊﾟ"), ("キャッチュー", "ｷﾔﾂﾁﾕ-"), ("さいたま りそな", "ｻｲﾀﾏ ﾘｿﾅ"),
    ("ｶﾞｯ", "ｶﾞﾂ"), ("ヴェ", "ｳﾞｴ"), ("ＵＦＪ　ａｂｃ１２３", "UFJ ABC123"), ("ミツビシユ－エフジエイ", "ﾐﾂﾋﾞｼﾕ-ｴﾌｼﾞｴｲ"),
    ("カ）ミホン．", "ｶ)ﾐﾎﾝ."), ("", "")])
def test_kana_become_what_a_bank_writes(typed, written):
    assert bank_kana(typed) == written


@pytest.mark.parametrize("typed", ["ヲグラ", "見本", "ミホン・タロウ", "ｱ,ｲ", "ア/イ", "ヱミ", "𠮷", "ア゚", "゛ア", "ナ゛", "é", "ア\n", "?"])
def test_what_no_bank_writes_is_refused_and_never_replaced(typed):
    with pytest.raises(NotWritable):
        bank_kana(typed)


@given(st.text(alphabet=KANA + "ﾞﾟ -.()AZ09", max_size=40))
@settings(max_examples=200)
def test_what_is_written_in_bank_letters_stays_as_it_is(text):
    try:
        check(text)
    except NotWritable:
        return
    assert bank_kana(text) == text and "?" not in text


def test_a_name_is_cut_where_a_letter_ends():
    assert (cut("ｱｶﾞ", 2), cut("ｱｶﾞ", 3), cut("ｱｶｻ", 2)) == ("ｱ", "ｱｶﾞ", "ｱｶ")


@pytest.mark.parametrize(("symbol", "number", "account"), [
    ("10380", "76543211", ("038", "1", "7654321")), ("17300", "19927651", ("738", "1", "1992765")),
    ("10530", "12341", ("058", "1", "0001234")), ("00150", "7", None), ("00150", "123456", ("019", "2", "0123456")),
    ("10380", "76543212", None), ("1038", "76543211", None), ("20380", "76543211", None), ("10380", "1", None),
    ("10380", "１２１", None), ("00150", "12345678", None)])
def test_a_postal_account_becomes_a_branch_and_an_account(symbol, number, account):
    if account is None:
        with pytest.raises(ItemWrong):
            from_postal(symbol, number)
    else:
        assert from_postal(symbol, number) == account


@pytest.mark.parametrize(("change", "item"), [
    ({"holder_kana": ""}, "受取人名"), ({"holder_kana": "ｱ" * 31}, "受取人名"), ({"holder_kana": "ミホン"}, "受取人名"),
    ({"holder_kana": "ﾐﾎﾝ "}, "受取人名"), ({"yen": 0}, "振込金額"), ({"yen": -1}, "振込金額"), ({"yen": 10**10}, "振込金額"),
    ({"bank": "17"}, "被仕向銀行番号"), ({"branch": "１０４"}, "被仕向支店番号"), ({"account_number": "123456"}, "口座番号"),
    ({"account_kind": "3"}, "預金種目"), ({"novelty": "9"}, "新規コード"), ({"number": 10**10}, "顧客コード1"),
    ({"bank_kana": "ﾎﾟ-ﾙ?"}, "被仕向銀行名"), ({"branch_kana": "ﾔﾏﾀﾞﾕｳﾋﾞﾝｷﾖｸｼﾃﾝ1"}, "被仕向支店名")])
def test_what_a_record_cannot_hold_is_refused_by_line_and_item(change, item):
    with pytest.raises(EnvelopeWrong) as wrong:
        write(replace(FILE, transfers=(FILE.transfers[0], replace(FILE.transfers[1], **change))))
    assert wrong.value.message.startswith(f"3行目 {item}: ")


@pytest.mark.parametrize("yen", [1, 9_999_999_999])
def test_the_smallest_and_the_largest_amount_can_be_paid(yen):
    file = replace(FILE, transfers=(replace(FILE.transfers[0], yen=yen),))
    assert read(write(file)) == file


def test_more_than_a_trailer_can_count_is_refused():
    dear = [replace(FILE.transfers[0], yen=9_999_999_999)] * 101
    with pytest.raises(EnvelopeWrong) as wrong:
        write(replace(FILE, transfers=tuple(dear)))
    assert wrong.value.message.startswith("103行目 合計金額: ")


@pytest.mark.parametrize(("damaged", "code"), [
    (SAMPLE[:-122 * 2], "totals"), (SAMPLE + SAMPLE[-122:], "item"), (b"", "truncated"), (SAMPLE[:122], "truncated"),
    (SAMPLE[:122] + SAMPLE[122:244] * 2 + SAMPLE[366:], "totals"), (SAMPLE.replace(b"\r\n", b"\n"), "truncated"),
    (b"\xef\xbb\xbf" + SAMPLE, "truncated"), (SAMPLE + b"\x1a", "truncated"), (SAMPLE[:120] + b"\r\r" + SAMPLE[122:], "truncated"),
    (SAMPLE[:242] + b"\n\r" + SAMPLE[244:], "truncated"), (SAMPLE.replace(b"000000027580", b"000000027581"), "totals"),
    (SAMPLE.replace(b"8000002", b"8000003"), "totals")])
def test_a_damaged_file_is_refused_whole(damaged, code):
    assert refused(damaged).code in (code, "item")


@pytest.mark.parametrize("raw", [SAMPLE, RETURNS], ids=["transfers", "returns"])
def test_a_file_cut_anywhere_is_refused(raw):
    for length in range(len(raw)):
        refused(raw[:length])
        refused(raw[:length], read_returns)


@pytest.mark.parametrize("raw", [SAMPLE, RETURNS], ids=["transfers", "returns"])
def test_a_byte_changed_anywhere_is_another_file_or_none(raw):
    """Every place × what hurts most: a control byte, a blank, a digit, a small kana, ヲ, a lone accent, a lead byte, FF."""
    for at in range(len(raw)):
        for byte in b"\x00 7\xa7\xa6\xde\x81\xff":
            mutant = raw[:at] + bytes((byte,)) + raw[at + 1:]
            assert {transfers(mutant), returned(mutant)} <= {"read", "refused"}


@given(st.sampled_from((SAMPLE, RETURNS)), st.integers(0, 610), st.integers(0, 130), st.binary(max_size=130))
@settings(max_examples=400)
def test_a_piece_dropped_doubled_or_strange_never_surprises(raw, at, length, strange):
    for mutant in (raw[:at] + raw[at + length:], raw[:at] + raw[at:at + length] + raw[at:], raw[:at] + strange + raw[at + length:]):
        assert {transfers(mutant), returned(mutant)} <= {"read", "refused"}
