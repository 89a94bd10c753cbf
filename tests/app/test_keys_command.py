"""鍵の命令: the key file is replaced by two people; everything that was sealed opens with the new one and with no other."""

import secrets
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from cryptography.exceptions import InvalidTag
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.commands.keys import keys
from models.two_person import TwoPersonRequest
from procedures.health import beat
from procedures.keyring import Keyring, KeyringUnreadable
from procedures.scans import Cabinet
from procedures.two_person import decide


@pytest.fixture
def run(settings, monkeypatch, tmp_path):
    """The command with a new key file; what it says and how it ends."""
    monkeypatch.setenv("DATABASE_URL", str(settings.database_url))
    monkeypatch.setenv("NANBYO_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("NANBYO_KEYS", str(settings.key_file or settings.data_dir / "keys" / "master.key"))
    settings.keys()
    new = tmp_path / "new" / "master.key"
    new.parent.mkdir()
    new.write_text(secrets.token_hex(32))

    def go(file=new):
        done = CliRunner().invoke(keys, ["replace", str(file), "--as", "admin1", "--reason", "年に一度の交換"])
        return done.exit_code, done.output
    go.new = new
    return go


def test_two_people_replace_the_key_file_and_everything_opens_with_the_new_one(run, settings, engine, actors):
    before, after = Cabinet(settings.data_dir / "scans", settings.keys()), replace(settings, key_file=run.new)
    before.files.write("aa-paper", b"scan")
    ring = Keyring(settings.keys(), settings.keyring)
    code, said = run()
    assert code == 3 and "依頼しました" in said and before.files.read("aa-paper") == b"scan"
    with Session(engine) as session:
        asked = session.query(TwoPersonRequest).filter_by(kind="rotate_keys", state="open").one()
        decide(session, actors["manager1"], asked.id, is_confirmed=True, now=datetime.now(UTC))
        beat(session, datetime.now(UTC))
        session.commit()
    code, said = run()
    assert code == 3 and "事務所が動いています" in said
    with engine.begin() as connection:
        connection.execute(text("UPDATE worker_beat SET alive_at = alive_at - interval '1 minute'"))
    code, said = run()
    assert code == 0 and "封じ直しました" in said, said
    assert Cabinet(settings.data_dir / "scans", after.keys()).files.read("aa-paper") == b"scan"
    with pytest.raises(InvalidTag):
        before.files.read("aa-paper")
    moved = Keyring(after.keys(), after.keyring)
    assert moved.tag_key == ring.tag_key and [each.index for each in moved.pairs()] == [each.index for each in ring.pairs()]
    with pytest.raises(KeyringUnreadable):
        Keyring(settings.keys(), after.keyring)


def test_a_new_file_beside_the_old_one_is_refused(run, settings):
    beside = settings.keyring.parent / "other.key"
    beside.write_text(secrets.token_hex(32))
    code, said = run(beside)
    assert code == 3 and "別のフォルダー" in said
