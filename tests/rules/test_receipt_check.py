"""レセプトの点検: every check at its border, and the same errors whether a thousand rows are judged at once or one by one."""

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.receipt_rows import SCHEMA
from rules.receipt_check import BY_CODE, CHECKS, claim_key, failing
from rules.receipt_join import CACHED_MONTHS, Known, joined, name_agrees
from rules.spelling import search_key
from tests.rules.receipt_twin import Office, codes

PAYERS = ("54117015", "54117023")
HOLDERS = {"recipient_id": pl.Int64, "certification_id": pl.Int64, "payer_number": pl.String, "recipient_number": pl.String,
           "valid_from": pl.Date, "until": pl.Date, "cap_yen": pl.Int64, "tier": pl.String, "name": pl.String, "kana_key": pl.String,
           "birth_date": pl.Date, "sex": pl.String, "insurance_class": pl.String}
FACILITIES = {"number": pl.String, "valid_from": pl.Date, "valid_to": pl.Date}


def holder(**other: Any) -> dict[str, Any]:
    return {"recipient_id": 7, "certification_id": 70, "payer_number": PAYERS[0], "recipient_number": "0000018",
            "valid_from": date(2026, 9, 10), "until": date(2027, 9, 30), "cap_yen": 10_000, "tier": "C1", "name": "髙橋　花子",
            "kana_key": "タカハシハナコ", "birth_date": date(1970, 4, 1), "sex": "2", "insurance_class": "ウ"} | other


def facility(**other: Any) -> dict[str, Any]:
    return {"number": "1110000013", "valid_from": date(2015, 1, 1), "valid_to": None} | other


def receipt(**other: Any) -> dict[str, Any]:
    return dict.fromkeys(SCHEMA) | {
        "line": 2, "offset": 0, "size": 100, "computed": 0, "billing_month": "2026-10", "treatment_month": "2026-09", "setting": "2",
        "days": 2, "points": 3000, "total_yen": 30_000, "insurer_yen": 21_000, "public_yen": 3000, "copay_yen": 6000,
        "facility_number": "1110000013", "receipt_kind": "1", "payer_number": PAYERS[0], "recipient_number": "0000018",
        "name": "髙橋　花子", "birth_date": date(1970, 4, 1), "sex": "2", "insurance_class": "ウ", "tenths": 3} | other


NOISE = [holder(recipient_id=8, certification_id=80, recipient_number="0000026", name="見本　太郎", kana_key="ミホンタロウ", sex="1",
                tier="A", valid_from=date(2020, 1, 1), until=date(2020, 12, 31))]


def known(holders=None, facilities=None, paid=()) -> Known:
    return Known(pl.DataFrame([*(holders or [holder()]), *NOISE], schema=HOLDERS, orient="row"),
                 pl.DataFrame(facilities or [facility()], schema=FACILITIES, orient="row"),
                 pl.DataFrame(list(paid), schema={"recipient_id": pl.Int64, "treatment_month": pl.String}, orient="row"), PAYERS)


def found(*rows: dict[str, Any], office: Known | None = None, severities: dict[str, str] | None = None) -> list[str]:
    frame = pl.DataFrame([each | {"line": at} for at, each in enumerate(rows)], schema=SCHEMA, orient="row")
    return failing(joined(frame, office or known()), severities or {})["code"].to_list()


def test_a_sound_receipt_finds_nothing():
    assert found(receipt()) == []


@pytest.mark.parametrize(("other", "code"), [
    ({"payer_number": "54126016"}, ["E1"]), ({"recipient_number": "0000034"}, ["E2"]), ({"recipient_number": "0000026"}, ["E3"]),
    ({"treatment_month": "2026-08"}, ["E3"]), ({"first_day": date(2026, 9, 9)}, ["E3"]), ({"first_day": date(2026, 9, 10)}, []),
    ({"treatment_month": "2027-09", "billing_month": "2027-10", "last_day": date(2027, 9, 30)}, []),
    ({"treatment_month": "2027-10", "billing_month": "2027-10"}, ["E3"]),
    ({"name": "高橋　花子"}, []), ({"name": "ﾀｶﾊｼ ﾊﾅｺ"}, []), ({"name": "たかはし花子", "name_kana": "タカハシハナコ"}, []),
    ({"name": "見本　太郎"}, ["W4"]), ({"birth_date": date(1970, 4, 2)}, ["W4"]), ({"sex": "1"}, ["W4"]), ({"name": None, "sex": None}, []),
    ({"facility_number": "1110000021"}, ["W5"]),
    ({"public_yen": 2999}, ["W8"]), ({"public_yen": 3001}, ["W8"]), ({"city_support_yen": 500, "public_yen": 2500}, []),
    ({"city_support_yen": 500, "public_yen": 3500}, []), ({"computed": 512, "public_yen": 1}, []),
    ({"meal_yen": 7680, "total_yen": 37_680, "public_yen": 3000}, []), ({"meal_yen": 7680, "total_yen": 37_680, "public_yen": 10_680}, []),
    ({"meal_yen": 7680, "total_yen": 37_680, "public_yen": 10_681}, ["W8"]),
    ({"total_yen": 30_001, "public_yen": 3001}, ["W9"]), ({"total_yen": 30_001, "public_yen": 3001, "computed": 128}, []),
    ({"points": None}, []), ({"payer_number": PAYERS[1]}, ["W10"]), ({"public_yen": 30_000, "insurer_yen": 0, "copay_yen": None}, ["W10"]),
    ({"insurance_class": "エ"}, ["W11"]), ({"insurance_class": "キ"}, []), ({"insurance_class": None}, []),
    ({"setting": "7", "care_service": "13"}, []), ({"setting": "7", "care_service": "15"}, ["W13"]), ({"setting": "7"}, ["W13"]),
    ({"setting": "7", "care_service": "53"}, ["W13"]), ({"other_schemes": "52"}, ["W14"]), ({"other_schemes": "12"}, ["W14"]),
    ({"other_schemes": "21"}, []), ({"billing_month": "2026-08"}, ["W15"]), ({"billing_month": "2026-09"}, []),
    ({"billing_month": "2031-09"}, []), ({"billing_month": "2031-10"}, ["W15"])])
def test_each_check_at_its_border(other, code):
    assert found(receipt(**other)) == code


@pytest.mark.parametrize(("span", "days", "code"), [
    ({"valid_to": date(2026, 8, 31)}, {}, ["W5"]), ({"valid_to": date(2026, 9, 1)}, {}, []), ({"valid_from": date(2026, 10, 1)}, {}, ["W5"]),
    ({"valid_to": date(2026, 9, 16)}, {"last_day": date(2026, 9, 17)}, ["W5"]), ({"valid_to": date(2026, 9, 17)}, {"last_day": date(2026, 9, 17)}, [])])
def test_designation_counts_on_the_day_of_treatment(span, days, code):
    assert found(receipt(**days), office=known(facilities=[facility(**span)])) == code


def test_an_empty_batch_finds_nothing():
    assert found() == []


def test_a_month_paid_back_is_not_paid_twice():
    assert found(receipt(), office=known(paid=[(7, "2026-09")])) == ["W12"]
    assert found(receipt(), office=known(paid=[(7, "2026-08"), (8, "2026-09")])) == []


def test_welfare_goes_with_its_own_payer_number():
    office = known([holder(tier="A")])
    assert found(receipt(), office=office) == ["W10"]
    assert found(receipt(payer_number=PAYERS[1], public_yen=30_000, insurer_yen=0, copay_yen=0, other_schemes="12"), office=office) == []


def test_certificates_of_the_elderly_say_the_same_class_in_other_letters():
    for held, claimed in (("Ⅵ", "ア"), ("Ⅲ", "エ"), ("Ⅰ", "オ"), ("Ⅱ", "オ")):
        office = known([holder(insurance_class=held)])
        assert found(receipt(insurance_class=claimed), office=office) == []
        assert found(receipt(insurance_class="イ"), office=office) == ["W11"]


def test_the_period_of_a_month_is_the_first_that_touches_it_and_the_next_goes_on_from_it():
    office = known([holder(), holder(certification_id=71, valid_from=date(2027, 10, 1), until=date(2028, 9, 30), cap_yen=20_000),
                    holder(certification_id=69, valid_from=date(2026, 4, 1), until=date(2026, 9, 9), cap_yen=5000)])
    rows = [receipt(line=at, treatment_month=month, last_day=day) for at, (month, day) in enumerate(
        [("2026-09", date(2026, 9, 30)), ("2026-10", None), ("2027-10", None), ("2026-03", None)])]
    frame = joined(pl.DataFrame(rows, schema=SCHEMA, orient="row"), office)
    assert frame["certification_id"].to_list() == [69, 70, 71, None] and frame["cap_yen"].to_list() == [5000, 10_000, 20_000, None]
    assert frame["recipient_id"].to_list() == [7] * 4
    assert failing(frame, {})["code"].to_list() == ["W15", "E3"]


def test_the_city_decides_how_grave_a_finding_is():
    wrong = receipt(sex="1", public_yen=2999)
    frame = joined(pl.DataFrame([wrong], schema=SCHEMA, orient="row"), known())
    assert failing(frame, {"W4": "block", "W8": "ignore"}).rows() == [(2, "W4", "block")]
    assert failing(frame, {}).rows() == [(2, "W4", "work"), (2, "W8", "work")]


def test_every_check_has_its_sentence_and_its_own_code():
    assert [check.code for check in CHECKS] == ["E1", "E2", "E3", *(f"W{number}" for number in range(4, 17))]
    assert all(check.sentence.endswith("。") and check.item in SCHEMA and check.severity == ("block" if code[0] == "E" else "work")
               for code, check in BY_CODE.items())


def test_equal_receipts_have_equal_keys_unless_one_is_claimed_again_on_purpose():
    same, other = receipt(), [receipt(points=3001), receipt(days=3), receipt(treatment_month="2026-08"), receipt(setting="1")]
    keys = claim_key(pl.DataFrame([same, same | {"line": 9}, *other, receipt(reexamination="3"), receipt(reexamination="0")],
                                  schema=SCHEMA, orient="row"))
    assert keys[0] == keys[1] == keys[-1] and keys[-2] is None and keys[:6].n_unique() == 5


@pytest.mark.parametrize(("name", "kana", "agrees"), [
    ("吉田　邉子", None, True), ("?田　邉?子", None, True), ("〓田辺子", None, True), ("?田　花子", None, False), ("??", None, False), ("?", None, False),
    ("ヨシダ ハナコ", None, True), ("別の人", "ﾖｼﾀﾞﾊﾅｺ", True), ("別の人", "ベツノヒト", False)])
def test_a_name_agrees_in_every_spelling_and_where_the_sender_lacked_a_letter(name, kana, agrees):
    assert name_agrees(name, kana, "𠮷田 邉󠄏子", search_key("ヨシダ ハナコ")) is agrees


MONTHS = st.sampled_from(["2026-08", "2026-09", "2026-10", "2027-09", "2021-09", "2017-12", "2018-04", "2024-03"])
DAYS = st.none() | st.sampled_from([date(2026, 9, 1), date(2026, 9, 9), date(2026, 9, 10), date(2026, 9, 30)])
SMALL = st.sampled_from([None, 0, 500, 3000, 6000, 7680])
ROWS = st.fixed_dictionaries({}, optional={
    "payer_number": st.sampled_from([*PAYERS, "54126016"]), "recipient_number": st.sampled_from(["0000018", "0000026", "0000034"]),
    "treatment_month": MONTHS, "billing_month": MONTHS, "first_day": DAYS, "last_day": DAYS, "setting": st.sampled_from(["1", "2", "7"]),
    "care_service": st.sampled_from([None, "13", "15", "53", "55"]), "name": st.sampled_from([None, "高橋花子", "見本　太郎", "ﾀｶﾊｼﾊﾅｺ"]),
    "name_kana": st.sampled_from([None, "タカハシハナコ"]), "birth_date": st.sampled_from([None, date(1970, 4, 1), date(1970, 4, 2)]),
    "sex": st.sampled_from([None, "1", "2"]), "facility_number": st.sampled_from(["1110000013", "1110000021"]),
    "points": st.sampled_from([None, 3000, 2232]), "total_yen": st.sampled_from([0, 30_000, 30_001, 37_680]), "insurer_yen": SMALL,
    "public_yen": st.sampled_from([None, 0, 3000, 30_000]), "copay_yen": SMALL, "city_support_yen": SMALL, "meal_yen": SMALL,
    "computed": st.sampled_from([0, 128, 256, 512]), "insurance_class": st.sampled_from([None, "ウ", "エ", "キ"]),
    "other_schemes": st.sampled_from([None, "12", "52", "21,12", "5212"])}).map(lambda other: receipt(**other))
HELD = st.fixed_dictionaries({}, optional={
    "recipient_number": st.sampled_from(["0000018", "0000026"]), "tier": st.sampled_from([None, "A", "C1"]),
    "insurance_class": st.sampled_from([None, "ウ", "Ⅲ"]),
    "valid_from": st.sampled_from([date(2017, 1, 1), date(2026, 9, 1), date(2026, 9, 10)]),
    "until": st.sampled_from([date(2026, 9, 10), date(2026, 9, 30), date(2027, 9, 30)])}).map(lambda other: holder(**other))
PLACES = st.lists(st.fixed_dictionaries({}, optional={
    "number": st.sampled_from(["1110000013", "1110000021"]), "valid_from": st.sampled_from([date(2015, 1, 1), date(2026, 9, 10)]),
    "valid_to": st.sampled_from([None, date(2026, 9, 9), date(2026, 9, 30)])}).map(lambda other: facility(**other)), max_size=2)


@given(st.lists(ROWS, min_size=1, max_size=30), st.lists(HELD, max_size=2), PLACES, st.lists(st.tuples(st.sampled_from([7, 8]), MONTHS), max_size=2))
@settings(max_examples=120)
def test_a_thousand_at_once_find_what_one_by_one_would(rows, held, places, paid):
    holders = [each | {"recipient_id": {"0000018": 7, "0000026": 9}[each["recipient_number"]]} for each in held]
    rows = [each | {"line": at} for at, each in enumerate(rows)]
    office = Known(pl.DataFrame(holders, schema=HOLDERS, orient="row"), pl.DataFrame(places, schema=FACILITIES, orient="row"),
                   pl.DataFrame(paid, schema={"recipient_id": pl.Int64, "treatment_month": pl.String}, orient="row"), PAYERS)
    at_once = failing(joined(pl.DataFrame(rows, schema=SCHEMA, orient="row"), office), {}).select("line", "code").rows()
    assert at_once == [(at, code) for at, row in enumerate(rows) for code in codes(row, Office(holders, places, paid, PAYERS))]


def test_many_months_at_once_are_judged_as_few_are():
    months = [f"{year}-{month:02}" for year in range(2025, 2027) for month in range(1, 13)]
    assert len(months) > CACHED_MONTHS
    rows = [receipt(treatment_month=month, billing_month="2026-12") for month in months]
    held = known([holder(valid_from=date(2025, 6, 1), until=date(2026, 3, 31))])
    together = found(*rows, office=held)
    assert together == [code for row in rows for code in found(row, office=held)] and together.count("E3") == 14
