"""レセプトの組立て: the records of one claim (RE, HO, KO, JD …) become one raw row; what does not fit is named by its line."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import polars as pl

from exchange.receipt_columns import Column, judged, month_of
from exchange.receipt_layout import Edition, editions
from exchange.receipt_lines import Line
from exchange.receipt_meaning import completed, whole
from exchange.receipt_rows import SCHEMA, Batch, Fault

SCHEME: Final = "54"  # 法別番号: 難病法による特定医療
MOST: Final = {"HO": 1, "KO": 4, "MF": 1}
_SEXES: Final = {"1": "1", "2": "2"}
COLUMNS: Final = (
    Column("billing_month", "IR", "month", True), Column("facility_number", "IR", "facility", True),
    Column("claim_kind", "RE", "claim_kind", True), Column("treatment_month", "RE", "month", True),
    Column("name", "RE", "text", True, longest=40), Column("name_kana", "RE", "text", longest=80),
    Column("sex", "RE", "code", True, codes=_SEXES), Column("birth_date", "RE", "date", True),
    Column("tenths", "RE", "benefit_rate"), Column("notes", "RE", "notes"), Column("unit_yen", "RE", "count"),
    Column("insurer_number", "HO", "insurer", line="HO line"),
    *(Column(f"HO {item}", "HO", kind, line="HO line") for item, kind in (
        ("days", "count"), ("times", "count"), ("points", "count"), ("meal_yen", "yen"))),
    Column("payer_number", "KO", "payer", True, "KO line"), Column("recipient_number", "KO", "recipient", True, "KO line"),
    *(Column(f"KO {item}", "KO", kind, line="KO line") for item, kind in (
        ("days", "count"), ("times", "count"), ("points", "count"), ("meal_yen", "yen"))),
    Column("copay_yen", "KO", "yen", line="KO line"))
_RAW: Final = pl.Schema({**{each.item: pl.String() for each in COLUMNS}, "receipt_kind": pl.String(),
                         "other_schemes": pl.String(), "first_day": pl.Date(), "last_day": pl.Date(),
                         "line": pl.Int64(), "HO line": pl.Int64(), "KO line": pl.Int64(), "offset": pl.Int64(),
                         "size": pl.Int32()})


@dataclass
class Receipt:
    """組み立てたレセプト: its number, what it adds to the unit's totals (points None: unreadable), its raw row, its faults."""

    line: int
    number: int | None = None
    count: int = 0
    points: int | None = None
    row: dict[str, object] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def name(self, line: Line, record: str, item: str, code: str) -> None:
        """Note a fault of one line."""
        self.faults.append(Fault(line.number, record, item, code))


Parsed = list[tuple[Line, dict[str, str | None]]]


def receipt_of(lines: Sequence[Line], outer: Edition, head: dict[str, str | None], unknown: Counter[str]) -> Receipt:
    """一件: its records read in the edition that holds for it; unknown ones are only counted."""
    made = Receipt(lines[0].number)
    edition = next((editions()[outer.instead[each]] for each in (line.record for line in lines) if each in outer.instead), outer)
    parsed = _parsed(made, lines, edition, outer, unknown)
    common, payers, insurers = parsed.get("RE", []), parsed.get("KO", []), parsed.get("HO", [])
    made.count = sum(line.record in ("HO", "KO") for line in lines)
    main = (insurers or payers)[:1]
    made.points = _number(main[0][1]["points"]) if main else None
    if insurers and insurers[0][1]["points"] is None:
        made.name(insurers[0][0], "HO", "points", "missing")
    if common:
        made.number = _number(common[0][1]["number"]) or 0
        made.row = _row(made, edition, head, common[0][1], insurers, payers)
        made.row |= {"line": lines[0].number, "offset": lines[0].offset,
                     "size": lines[-1].offset + len(lines[-1].raw) + 2 - lines[0].offset}
        made.row |= _days(made, parsed.get("JD", []), payers, common[0][1]["treatment_month"])
    return made


def _parsed(made: Receipt, lines: Sequence[Line], edition: Edition, outer: Edition,
            unknown: Counter[str]) -> dict[str, Parsed]:
    found: dict[str, Parsed] = {}
    seen: Counter[str] = Counter()
    last = 0
    for line in lines:
        record = line.record
        layout = edition.records.get(record)
        if layout is None:
            if record not in edition.known | outer.known:
                unknown[record] += 1
            continue
        seen[record] += 1
        place = edition.order.get(record, len(edition.order))
        if place < last:
            made.name(line, record, "", "order")
        if seen[record] > MOST.get(record, len(lines)):
            made.name(line, record, "", "doubled")
        last = max(last, place)
        if layout.pattern.fullmatch(line.raw):
            found.setdefault(record, []).append((line, layout.of(line.raw)))
        else:
            made.name(line, record, *layout.fault_of(line.raw.split(b",")))
    return found


def _row(made: Receipt, edition: Edition, head: dict[str, str | None], common: dict[str, str | None], insurers: Parsed,
         payers: Parsed) -> dict[str, object]:
    ours = [(line, each) for line, each in payers if (each["payer_number"] or "").startswith(SCHEME)]
    if len(ours) != 1:
        made.faults.append(Fault(ours[1][0].number, "KO", "payer_number", "doubled") if ours
                           else Fault(made.line, "RE", "payer_number", "no_payer"))
    row: dict[str, object] = {
        "billing_month": head["billing_month"], "receipt_kind": edition.receipt_kind,
        "facility_number": f"{head['prefecture']}{head['point_table']}{head['institution']}",
        **{item: common.get(item) for item in ("claim_kind", "treatment_month", "name", "name_kana", "sex", "birth_date",
                                               "notes", "unit_yen")},
        "tenths": common["benefit_rate"],
        "other_schemes": ",".join((each["payer_number"] or "")[:2] for each in (p for _, p in payers) if each not in
                                  (o for _, o in ours)) or None}
    for record, found in (("HO", insurers), ("KO", ours)):
        line, each = found[0] if found else (None, {})
        row |= {f"{record} line": line.number if line else None,
                **{f"{record} {item}": each.get(item) for item in ("days", "times", "points", "meal_yen")},
                **{item: each.get(item) for item in (("insurer_number",) if record == "HO" else
                                                     ("payer_number", "recipient_number", "copay_yen"))}}
    return row


def _days(made: Receipt, found: Parsed, payers: Parsed, month: str | None) -> dict[str, date]:
    """受診日 (JD) of the bearer that is ours: the first and the last day of the month; nothing where the file has none."""
    place = next((at for at, (_, each) in enumerate(payers) if (each["payer_number"] or "").startswith(SCHEME)), None)
    read = month_of(month or "")
    if place is None or read is None:
        return {}
    days: list[date] = []
    for line, each in found:
        if each["bearer"] == str(place + 2):  # 負担者種別: 1 医療保険, 2–5 第一から第四の公費
            marks = line.raw.decode("cp932").split(",")[2:]
            for day in (at for at, mark in enumerate(marks, start=1) if mark):
                try:
                    days.append(date(int(read[:4]), int(read[5:]), day))
                except ValueError:
                    made.name(line, "JD", str(day), "date")
    return {"first_day": min(days), "last_day": max(days)} if days else {}


def batch_of(receipts: Sequence[Receipt]) -> Batch:
    """一束: every receipt of sound structure is judged item by item; who has a fault leaves no row."""
    faults = [fault for each in receipts for fault in each.faults]
    sound = [each.row for each in receipts if each.row and not each.faults]
    if not sound:
        return Batch(SCHEMA.to_frame(), tuple(sorted(faults, key=lambda each: each.line)), len(receipts))
    values, found, rows = judged(pl.DataFrame(sound, schema=_RAW, orient="row"), COLUMNS)
    values = values.with_row_index("at").filter(~pl.col("at").is_in(list(rows))).drop("at") if rows else values
    made, missing = whole(completed(_one(values)), "RE")
    return Batch(made, tuple(sorted([*faults, *found, *missing], key=lambda each: each.line)), len(receipts))


def _one(values: pl.DataFrame) -> pl.DataFrame:
    """What KO says holds; where it says nothing, HO speaks for both."""
    says = pl.when(pl.col("KO days") > 0).then(pl.col("KO days")).otherwise(pl.col("HO days"))
    return values.with_columns(days=says, **{
        item: pl.coalesce(f"KO {item}", f"HO {item}") for item in ("times", "points", "meal_yen")})


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() else None
