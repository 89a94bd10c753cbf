"""文字の縮退: what a destination lacks is written as decided, and never a "?"; only the platform's own signature counts."""

import json
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.characters import (
    BANK,
    CP932,
    DESTINATIONS,
    EMPTY,
    JIS,
    PLAIN,
    CharacterTable,
    TableWrong,
    Undecided,
    is_allowed,
    read,
    read_again,
    sign,
)

KEY = Ed25519PrivateKey.generate()
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
TABLE = CharacterTable(3, {CP932: {"𠮷": "吉", "\ue000": "髙橋"}, BANK: {"ヲ": "オ"}})


@pytest.mark.parametrize(("text", "destination", "written"), [
    ("𠮷田", CP932, "吉田"), ("\ue000", CP932, "髙橋"), ("辻\U000e0102", CP932, "辻"), ("髙", CP932, "髙"), ("〜−—", CP932, "〜−―"),
    ("～", JIS, "〜"), ("ヲカモト", BANK, "オカモト"), ("ﾔﾏﾀﾞ", BANK, "ﾔﾏﾀﾞ"), ("辻\U000e0102𠮷", PLAIN, "辻\U000e0102𠮷")])
def test_a_letter_is_written_as_the_destination_can_hold_it(text, destination, written):
    assert TABLE.written(text, destination) == written


@pytest.mark.parametrize(("text", "destination"), [
    ("𠮷", CP932), ("髙", JIS), ("ヲ", BANK), ("山", BANK), *(("\ue000", destination) for destination in DESTINATIONS)])
def test_what_nobody_decided_is_named_by_its_number_and_written_nowhere(text, destination):
    with pytest.raises(Undecided) as found:
        EMPTY.written(f"A{text}", destination)
    assert found.value.letter == text and "U+" in found.value.message and text not in found.value.message


@given(st.text(max_size=12))
@settings(max_examples=60, deadline=None)
def test_what_is_written_fits_the_destination_or_nothing_is(text):
    try:
        raw = TABLE.written(text, CP932).encode("cp932")
    except Undecided:
        return
    assert raw.count(b"?") == text.count("?")


@pytest.mark.parametrize("instead", ["?", "〓", "■", "", "𠮷", "吉吉吉吉吉", "\ue001"])
def test_no_table_turns_a_letter_into_one_that_says_nothing_or_cannot_be_written(instead):
    assert not is_allowed("𠮷", instead, CP932)
    with pytest.raises(TableWrong, match="letters"):
        read(sign(KEY, CharacterTable(1, {CP932: {"𠮷": instead}}), NOW, "x"), KEY.public_key())


def test_only_the_file_that_was_signed_is_read():
    raw = sign(KEY, TABLE, NOW, "見本")
    assert read(raw, KEY.public_key()) == TABLE == read_again(raw)
    with pytest.raises(TableWrong, match="signature"):
        read(raw, Ed25519PrivateKey.generate().public_key())
    with pytest.raises(TableWrong, match="signature"):
        read(json.dumps(json.loads(raw) | {"number": 9}).encode(), KEY.public_key())
    for broken in (b"", b"[]", b"{}", raw[:-1]):
        with pytest.raises(TableWrong, match="shape"):
            read(broken, KEY.public_key())
