"""レセプト電算処理ファイル: receipts become rows in the words of the office; broken files are refused whole, faults have a line."""

from datetime import date
from io import BytesIO
from pathlib import Path

import pytest

from exchange.receipt_claim import Claim
from exchange.receipt_rows import MESSAGES, SCHEMA, Fault, Totals, origin_of
from exchange.table_file import EnvelopeWrong
from rules.numbers import with_check_digit
from tests.receipt_files import FACILITY, INSURER, OTHER_RECIPIENT, PAYER, RECIPIENT, claim, pharmacy, receipt, record

SAMPLES = Path(__file__).parent / "samples"


def read(raw: bytes):
    found = Claim(BytesIO(raw))
    batches = list(found.batches())
    return found, [row for batch in batches for row in batch.rows.rows(named=True)], [f for batch in batches for f in batch.faults]


def rows(*receipts) -> list[dict]:
    _, found, faults = read(claim(receipts))
    assert faults == []
    return found


def faults(*receipts, **how) -> list[tuple]:
    return [(fault.line, fault.record, fault.item, fault.code) for fault in read(claim(receipts, **how))[2]]


def refused(raw: bytes) -> str:
    with pytest.raises(EnvelopeWrong) as wrong:
        read(raw)
    assert wrong.value.message.endswith("。")
    return wrong.value.code


def test_a_medical_claim_fills_the_items_of_the_benefit():
    (found,) = rows(receipt(more=[record("JD")]))
    assert {name: found[name] for name in (
        "billing_month", "treatment_month", "setting", "benefit_kind", "receipt_kind", "days", "points", "total_yen", "copay_yen",
        "payer_class", "facility_number", "payer_number", "recipient_number", "insurance_class", "insurer_number")} == {
        "billing_month": "2026-10", "treatment_month": "2026-09", "setting": "2", "benefit_kind": "1", "receipt_kind": "1",
        "days": 2, "points": 3000, "total_yen": 30_000, "copay_yen": 6000, "payer_class": "1", "facility_number": FACILITY,
        "payer_number": PAYER, "recipient_number": RECIPIENT, "insurance_class": "ウ", "insurer_number": INSURER}
    assert (found["first_day"], found["last_day"]) == (date(2026, 9, 3), date(2026, 9, 17))
    assert (found["insurer_yen"], found["public_yen"], found["times"]) == (None, None, None)


def test_each_value_says_where_it_came_from():
    (found,) = rows(receipt())
    origin = {name: origin_of(name, found[name], found["computed"]) for name in ("points", "total_yen", "receipt_count", "public_yen")}
    assert origin == {"points": "file", "total_yen": "computed", "receipt_count": "computed", "public_yen": None}
    assert origin_of("adjustment", "1", found["computed"], office=1 << 19) == "office"


def test_the_raw_bytes_of_a_receipt_are_cut_from_the_kept_file():
    raw = claim([receipt(1, more=[record("CO")]), receipt(2)])
    for found in read(raw)[1]:
        assert raw[found["offset"]:found["offset"] + found["size"]].startswith(f"RE,{1 if found['line'] == 2 else 2},".encode())
        assert raw[found["offset"]:found["offset"] + found["size"]].endswith(b"\r\n")


@pytest.mark.parametrize(("kind", "setting"), [("1122", "2"), ("1121", "1"), ("1328", "2"), ("1129", "1"), ("1120", "2"), ("3122", "4")])
def test_an_odd_last_digit_of_the_claim_kind_is_a_stay(kind, setting):
    assert rows(receipt(common={2: kind}))[0]["setting"] == setting


@pytest.mark.parametrize(("number", "payer_class"), [(INSURER, "1"), ("39119995", "3"), ("  110015", "2"), (with_check_digit("6711001"), "2")])
def test_the_insurer_says_what_kind_of_insurance_it_is(number, payer_class):
    assert rows(receipt(insurer={1: number}))[0]["payer_class"] == payer_class


def test_without_an_insurer_the_public_payer_speaks_for_itself():
    alone = [record("RE", {2: "1212"}), record("KO")]
    raw = claim([alone], end={1: "1", 2: "3000"})
    found, (made,), _ = read(raw)
    assert (made["payer_class"], made["insurer_number"], made["points"], found.counted) == ("4", None, 3000, Totals(1, 3000))


def test_what_the_public_payer_leaves_blank_the_insurer_says():
    (found,) = rows(receipt(insurer={4: "5", 5: "4000", 8: "7680"}, payer={4: "0", 5: "", 6: ""}))
    assert (found["days"], found["points"], found["meal_yen"], found["total_yen"], found["copay_yen"]) == (5, 4000, 7680, 47_680, None)


@pytest.mark.parametrize(("notes", "insurance_class", "many"), [("28", "ウ", False), ("0130", "オ", False), ("33", "ウ", True), ("", None, None), ("42", "キ", False)])
def test_the_insurance_class_stands_in_the_notes(notes, insurance_class, many):
    (found,) = rows(receipt(common={11: notes}))
    assert (found["insurance_class"], found["many_times"]) == (insurance_class, many)


def test_other_public_payers_are_named_by_their_scheme():
    other = record("KO", {1: "12110015", 2: RECIPIENT})
    (found,) = rows([*receipt(), other])
    assert (found["other_schemes"], found["recipient_number"]) == ("12", RECIPIENT)


def test_both_calendars_mean_the_same_days():
    head = record("IR", {7: "50810"})
    old = receipt(common={3: "50809", 6: "3450401"})
    (found,) = read(claim([old], head=head))[1]
    assert (found["billing_month"], found["treatment_month"], found["birth_date"]) == ("2026-10", "2026-09", date(1970, 4, 1))


def test_a_pharmacy_counts_prescriptions_and_has_its_share_elsewhere():
    found, (made,), _ = read(claim([pharmacy()], head=record("YK")))
    assert (made["setting"], made["benefit_kind"], made["receipt_kind"]) == ("5", "5", "4")
    assert (made["times"], made["days"], made["points"], made["copay_yen"], made["name_kana"]) == (1, None, 800, 1600, "ミホンタロウ")
    assert (found.agency, found.declared) == ("1", Totals(2, 800))


def test_a_record_of_dpc_makes_the_receipt_one():
    stay = [record("RE", {2: "1121", 36: ""}, 39), record("HO", width=15), record("KO", width=12), "BU,040080x199x0xx,20260901,,,"]
    (found,) = rows(stay)
    assert (found["receipt_kind"], found["setting"]) == ("2", "1")


def test_unknown_records_are_counted_and_never_a_failure():
    found, made, named = read(claim([["MN,123456789,", *receipt(1, more=["JY,1", "ZZ"])], receipt(2, more=["JY,2"])]))
    assert (len(made), named, dict(found.unknown)) == (2, [], {"MN": 1, "JY": 2, "ZZ": 1})


def test_one_file_may_hold_several_institutions():
    first, second = claim([receipt()])[:-1], claim([pharmacy()], head=record("YK"))
    found, made, _ = read(first + second)
    assert ([row["setting"] for row in made], found.declared, found.counted) == (["2", "5"], Totals(4, 3800), Totals(4, 3800))


@pytest.mark.parametrize(("part", "place", "typed", "named"), [
    ("payer", 1, "54117016", (4, "KO", "payer_number", "check_digit")), ("payer", 2, "0000019", (4, "KO", "recipient_number", "check_digit")),
    ("payer", 2, "18", (4, "KO", "recipient_number", "format")), ("payer", 2, "", (4, "KO", "recipient_number", "missing")),
    ("payer", 6, "6x", (4, "KO", "copay_yen", "format")), ("payer", 1, "12110015", (2, "RE", "payer_number", "no_payer")),
    ("insurer", 1, "06119995", (3, "HO", "insurer_number", "check_digit")), ("insurer", 4, "-1", (3, "HO", "HO days", "format")),
    ("common", 3, "202613", (2, "RE", "treatment_month", "month")), ("common", 6, "19700230", (2, "RE", "birth_date", "date")),
    ("common", 5, "3", (2, "RE", "sex", "unknown_code")), ("common", 4, "", (2, "RE", "name", "missing")),
    ("common", 2, "9122", (2, "RE", "claim_kind", "format")), ("common", 4, "見" * 21, (2, "RE", "name", "too_long"))])
def test_a_fault_names_line_record_and_item_and_spares_the_other_receipts(part, place, typed, named):
    raw = claim([receipt(1, **{part: {place: typed}}), receipt(2)])
    _, made, found = read(raw)
    assert [(f.line, f.record, f.item, f.code) for f in found] == [named]
    assert len(made) == 1 and all(fault.code in MESSAGES for fault in found)


def test_records_out_of_order_or_twice_are_named():
    plain = receipt()
    assert faults([plain[0], plain[2], plain[1]]) == [(4, "HO", "", "order")]
    assert faults([*plain[:2], *plain[1:]], end={1: "3", 2: "3000"}) == [(4, "HO", "", "doubled")]
    assert faults([*plain, record("KO", {2: OTHER_RECIPIENT})]) == [(5, "KO", "payer_number", "doubled")]
    assert faults([*plain, record("JD", {32: "1"})]) == [(5, "JD", "31", "date")]
    assert faults([plain[0] + ",", *plain[1:]]) == [(2, "RE", "", "fields")]
    assert faults([*plain, record("SI")[:-1]]) == [(5, "SI", "", "fields")]


@pytest.mark.parametrize(("damage", "code"), [
    (lambda raw: raw[:-1], "truncated"), (lambda raw: raw[:-3], "truncated"), (lambda raw: raw.replace(b"\r\n", b"\n"), "truncated"),
    (lambda raw: raw + b"\x1a", "truncated"), (lambda raw: raw[:raw.index(b"GO")] + b"\x1a", "truncated"), (lambda raw: b"\x1a", "truncated"),
    (lambda raw: b"", "truncated"), (lambda raw: raw.replace("太郎".encode("cp932"), b"\x81\x20"), "encoding"),
    (lambda raw: raw.replace("太郎".encode("cp932"), b"\x80\xa0"), "encoding"), (lambda raw: raw.replace(b"RE,1", b"RE\x00,1"), "encoding"),
    (lambda raw: raw.decode("cp932").encode(), "encoding"), (lambda raw: raw[raw.index(b"RE"):], "head"),
    (lambda raw: raw.replace(b"IR,1,", b"IR,3,"), "head"), (lambda raw: raw.replace(b"IR,1,11,1", b"IR,1,11,9"), "layout"),
    (lambda raw: raw.replace(b"202610", b"2026-10"), "layout"), (lambda raw: raw.replace(b"202610,00", b"202610,01"), "head"),
    (lambda raw: raw.replace(b"GO,2", b"GO,3"), "totals"), (lambda raw: raw.replace(b",3000,99", b",3001,99"), "totals"),
    (lambda raw: raw.replace(b"3000,99", b"3000,00"), "end"), (lambda raw: raw.replace(b"RE,1", b"RE,2"), "sequence"),
    (lambda raw: raw.replace(b"RE,", b"HO,", 1), "order"), (lambda raw: raw.replace(b"HO,", b"IR,", 1), "order")])
def test_a_file_whose_frame_is_broken_is_refused_whole(damage, code):
    assert refused(damage(claim([receipt()]))) == code


def test_nothing_of_a_file_counts_before_its_end():
    """The good receipts come first; the verdict comes last, and takes them back."""
    many = claim([receipt(number) for number in range(1, 10_003)], end={1: "1"})
    batches = Claim(BytesIO(many)).batches()
    assert next(batches).read == 10_000
    with pytest.raises(EnvelopeWrong):
        list(batches)


@pytest.mark.parametrize("name", ["ika", "ika_wareki", "dpc", "chozai"])
def test_the_sample_of_each_edition_is_read_and_its_broken_twin_is_not(name):
    found, made, named = read((SAMPLES / f"{name}.UKE").read_bytes())
    assert made and named == [] and found.declared == found.counted
    assert all(set(row) == set(SCHEMA) for row in made)
    broken = (SAMPLES / f"{name}_broken.UKE").read_bytes()
    _, left, named = read(broken)
    assert len(left) == len(made) - 1 and {type(fault) for fault in named} == {Fault}
