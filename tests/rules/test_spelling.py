"""表記: one name is found in every spelling, and kept in its own."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rules.spelling import comparison_key, grams, search_key, stored


@pytest.mark.parametrize(("one", "other"), [
    ("ﾔﾏﾀﾞ", "やまだ"), ("ヤマダ", "やまだ"), ("髙橋", "高橋"), ("渡邉󠄏", "渡辺"), ("渡邊", "渡邉"), ("𠮷田", "吉田"),
    ("山﨑", "山崎"), ("齋藤 一", "斉藤一"), ("ｷｮｳｺ", "きようこ"), ("１丁目２−３", "1丁目23")])
def test_spellings_of_one_name_find_each_other(one, other):
    assert search_key(one) == search_key(other)


@pytest.mark.parametrize("name", ["𠮷田　邉󠄏子", "髙橋 花子", "神󠄀谷", "神\ufa19", "ｶﾀｶﾅ太郎"])
def test_a_name_is_stored_byte_for_byte(name):
    assert stored("name", name) == name
    assert stored("address", name) == name


def test_a_variant_is_a_difference_between_two_keyings_but_a_blank_is_not():
    assert comparison_key("name", "髙橋 花子") != comparison_key("name", "高橋 花子")
    assert comparison_key("name", "高橋　花子 ") == comparison_key("name", "高橋 花子")


@pytest.mark.parametrize(("kind", "typed", "kept"), [
    ("number", "１２３４−５６ ７", "1234567"), ("yen", "１０，０００", "10000"), ("date", "R7.4.1", "2025-04-01"),
    ("kana", "やまだ ﾀﾛｳ", "ヤマダ タロウ"), ("postal_code", "330-0061", "3300061"), ("phone", "０４８ー８２９ー１１１１", "048-829-1111")])
def test_digits_and_dates_are_stored_in_one_form(kind, typed, kept):
    assert stored(kind, typed) == kept


@given(st.text(st.characters(categories=("Lo", "Lu", "Ll", "Nd", "Zs"), max_codepoint=0x2FFFF), max_size=30))
@example("R¸")
def test_folding_twice_changes_nothing_and_every_part_is_a_gram(text):
    key = search_key(text)
    assert set(key) <= set(grams(text))
    assert search_key(key) == key
