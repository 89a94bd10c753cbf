"""パスワードの善し悪し: what everybody tries is refused, whatever letters it has; a sentence is not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.password import common_passwords, is_guessable


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
