"""レセプトの命令: a full recomputation proves the kept month totals, and mends what says something else."""

import json
import subprocess
import sys
from datetime import date

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from config import ROOT
from seeds.receipts import add_receipts
from tests.city import settle


def test_a_recomputation_proves_the_totals_and_mends_one_that_is_wrong(database_url, engine: Engine, tmp_path):
    with Session(engine) as session:
        settle(session, noise=40, source="recompute")
        add_receipts(session, 300, 1, date(2026, 11, 24))
        session.commit()
    ran = lambda *words: _ran(database_url, tmp_path, *words)  # noqa: E731  # three words, used below
    code, proof = ran()
    assert code == 0 and proof["equal"] and proof["months"] > 50
    with engine.begin() as connection:
        connection.execute(text("UPDATE benefit_month SET total_yen = total_yen + 1 WHERE ctid = (SELECT min(ctid) FROM benefit_month)"))
    assert ran("--dry-run") == (1, proof | {"differing": 1, "equal": False})
    assert ran() == (1, proof | {"differing": 1, "equal": False, "mended": True})
    assert ran() == (0, proof)
    with engine.connect() as connection:
        told = connection.execute(text("SELECT detail FROM journal_entry WHERE detail ? 'month_totals' ORDER BY id")).scalars().all()
    assert [each["differing"] for each in told] == [0, 1, 0]


def _ran(database_url, tmp_path, *words):
    run = subprocess.run([sys.executable, "-m", "app.commands", "receipts", "recompute", *words], cwd=ROOT, text=True, capture_output=True,
                         env={"DATABASE_URL": database_url, "NANBYO_DATA_DIR": str(tmp_path), "PATH": "/usr/bin"})
    assert run.returncode in (0, 1), run.stderr
    return run.returncode, json.loads(run.stdout)
