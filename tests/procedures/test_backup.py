"""控えと復元: equal row by row and file by file, no key inside, nothing of a broken one, and nothing leaves a restored office."""

import io
import os
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.clock import JAPAN
from app.commands.backup import _build
from exchange.backup_stream import MAGIC, StreamBroken, StreamReader, StreamWriter
from models.journal import Action
from models.restored_copy import RestoredCopy
from procedures import backup, journal, outward, restoring
from procedures.actor import Actor
from procedures.sealed_folder import SealedFolder

KEY = bytes(range(32))
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=JAPAN)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("office")
    SealedFolder(folder / "scans", b"scan", KEY).write("ab12", b"paper" * 1000)
    (folder / "keys").mkdir()
    (folder / "keys" / "master.key").write_text(KEY.hex())
    (folder / "scans" / ".half.1.part").write_bytes(b"half")
    return folder


@pytest.fixture(scope="module")
def taken(engine, folder) -> bytes:
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO journal_entry (actor_name, action) SELECT '職員 一', 'saw' FROM generate_series(1, 500)"))
    out = io.BytesIO()
    written = backup.write(engine, folder, out, KEY, NOW)
    assert (written.files, written.rows > 1000) == (1, True)
    return out.getvalue()


@pytest.fixture
def empty(server) -> Engine:
    admin, name = create_engine(server, isolation_level="AUTOCOMMIT"), f"restored_{os.getpid()}"
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    made = create_engine(make_url(server).set(database=name))
    yield made
    made.dispose()
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


def put_back(engine, folder, content, **more):
    return restoring.restore(engine, folder, io.BytesIO(content), KEY, _build, NOW, **more)


def hashes(engine, *but):
    with engine.connect() as connection:
        backup.same_text(connection)
        return {name: backup.hash_of(connection, name) for name in backup.tables_of(connection) if name not in but}


def test_a_restored_office_is_equal_row_by_row_and_file_by_file_and_lets_nothing_out(engine, empty, folder, taken, tmp_path):
    done = put_back(empty, tmp_path, taken)
    ours = ("public.journal_entry", "public.restored_copy", "public.login_session", "public.form_key",
            "public.seal_state", "public.journal_leaf", "public.journal_checkpoint")  # what was sealed since the backup was taken
    assert hashes(empty, *ours) == hashes(engine, *ours)
    assert (tmp_path / "scans" / "ab" / "ab12").read_bytes() == (folder / "scans" / "ab" / "ab12").read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["scans"] and done.tables == len(hashes(empty))
    with empty.connect() as connection:
        asleep = text("SELECT count(*) FROM pg_trigger WHERE tgenabled <> 'O' AND NOT tgisinternal")
        assert connection.scalar(asleep) == 0
        keys = text("SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND convalidated")
        with engine.connect() as original:
            assert connection.scalar(keys) == original.scalar(keys)
    with Session(empty) as session:
        people = [Actor(number, name) for number, name in session.execute(text("SELECT id, username FROM ab_user ORDER BY id LIMIT 2"))]
        number = session.query(RestoredCopy).one().id
        for action in (Action.EXPORTED, Action.PRINTED, Action.ISSUED):
            with pytest.raises(journal.RestoredCopyIsClosed):
                journal.record(session, people[0], action)
        with pytest.raises(IntegrityError):
            session.execute(text("INSERT INTO journal_entry (actor_name, action) VALUES ('x', 'exported')"))
        session.rollback()
        journal.record(session, people[0], Action.SAW)
        outward.ask(session, people[0], number, NOW)
        with pytest.raises(outward.SamePerson):
            outward.release(session, people[0], number, NOW)
        assert not outward.is_open(session)
        outward.release(session, people[1], number, NOW)
        journal.record(session, people[0], Action.EXPORTED)
        session.commit()
        assert outward.is_open(session)
    with pytest.raises(restoring.InUse):
        put_back(empty, tmp_path, taken)
    assert put_back(empty, tmp_path, taken, replace=True).rows == done.rows


def test_the_key_is_not_in_a_backup(taken):
    reader = StreamReader(io.BytesIO(taken), KEY)
    opened = b"".join(block for _about, blocks in reader.parts() for block in blocks)
    assert len(opened) > 100_000 and KEY not in opened and KEY.hex().encode() not in opened
    assert "職員 一".encode() in opened and "職員 一".encode() not in taken


@pytest.mark.parametrize("spoil", [lambda whole: whole[:-1],
                                   lambda whole: whole[:-40] + bytes([whole[-40] ^ 1]) + whole[-39:]], ids=["cut", "altered"])
def test_of_a_broken_backup_nothing_is_restored(empty, taken, tmp_path, spoil):
    with pytest.raises(StreamBroken):
        put_back(empty, tmp_path, spoil(taken))
    with empty.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")) == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("spoil", [lambda whole: whole[:60], lambda whole: b"", lambda whole: whole + b"x"])
def test_what_is_no_whole_stream_is_never_read_to_its_end(taken, spoil):
    with pytest.raises(StreamBroken):
        for _about, blocks in StreamReader(io.BytesIO(spoil(taken)), KEY).parts():
            sum(len(block) for block in blocks)


def test_a_backup_of_another_installation_says_which_key_is_missing(empty, taken, tmp_path):
    with pytest.raises(StreamBroken, match="NANBYO_KEYS"):
        restoring.restore(empty, tmp_path, io.BytesIO(taken), bytes(32), _build, NOW)


def test_rows_that_differ_from_what_was_hashed_are_refused(engine, empty, folder, tmp_path, monkeypatch):
    out = io.BytesIO()
    monkeypatch.setattr(backup, "hash_of", lambda connection, table: (1, "0", "0"))
    backup.write(engine, folder, out, KEY, NOW)
    with pytest.raises(restoring.NotEqual):
        put_back(empty, tmp_path, out.getvalue())
    assert list(tmp_path.iterdir()) == []


def test_the_mark_of_a_restored_copy_cannot_be_taken_away_or_released_by_one(session, actors):
    session.add(RestoredCopy(backup_made_at=NOW, backup_revision="0018", tables=1, rows=1, files=0))
    session.flush()
    one = actors["admin1"].user_id
    for wrong in ("DELETE FROM restored_copy", f"UPDATE restored_copy SET released_by = {one}, released_at = now()",
                  f"UPDATE restored_copy SET asked_by = {one}, asked_at = now(), released_by = {one}, released_at = now()"):
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(text(wrong))


@budget(max_examples=30)
@given(st.lists(st.tuples(st.text(max_size=5), st.lists(st.binary(max_size=3000), max_size=4)), max_size=5), st.data())
def test_a_stream_gives_back_what_went_in_and_no_other_byte(parts, data):
    out = io.BytesIO()
    writer = StreamWriter(out, KEY)
    for name, blocks in parts:
        writer.part({"name": name}, blocks)
    writer.close()
    whole = out.getvalue()
    told = [(about["name"], b"".join(blocks)) for about, blocks in StreamReader(io.BytesIO(whole), KEY).parts()]
    assert told == [(name, b"".join(blocks)) for name, blocks in parts]
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:]
    with pytest.raises(StreamBroken):
        for _about, blocks in StreamReader(io.BytesIO(changed), KEY).parts():
            b"".join(blocks)
    assert whole.startswith(MAGIC)
