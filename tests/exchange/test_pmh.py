"""医療費助成対象者情報登録: one record by the published description, and a client that shows its token to nobody else."""

import os
from dataclasses import replace
from datetime import date

import pytest

from config import Settings, UnreadableSetting
from exchange.pmh import HeldCertificate, ItemWrong, Registrar, TokenUnusable, registration, token_in, with_number
from exchange.soap import Silent
from tests.pmh import TOKEN, is_taken

TOLD = HeldCertificate(name="見本 花子", name_kana="ミホン ハナコ", address="見本県見本市見本町1-1", born_on=date(1960, 1, 1), sex="2",
               is_not_disclosed=False, payer_number="54111012", recipient_number="1234567", valid_from=date(2026, 11, 10),
               valid_to=date(2027, 9, 30), income_segment="", copay_cap_yen=0, history_key="1", is_deleted=False)
CODES = {"certificate_type": "A1", "certification_name": "受給者証", "segment": "", "cap_key": ""}


def test_a_record_is_one_the_description_takes_and_blank_codes_are_left_out():
    record = with_number(registration(TOLD, CODES), "0" * 12)
    assert is_taken(record) and not record.keys() & {"segment", "incomeSegment", "maxCopaymentAmount"}
    full = registration(replace(TOLD, income_segment="3"), CODES | {"segment": "2", "cap_key": "m"})
    assert (full["segment"], full["incomeSegment"], full["maxCopaymentAmount"]) == ("2", "3", {"m": 0})


@pytest.mark.parametrize(("item", "change"), [
    ("nameKana", {"name_kana": None}), ("address", {"address": " "}), ("sex", {"sex": ""}),
    ("medicalSubsidyInsurerNumber", {"payer_number": "5411101"}), ("medicalSubsidyInsurerNumber", {"payer_number": "541110123"}),
    ("medicalSubsidyRecipientNumber", {"recipient_number": None}), ("medicalSubsidyRecipientNumber", {"recipient_number": "1" * 31}),
    ("validFrom", {"valid_from": None}), ("validTo", {"valid_to": None}), ("validTo", {"valid_to": date(2026, 11, 9)})])
def test_an_item_that_would_not_be_taken_is_named_without_what_stands_in_it(item, change):
    with pytest.raises(ItemWrong) as wrong:
        registration(replace(TOLD, **change), CODES)
    assert str(wrong.value) == item


@pytest.mark.parametrize(("item", "change"), [
    ("orgSpecificCertificateTypeId", {"certificate_type": "x" * 51}), ("orgSpecificCertificateTypeId", {"certificate_type": "あ"}),
    ("certificationName", {"certification_name": "証" * 101})])
def test_a_code_of_the_city_that_is_too_long_is_named(item, change):
    with pytest.raises(ItemWrong, match=item):
        registration(TOLD, CODES | change)


@pytest.mark.parametrize("number", ["", "1" * 11, "1" * 13, "１" * 12])
def test_a_number_has_twelve_digits(number):
    with pytest.raises(ItemWrong, match="myNumber"):
        with_number(registration(TOLD, CODES), number)


@pytest.mark.parametrize(("mode", "content", "words"), [
    (0o640, TOKEN, "chmod 0600"), (0o600, "", "使えるトークン"), (0o600, "a b", "使えるトークン"), (0o600, "鍵", "読めません")])
def test_a_token_that_others_could_read_or_that_is_none_is_not_used(tmp_path, mode, content, words):
    file = tmp_path / "token"
    file.write_text(content)
    os.chmod(file, mode)
    with pytest.raises(TokenUnusable, match=words):
        token_in(file)
    with pytest.raises(Silent):
        Registrar("http://127.0.0.1:1/", file).call("PmhToroku", "1", "core", {})


def test_nobody_answers_is_silence_and_says_nothing_of_what_was_sent(tmp_path):
    file = tmp_path / "token"
    file.write_text(TOKEN)
    file.chmod(0o600)
    with pytest.raises(Silent) as silent:
        Registrar("http://127.0.0.1:1/", file).call("PmhToroku", "1", "core", {"name": "見本"})
    assert (str(silent.value), silent.value.__cause__) == ("ConnectionError", None)
    with pytest.raises(TokenUnusable, match="NANBYO_PMH_TOKEN"):
        token_in(None)


@pytest.mark.parametrize(("address", "is_right"), [
    ("https://pmh.example/v1", True), ("http://localhost:8080/v1", True), ("http://pmh.example/v1", False), ("https://u:p@pmh.example/", False),
    ("http://localhost.example/", False), ("ftp://pmh.example/", False)])
def test_the_address_is_by_tls_unless_it_is_this_machine(monkeypatch, address, is_right):
    monkeypatch.setenv("NANBYO_PMH_URL", address)
    if is_right:
        assert Settings.from_environment().pmh_url == address
    else:
        with pytest.raises(UnreadableSetting, match="NANBYO_PMH_URL"):
            Settings.from_environment()
