"""レセプトのファイル: what payers would send: claim files record by record, and tables by a profile."""

from collections.abc import Iterable, Mapping, Sequence

from exchange.receipt_profile import LABELS, STANDARD, Profile
from rules.numbers import with_check_digit

PAYER, WELFARE = "54117015", "54117023"
RECIPIENT, OTHER_RECIPIENT = with_check_digit("000001"), with_check_digit("000002")
INSTITUTION = with_check_digit("111000001")[3:]  # as IR writes it, behind 県 and 点数表
FACILITY = f"111{INSTITUTION}"
INSURER = with_check_digit("0611999")

# Fields of each record behind its identifier, as a plain outpatient claim of September 2026 has them.
_PLAIN: Mapping[str, dict[int, str]] = {
    "IR": {1: "1", 2: "11", 3: "1", 4: INSTITUTION, 6: "見本クリニック", 7: "202610", 8: "00"},
    "YK": {1: "1", 2: "11", 3: "4", 4: with_check_digit("114000001")[3:], 5: "見本薬局", 6: "202610", 7: "00"},
    "RE": {1: "1", 2: "1122", 3: "202609", 4: "見本　太郎", 5: "1", 6: "19700401", 11: "28", 36: "ミホンタロウ"},
    "HO": {1: INSURER, 2: "見本", 3: "123", 4: "2", 5: "3000"},
    "KO": {1: PAYER, 2: RECIPIENT, 4: "2", 5: "3000", 6: "6000"},
    "JD": {1: "2", 4: "1", 18: "1"},
    "SY": {1: "0000999", 2: "20250401", 3: "1", 5: "見本病", 6: "01"},
    "SI": {1: "12", 2: "2", 3: "112007410", 5: "73", 6: "2", 16: "1", 30: "1"},
    "CO": {1: "99", 2: "2", 3: "810000001", 4: "架空のデータ"},
    "GO": {1: "2", 2: "3000", 3: "99"}}
_WIDTHS: Mapping[str, int] = {"IR": 9, "YK": 8, "RE": 37, "HO": 14, "KO": 11, "JD": 32, "SY": 7, "SI": 43, "CO": 4, "GO": 3}


def record(identifier: str, other: Mapping[int, str] | None = None, width: int | None = None) -> str:
    """One record; *other* replaces fields by their place, 1 being the first behind the identifier."""
    fields = _PLAIN.get(identifier, {}) | dict(other or {})
    return ",".join([identifier, *(fields.get(place, "") for place in range(1, (width or _WIDTHS[identifier]) + 1))])


def receipt(number: int = 1, *, common: Mapping[int, str] | None = None, insurer: Mapping[int, str] | None = None,
            payer: Mapping[int, str] | None = None, more: Sequence[str] = ()) -> list[str]:
    """The records of one medical claim with one insurer and one public payer."""
    return [record("RE", {1: str(number)} | dict(common or {})), record("HO", insurer), record("KO", payer), *more]


def claim(receipts: Iterable[Sequence[str]], *, head: str | None = None, end: Mapping[int, str] | None = None,
          encoding: str = "cp932") -> bytes:
    """A claim file of these receipts, with the totals they really have unless *end* says otherwise."""
    lines = [line for each in receipts for line in each]
    count = sum(line[:2] in ("HO", "KO") for line in lines)
    points = sum(int(line.split(",")[5]) for line in lines if line[:2] == "HO" and line.split(",")[5].isdigit())
    whole = [head or record("IR"), *lines, record("GO", {1: str(count), 2: str(points)} | dict(end or {}))]
    return "".join(f"{line}\r\n" for line in whole).encode(encoding) + b"\x1a"


def pharmacy(number: int = 1, payer: Mapping[int, str] | None = None) -> list[str]:
    """One claim of a pharmacy (調剤)."""
    return [record("RE", {1: str(number), 2: "4122", 8: "28", 9: "11", 10: "1", 11: INSTITUTION, 11 + 30: "ミホンタロウ", 36: ""}, 41),
            record("HO", {4: "1", 5: "800"}, 13), record("KO", {4: "1", 5: "800", 6: "", 7: "1600"} | dict(payer or {}), 9)]


def row(**other: str) -> dict[str, str]:
    """A row of a payer's table under our names."""
    return {"billing_month": "202610", "treatment_month": "202609", "setting": "2", "benefit_kind": "1", "days": "2", "times": "2",
            "points": "3000", "total_yen": "30000", "insurer_yen": "21000", "public_yen": "3000", "copay_yen": "6000",
            "city_support_yen": "", "payer_class": "2", "facility_number": FACILITY, "care_service": "", "receipt_kind": "1",
            "receipt_count": "1", "reexamination": "0", "payer_number": PAYER, "recipient_number": RECIPIENT,
            "name": "見本　太郎", "birth_date": "19700401", "sex": "1", "notes": "28", "tenths": "3", "meal_yen": ""} | other


def table(rows: Iterable[Mapping[str, str]], profile: Profile = STANDARD, end: Sequence[str] | None = None) -> bytes:
    """A table in the form of *profile* with its line of totals."""
    held = list(rows)
    names = {each.place: each.item for each in profile.columns}
    lines = [",".join(each.get(names.get(place, ""), "") for place in range(1, profile.width + 1)) for each in held]
    if profile.headings:
        lines.insert(0, ",".join(profile.headings))
    sums = [sum(int(each[item]) for each in held if each.get(item, "").isdigit()) for item in ("points", profile.control.yen_item)]
    lines.append(",".join(end or (profile.control.mark, str(len(held)), *map(str, sums))))
    return "".join(f"{line}\r\n" for line in lines).encode(profile.encoding)


assert tuple(LABELS)[:26] == tuple(row())
