"""見張りの番号: the watch itself sees a number wherever one is put, so that its silence means something."""

import logging

import pytest
from sqlalchemy import create_engine, make_url, text

from tests import canary
from tests.canary import NUMBERS, Ear, in_database, in_files, is_in

NUMBER = NUMBERS[0]


@pytest.mark.parametrize("written", [NUMBER, f"x{NUMBER}y", "1234-5678-9018", "1234 5678 9018", "１２３４５６７８９０１８"])
def test_a_number_is_seen_in_every_spelling(written):
    assert is_in(written.encode()) and is_in(written.encode("utf-16-le"))


def test_other_digits_are_not():
    assert not is_in(b"123456789017 1234567890 18")


def test_a_file_and_a_line_of_the_log_are_seen(tmp_path, monkeypatch):
    monkeypatch.setattr(canary, "_BYTES", canary.re.compile(b"987654321098"))  # the watch at the end looks here, too
    (tmp_path / "spool.bin").write_bytes(b"\0\1987654321098")
    assert list(in_files(tmp_path)) == [(tmp_path / "spool.bin").as_posix()]
    ear = Ear()
    ear.handle(logging.LogRecord("nanbyo", logging.ERROR, "x.py", 1, "found %s", ("987654321098",), None))
    assert ear.heard == ["log nanbyo x.py:1"]


def test_a_row_is_seen(engine, monkeypatch):
    monkeypatch.setattr(canary, "_BYTES", canary.re.compile(b"987654321098"))
    url = engine.url.render_as_string(hide_password=False)
    assert in_database(url) == []
    engine = create_engine(make_url(url))
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO job (kind, params, requested_by) SELECT 'x', '{\"n\": \"987654321098\"}', min(id) FROM ab_user"))
    engine.dispose()
    assert in_database(url) == ["public.job"]
