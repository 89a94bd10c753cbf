"""審査支払機関から給付へ: what a payer leaves by SFTP becomes receipts or held lines; a broken file is put aside whole."""

import json
from dataclasses import replace

from sqlalchemy import text
from sqlalchemy.orm import Session

from app import carriers
from tests.neighbours.uke import PEOPLE
from tests.office import NOW

FAULTS = ("cut", "no_end", "line_ends", "utf_8", "points", "count", "no_header", "two_ends")


def counts(engine) -> tuple[int, ...]:
    with Session(engine) as session:
        return tuple(session.scalar(text(f"SELECT count(*) FROM {table}")) for table in ("benefit", "held_receipt", "receipt_set"))


def test_the_worker_takes_in_what_is_whole_and_names_why_it_refused_the_rest(exchange, serve, visit, engine, settings):
    keys, box, office = exchange.parent / "keys", exchange / "from_payer", replace(settings, exchange_dir=exchange)
    port, before = serve("sftp_drop", box, keys), counts(engine)
    visit("payer", port, keys, "RECEIPTC_202610.UKE=good", "RECEIPTC_202611.UKE=unfinished",
          *(f"RECEIPTC_{number}.UKE={fault}" for number, fault in enumerate(FAULTS)))
    reports = {report.file: report for report in carriers.exchange(engine, office, NOW)}
    good = reports.pop("RECEIPTC_202610.UKE")
    assert (good.read, good.accepted + good.held + good.rejected, good.totals["counted"]) == (
        len(PEOPLE), len(PEOPLE), good.totals["declared"])
    assert {name: (report.read, len(report.errors)) for name, report in reports.items()} == {
        f"RECEIPTC_{number}.UKE": (0, 1) for number in range(len(FAULTS))}
    stored = counts(engine)
    assert stored[0] + stored[1] - before[0] - before[1] == good.accepted + good.held and stored[2] == before[2] + 1
    assert [path.suffix for path in sorted((box / "taken").iterdir())] == [".UKE", ".json"]
    told = json.loads(next((box / "refused").glob("*RECEIPTC_0.UKE.json")).read_text())
    assert told["errors"][0]["message"].endswith("。")
    assert [path.name for path in box.iterdir() if path.is_file()] == ["RECEIPTC_202611.UKE.tmp"]


def test_the_same_file_again_changes_nothing(exchange, serve, visit, engine, settings):
    keys, box, office = exchange.parent / "keys", exchange / "from_payer", replace(settings, exchange_dir=exchange)
    port = serve("sftp_drop", box, keys)
    visit("payer", port, keys, "RECEIPTC_AGAIN.UKE=good")
    before = counts(engine)
    (report,) = carriers.exchange(engine, office, NOW)
    assert report.already == report.read == len(PEOPLE) and counts(engine) == before
