"""パスワードの善し悪し: what everybody tries is refused, whatever letters it has; a sentence is not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config import DEMO_CITY, ROOT
from procedures.city import city_of
from rules.password import CONTEXT_WORDS, common_passwords, is_guessable, leans_on


@pytest.mark.parametrize("password", [
    "password", "PassWord", "passwordpassword", "password12345678", "123456789012345", "qwertyuiopasdfgh", "987654321098765",
    "abcabcabcabcabc", "sunshinebaseball", "1qaz2wsx3edc4rfv", "aaaaaaaaaaaaaaaa", "abababababababab", "iloveyouiloveyou",
    "zyxwvutsrqponmlkj", "asdfghjkl;:]qwertyuiop", "dragon1234567890"])
def test_what_everybody_tries_is_guessable(password):
    assert is_guessable(password)


@pytest.mark.parametrize("password", [
    "なんびょうの まどぐちで はたらく", "correct horse battery", "abcde abcde abc", "4kt3-9fjs-2klq-xx8d", "a new long sentence",
    "まどぐちの あさは しずかだ 2026", "demo-Nanbyo-1xx"])
def test_a_sentence_is_not(password):
    assert not is_guessable(password)


def test_the_list_is_large_and_in_small_letters():
    assert len(common_passwords()) > 50_000 and all(word == word.casefold() for word in common_passwords())


@given(st.sampled_from(sorted(common_passwords())[::997]), st.sampled_from(sorted(common_passwords())[5::991]))
@settings(max_examples=30)
def test_two_common_words_in_a_row_are_as_guessable_as_one(one, two):
    assert is_guessable(one + two) and is_guessable((one + two).upper())


@given(st.text(max_size=60))
@settings(max_examples=50)
def test_anything_that_can_be_typed_is_judged(text):
    assert is_guessable(text) in (True, False)


@pytest.mark.parametrize("password", ["nanbyo-shitei-madoguchi", "難病受給者窓口の担当です", "Mihonshi-Hokenjo-2026!", "パスワード パスワード 難病医療費", "mihon1234567890mihon"])
def test_words_of_the_place_make_no_password(password):
    assert leans_on(password, CONTEXT_WORDS | {"mihon", "mihonshi"})


@pytest.mark.parametrize("password", ["まどぐちの あさは しずかだ", "難病の 担当は 毎朝 川を 走って 渡る", "abcde abcde abc"])
def test_a_sentence_may_hold_a_word_of_the_place(password):
    assert not leans_on(password, CONTEXT_WORDS)


def test_the_page_of_the_door_lists_the_words_of_the_place():
    told = (ROOT / "docs" / "door.md").read_text()
    assert [word for word in sorted(CONTEXT_WORDS) if word not in told] == []
    assert {"見本市", "見本", "埼玉県", "見本市保健所", "mihon"} <= city_of(DEMO_CITY).context_words
