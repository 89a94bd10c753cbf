"""文言: a finished sentence is Japanese text that another language can still take apart."""

import pytest
from flask import session

from app.words import say
from translations.wording import said


@pytest.fixture
def english(app):
    with app.test_request_context("/"):
        session["locale"] = "en"
        yield


def test_a_sentence_reads_as_plain_japanese():
    assert said("%(most)s文字以内で入力してください。", most=20) == "20文字以内で入力してください。"


def test_an_english_reader_hears_it_in_english_with_its_values(english):
    assert say(said("%(most)s文字以内で入力してください。", most=20)) == "Enter at most 20 characters."


def test_a_word_within_a_sentence_is_said_in_english_too(english):
    assert say(said("「%(label)s」を入力してください。", label=said("性別"))) == "Enter “Sex”."


def test_a_name_within_a_sentence_stays_as_it_is(english):
    assert say(said("%(name)sさんが入力中です。次の一枚へ進んでください。", name="入江 一郎")).startswith("入江 一郎 is keying")


def test_a_percent_sign_in_a_value_harms_nothing(english):
    assert "100%" in say(said("「%(label)s」を入力してください。", label="100%"))


def test_nothing_is_said_of_nothing():
    assert say("") == ""
