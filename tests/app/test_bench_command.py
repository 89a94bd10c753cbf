"""測定の命令: ours, the floor and Django's admin on the same rows in the same run."""

import json
import subprocess
import sys

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bench.floor import COLUMNS, connect, floor_app
from config import ROOT
from tests.city import settle


def test_the_list_benchmark_names_every_page_peer_and_statement_count(database_url, engine: Engine, tmp_path):
    with Session(engine) as session:
        settle(session, noise=1100, source="bench")
        session.commit()
    run = subprocess.run(
        [sys.executable, "-m", "app.commands", "bench", "lists", "--json", "--rounds", "3"], cwd=ROOT, text=True,
        capture_output=True, env={"DATABASE_URL": database_url, "NANBYO_DATA_DIR": str(tmp_path), "PATH": "/usr/bin"})
    assert run.returncode in (0, 1), run.stderr
    result = json.loads(run.stdout)
    assert set(result["pages"]) == {"first", "filtered", "deep"}
    for page in result["pages"].values():
        assert page["nanbyo"]["sql"] <= 6 and page["floor"]["sql"] == 1 and page["django"]["ms"] > 0


def test_the_floor_shows_the_same_columns_and_pages_on(database_url, engine: Engine):
    with Session(engine) as session:
        settle(session, noise=60, source="floor")
        session.commit()
    with connect(database_url) as connection:
        page = floor_app(connection).test_client().get("/?state=certified").text
    assert page.count("<th>") == len(COLUMNS) and page.count("<tr>") == 51


def test_the_journal_benchmark_proves_a_journal_of_its_own_beside_reading_it(database_url, tmp_path):
    run = subprocess.run(
        [sys.executable, "-m", "app.commands", "bench", "audit", "--json", "--rounds", "3", "--rows", "2000"], cwd=ROOT, text=True,
        capture_output=True, env={"DATABASE_URL": database_url, "NANBYO_DATA_DIR": str(tmp_path), "PATH": "/usr/bin"})
    assert run.returncode in (0, 1), run.stderr
    result = json.loads(run.stdout)
    assert (result["entries"], result["checkpoints"], result["proved"]) == (2000, 100, True) and result["verify_s"] > 0 < result["read_s"]


def test_the_benchmark_of_receipts_says_how_much_more_memory_four_times_the_rows_take(database_url, tmp_path):
    result = _measured(database_url, tmp_path, "receipts", "4000")
    assert 3000 < result["stored"] <= 4000 and result["recomputed_differing"] == 0 and result["ratio"] > 0
    assert result["growth_mb"] == result["peak_mb"] - result["quarter_peak_mb"] <= result["most_growth_mb"]


def test_the_benchmark_of_benefits_opens_ten_years_of_a_person_and_a_filtered_list(database_url, tmp_path):
    result = _measured(database_url, tmp_path, "benefits", "3000")
    assert result["receipts"] == 3000 and set(result["pages"]) == {"person", "filtered"}
    assert all(page["nanbyo"] > 0 < page["floor"] for page in (*result["pages"].values(), *result["filters"].values()))
    assert {"benefit.billing_month", "benefit.copay_yen from", "recipient.name"} <= set(result["filters"]) and result["pairs"] == {}


def _measured(database_url, tmp_path, name, rows):
    run = subprocess.run(
        [sys.executable, "-m", "app.commands", "bench", name, "--json", "--rounds", "3", "--rows", rows], cwd=ROOT, text=True,
        capture_output=True, env={"DATABASE_URL": database_url, "NANBYO_DATA_DIR": str(tmp_path), "PATH": "/usr/bin"})
    assert run.returncode in (0, 1), run.stderr
    return json.loads(run.stdout)
