"""取込の命令: the register's files as the command line takes them; what was refused leaves nothing."""

import json
import os
import subprocess
import sys

from config import ROOT
from tests.register_files import file_of, resident, tax


def take(tmp_path, database_url, kind, sequence, rows, *options, spoil=False):
    name, raw, end = file_of(kind, sequence, rows)
    (tmp_path / name).write_bytes(raw[:-9] if spoil else raw)
    (tmp_path / name).with_suffix(".end").write_bytes(end)
    done = subprocess.run([sys.executable, "-m", "app.commands", "import", kind, "--json", *options, str(tmp_path / name)],
                          cwd=ROOT, capture_output=True, text=True, check=False,
                          env={**os.environ, "DATABASE_URL": database_url.replace("+psycopg", "")})
    return done.returncode, json.loads(done.stdout)


def test_both_kinds_come_in_once_and_a_broken_file_is_refused_whole(tmp_path, database_url):
    assert take(tmp_path, database_url, "residents", 1, [resident(901)], "--dry-run")[1]["accepted"] == 1
    code, report = take(tmp_path, database_url, "residents", 1, [resident(901)])
    assert (code, report["accepted"], report["totals"]["declared"]) == (0, 1, 1)
    assert take(tmp_path, database_url, "residents", 1, [resident(901)])[1]["already"] == 1
    code, report = take(tmp_path, database_url, "residents", 2, [resident(901, 2)], spoil=True)
    assert (code, report["read"], report["errors"][0]["code"]) == (1, 0, "checksum")
    code, report = take(tmp_path, database_url, "taxes", 1, [tax(901), tax(902, 市町村民税所得割額="x")])
    assert (code, report["accepted"], report["rejected"], report["errors"][0]["line"]) == (1, 1, 1, 3)
