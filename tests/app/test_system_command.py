"""隣のシステムの命令: starts what is in the tree, refuses what is not, and takes another number where one is taken."""

import os
import subprocess
import sys
from contextlib import suppress
from socket import AF_INET, SOCK_STREAM, socket

import pytest
from click.testing import CliRunner

from app import neighbours
from app.commands.system import system
from config import ROOT, Settings
from exchange.neighbours import NAMES, PORTS, variable_of
from tests.app.test_run_command import free


def test_a_system_that_is_not_in_the_tree_is_refused_with_those_that_are(tmp_path, monkeypatch):
    for name in ("interconnect", "simulator"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "application.py").touch()
    (tmp_path / "platform").mkdir()
    monkeypatch.setattr(neighbours, "FOLDER", tmp_path)
    for name in ("platform", "unknown"):
        answer = CliRunner().invoke(system, [name])
        assert answer.exit_code == 2
        assert answer.stderr == f"「{name}」というシステムはありません。始められるのは interconnect、simulator です。\n"


def test_a_database_that_does_not_answer_is_said_in_one_sentence(tmp_path):
    name = neighbours.in_the_tree()[0]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "NANBYO_DATA_DIR": str(tmp_path), "NANBYO_DEMO": "1",
                   "DATABASE_URL": "postgresql://localhost:1/nowhere", "PYTHONDONTWRITEBYTECODE": "1"}
    said = subprocess.run([sys.executable, "-m", "app.commands", "system", name, "--port", str(free())], cwd=ROOT,
                          env=environment, capture_output=True, text=True, check=False)
    assert said.returncode == 4
    assert said.stderr == "データベースに届きません。DATABASE_URL と、サーバーが動いているかを確かめてください。\n"


@pytest.mark.parametrize("name", NAMES)
def test_a_number_that_somebody_has_is_left_to_them(name):
    with socket(AF_INET, SOCK_STREAM) as other:
        with suppress(OSError):  # somebody of this machine may have it already, which is the case that is asked about
            other.bind(("127.0.0.1", PORTS[name]))
            other.listen()
        address = neighbours.addresses([name])[variable_of(name)]
    assert address.startswith("https://localhost:") and not address.endswith(f":{PORTS[name]}")


def test_a_system_learns_its_database_without_the_name_of_our_driver(tmp_path):
    told = neighbours.environment_of(Settings(database_url="postgresql+psycopg://u@h/db", data_dir=tmp_path), is_demo=True)
    assert told["DATABASE_URL"] == "postgresql://u@h/db"
    assert told["NANBYO_DEMO"] == "1" and told["NANBYO_DATA_DIR"] == str(tmp_path)
