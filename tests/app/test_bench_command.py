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
