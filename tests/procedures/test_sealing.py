"""封印: whatever was committed is sealed once, however late it shows; who owns the database cannot touch it unseen."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.sealing import NewLog, Sealer, sealer_engine
from config import APP_ROLE, SEALER_ROLE, Settings
from exchange.journal_proof import checkpoint_of
from models.journal import LONGEST_UNSEALED_SECONDS, UNSEALED_CODE
from procedures.checkpoints import Checkpoints
from procedures.journal_proof import lines, prove
from procedures.seal_key import KeyIsOpen, seal_key
from procedures.sealing import RolledBack
from tests.templates import clone

ADD = "INSERT INTO journal_entry (actor_name, action) VALUES ('試', :action) RETURNING id"


@pytest.fixture(scope="module")
def url(server: str) -> Iterator[str]:
    yield from clone(server, "seal")


@pytest.fixture
def owner(url: str) -> Iterator[Engine]:
    """Who owns the tables; each test finds an empty journal and a new log."""
    engine = create_engine(url)
    _as_owner(engine, "TRUNCATE journal_entry, journal_leaf, journal_checkpoint",
              "UPDATE seal_state SET log = gen_random_uuid(), at = now(), watermark = 0, size = 0, frontier = ''")
    yield engine
    engine.dispose()


@pytest.fixture
def settings_here(url: str, tmp_path: Path) -> Settings:
    return Settings(database_url=url, data_dir=tmp_path, checkpoint_copy=tmp_path / "copy")


@pytest.fixture
def sealer(owner: Engine, settings_here: Settings) -> Iterator[Sealer]:
    engine = sealer_engine(settings_here)
    yield Sealer(engine, settings_here, _now, is_trial=False)
    engine.dispose()


@pytest.fixture
def add(owner: Engine) -> Callable[..., int]:
    """``add("saw")`` → the number of a new entry, as the application adds it."""
    def add(action: str = "keyed") -> int:
        with owner.begin() as connection:
            connection.execute(text(f"SET LOCAL ROLE {APP_ROLE}"))
            return connection.scalar(text(ADD), {"action": action})
    return add


def _now() -> datetime:
    return datetime.now(UTC)


def _as_owner(engine: Engine, *statements: str) -> None:
    """What only the owner of the tables can do: their guards are silent."""
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            connection.execute(text(statement))


def _verdict(engine: Engine, sealer: Sealer) -> dict[str, object]:
    with Session(engine) as session:
        return prove(session, [sealer.key.public_key().public_bytes_raw()], sealer.places[0].lines(), _now())


def _counts(engine: Engine) -> tuple[int, int, int]:
    with engine.connect() as connection:
        return connection.execute(text("SELECT (SELECT count(*) FROM journal_entry), (SELECT count(*) FROM journal_leaf),"
                                       " (SELECT count(*) FROM journal_checkpoint)")).one()._tuple()


def test_what_was_journalled_is_sealed_and_kept_outside_in_both_places(owner, sealer, add, settings_here):
    for _ in range(3):
        add()
    assert sealer.step() is True and sealer.step() is True
    assert _counts(owner) == (3, 3, 1)
    first, second = (Checkpoints(folder / sealer.log) for folder in (settings_here.checkpoints, settings_here.checkpoint_copy))
    assert first.lines() == second.lines() == [sealer.memory.last(sealer.log)]
    assert checkpoint_of(first.lines()[0])[0]["size"] == 3
    assert _verdict(owner, sealer) == {"entries": 3, "ok": True}


def test_an_entry_that_becomes_visible_late_is_sealed_too(owner, sealer, add):
    """Ids are given before commits: a mark by number would pass over it for ever."""
    late = owner.connect()
    late.execute(text(ADD), {"action": "imported"})
    add()
    sealer.step()
    add()
    sealer.step()
    assert _counts(owner) == (2, 2, 2)
    late.commit()
    late.close()
    sealer.step()
    assert _counts(owner) == (3, 3, 3)
    assert _verdict(owner, sealer)["ok"] is True


def test_a_number_that_was_given_up_is_no_gap(owner, sealer, add):
    with owner.connect() as connection:
        connection.execute(text(ADD), {"action": "keyed"})
        connection.rollback()
    add()
    sealer.step()
    assert _verdict(owner, sealer) == {"entries": 1, "ok": True}


def test_a_copy_on_another_server_counts_its_transactions_anew_and_goes_on(owner, sealer, add):
    add()
    sealer.step()
    _as_owner(owner, "UPDATE seal_state SET watermark = watermark + 1000000")
    add()
    sealer.step()
    assert _counts(owner)[:2] == (2, 2)


@pytest.mark.parametrize("statement", [
    "UPDATE journal_entry SET actor_name = 'x'", "DELETE FROM journal_entry", "TRUNCATE journal_entry",
    "INSERT INTO journal_entry (at, actor_name, action) VALUES (now(), 'x', 'saw')",
    "INSERT INTO journal_entry (transaction_id, actor_name, action) VALUES (1, 'x', 'saw')",
    "INSERT INTO journal_entry (id, actor_name, action) OVERRIDING SYSTEM VALUE VALUES (1, 'x', 'saw')",
    "INSERT INTO journal_entry (actor_name, action) VALUES ('x', 'disposed')",
    "ALTER TABLE journal_entry DISABLE TRIGGER ALL", "DROP TABLE journal_entry", "SET LOCAL session_replication_role = replica",
    "INSERT INTO journal_leaf VALUES (0, 1, sha256(''))", "UPDATE seal_state SET at = now()",
    "INSERT INTO journal_checkpoint (size, line) VALUES (1, 'x')", "UPDATE alembic_version SET version_num = '0'"])
def test_the_application_can_only_add_entries(owner, add, statement):
    add()
    with owner.begin() as connection:
        connection.execute(text(f"SET LOCAL ROLE {APP_ROLE}"))
        with pytest.raises(DBAPIError):
            connection.execute(text(statement))


@pytest.mark.parametrize("statement", [
    "UPDATE journal_entry SET actor_name = 'x'", "DELETE FROM journal_leaf", "INSERT INTO journal_entry (actor_name, action) "
    "VALUES ('x', 'keyed')", "SELECT * FROM recipient", "UPDATE journal_checkpoint SET size = 0"])
def test_the_sealer_reads_the_journal_and_nothing_else(owner, statement):
    with owner.begin() as connection:
        connection.execute(text(f"SET LOCAL ROLE {SEALER_ROLE}"))
        with pytest.raises(DBAPIError):
            connection.execute(text(statement))


@pytest.mark.parametrize(("statements", "why"), [
    (("UPDATE journal_entry SET reason = '業務のため' WHERE id = :second",), "書き換え"),
    (("UPDATE journal_entry SET at = at - interval '1 microsecond' WHERE id = :second",), "書き換え"),
    (("UPDATE journal_entry SET screen = '' WHERE id = :second",), "書き換え"),
    (("DELETE FROM journal_entry WHERE id = :second",), "消されて"),
    (("DELETE FROM journal_entry WHERE id = :second", "DELETE FROM journal_leaf WHERE entry_id = :second"), "足りません"),
    (("UPDATE journal_leaf SET leaf_index = 12 - leaf_index", "UPDATE journal_leaf SET leaf_index = leaf_index - 10"), "合いません"),
    (("INSERT INTO journal_entry (id, at, actor_name, action, transaction_id) OVERRIDING SYSTEM VALUE"
      " VALUES (-1, now() - interval '1 day', 'x', 'saw', 0)",), "封印されていない"),
    (("DELETE FROM journal_checkpoint", "DELETE FROM journal_leaf", "DELETE FROM journal_entry",
      "UPDATE seal_state SET size = 0, frontier = '', watermark = 0"), "外に控えた")])
def test_what_the_owner_does_to_the_database_is_found(owner, sealer, add, statements, why):
    numbers = [add() for _ in range(3)]
    sealer.step()
    _as_owner(owner, *(statement.replace(":second", str(numbers[1])) for statement in statements))
    verdict = _verdict(owner, sealer)
    assert verdict["ok"] is False and why in str(verdict["why"])
    if why == "書き換え":
        assert (verdict["leaf"], verdict["entry"]) == (1, numbers[1])


def test_without_anything_kept_outside_nothing_is_proved(owner, sealer, add, settings_here):
    add()
    sealer.step()
    with Session(owner) as session:
        assert prove(session, [sealer.key.public_key().public_bytes_raw()], [], _now())["ok"] is False


def test_a_database_that_was_put_back_is_not_sealed_until_somebody_answers_for_it(owner, sealer, add, settings_here):
    add()
    sealer.step()
    with owner.connect() as connection:
        state = connection.execute(text("SELECT size, frontier, watermark FROM seal_state")).one()
    add()
    sealer.step()
    _as_owner(owner, "DELETE FROM journal_entry WHERE id > (SELECT min(id) FROM journal_entry)",
              "DELETE FROM journal_leaf WHERE leaf_index > 0",
              "DELETE FROM journal_checkpoint WHERE size > 1",
              f"UPDATE seal_state SET size = {state.size}, frontier = '\\x{state.frontier.hex()}', watermark = {state.watermark}")
    with pytest.raises(RolledBack):
        sealer.step()
    sealer.accept("11月24日のバックアップから復元")
    add()
    sealer.step()
    verdict = _verdict(owner, sealer)
    assert (verdict["ok"], verdict["entries"], len(verdict["restored"])) == (True, 2, 1)


def test_another_journal_under_the_same_key_is_not_sealed_unasked(owner, sealer, add, settings_here):
    add()
    sealer.step()
    _as_owner(owner, "UPDATE seal_state SET log = gen_random_uuid()")
    with pytest.raises(NewLog):
        Sealer(sealer.engine, settings_here, _now, is_trial=False)
    Sealer(sealer.engine, settings_here, _now, is_trial=True)


def test_a_second_place_that_was_away_is_made_up_for(owner, sealer, add, settings_here):
    settings_here.checkpoint_copy.write_text("a file where the folder should be")
    add()
    sealer.step()
    settings_here.checkpoint_copy.unlink()
    add()
    sealer.step()
    assert sealer.places[1].lines() == sealer.places[0].lines() and len(sealer.places[1].lines()) == 2


def test_a_place_that_fails_is_no_seal(owner, sealer, add, settings_here):
    """What is not outside is not reported as sealed: after a minute the screens close."""
    settings_here.checkpoints.write_text("a file where the folder should be")
    add()
    _as_owner(owner, "UPDATE seal_state SET at = 'epoch'")
    with pytest.raises(OSError):
        sealer.step()
    with owner.connect() as connection:
        assert connection.scalar(text("SELECT at < now() - interval '1 day' FROM seal_state"))


def test_a_line_that_was_torn_by_a_power_cut_is_written_again(owner, sealer, add):
    add()
    sealer.step()
    (path,) = sealer.places[0].folder.glob("checkpoints-*.jsonl")
    whole = path.read_bytes()
    add()
    sealer.step()
    path.write_bytes(whole + b'{"checkpoint":{"ki')
    add()
    sealer.step()
    assert len(sealer.places[0].lines()) == 3 and _verdict(owner, sealer)["ok"] is True


def test_a_key_that_others_can_read_signs_nothing(tmp_path: Path):
    path = tmp_path / "seal.key"
    assert seal_key(path).private_bytes_raw() == seal_key(path).private_bytes_raw()
    path.chmod(0o640)
    with pytest.raises(KeyIsOpen):
        seal_key(path)


@pytest.mark.parametrize(("idle", "old", "refused"), [
    (LONGEST_UNSEALED_SECONDS + 1, LONGEST_UNSEALED_SECONDS + 1, True),
    (LONGEST_UNSEALED_SECONDS - 1, LONGEST_UNSEALED_SECONDS + 1, False),  # the sealer lives: a long import just committed
    (LONGEST_UNSEALED_SECONDS + 1, LONGEST_UNSEALED_SECONDS - 1, False)])
def test_after_a_minute_without_a_seal_nobody_is_shown(owner, sealer, add, idle, old, refused):
    number = add()
    _as_owner(owner, f"UPDATE seal_state SET at = clock_timestamp() - interval '{idle} seconds'",
              f"UPDATE journal_entry SET at = clock_timestamp() - interval '{old} seconds' WHERE id = {number}")
    for action in ("saw", "listed", "printed", "exported"):
        if refused:
            with pytest.raises(DBAPIError) as stopped:
                add(action)
            assert stopped.value.orig.sqlstate == UNSEALED_CODE
        else:
            add(action)
    add("keyed")  # nothing typed is lost
    sealer.step()
    add("saw")


def test_an_entry_is_hashed_by_what_it_says_alone(owner, add):
    """A column that a later version adds joins the text only where it holds something."""
    add()
    with Session(owner) as session:
        (line,) = list(lines(session, _now()))[1:]
    assert sorted(json.loads(line)["unsealed"]) == sorted((
        "id", "at", "actor_id", "actor_name", "terminal", "action", "subject_kind", "subject_id", "recipient_id", "reason", "detail"))
