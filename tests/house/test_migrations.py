"""移行: Alembic owns every table, and every database it ever made can still be brought up to date."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.orm import Session

from app.database import heads, is_current, migrate
from config import ROOT, Settings
from models.certification import Certification
from models.items import Model
from models.sheet import ReceivedSheet
from procedures.actor import Actor
from procedures.certification import CERTIFIED, Proposal, draft, sign_off
from procedures.issue import issue, preview
from procedures.keying import claim
from procedures.takeover import release
from procedures.vault import Vault
from seeds.demo_cases import GOALS, load_cases
from tests.city import settle
from tests.house.offices import is_kept, keep, office_at, put_back, rows_of
from tests.life import CITY, taxed
from tests.office import NEW_APPLICATION, NOW, ON, keyed, received, registered
from tests.procedures.test_certification import certified, reviewed

REVISIONS = [each.revision for each in ScriptDirectory(str(ROOT / "migrations")).walk_revisions()]


@contextmanager
def stopped_at(server: str, revision: str) -> Iterator[Engine]:
    """A database of its own that was made at *revision*."""
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    name = f"revision_{revision}_{os.getpid()}"
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = make_url(server).set(database=name).render_as_string(hide_password=False)
    engine = create_engine(url)
    try:
        migrate(url, revision)
        yield engine
    finally:
        engine.dispose()
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


def bring_up(engine: Engine) -> None:
    migrate(engine.url.render_as_string(hide_password=False))


def test_the_history_has_one_head():
    assert len(heads()) == 1


def test_an_upgraded_empty_database_is_what_the_models_say(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={
            "include_schemas": True, "compare_type": True, "compare_server_default": True,
            "include_name": lambda name, kind, parents: kind != "schema" or name in (None, "public", "numbering")})
        assert compare_metadata(context, Model.metadata) == []
        assert is_current(connection)


@pytest.mark.parametrize("revision", REVISIONS)
def test_an_office_of_every_earlier_revision_comes_up_to_date_with_all_it_held(server, revision):
    with stopped_at(server, revision) as engine:
        with engine.begin() as connection:
            held = put_back(connection, office_at(revision))
        assert {"public.keying", "public.patient", "public.certification", "public.journal_entry"} <= held.keys()
        bring_up(engine)
        with Session(engine) as session:
            assert is_current(session.connection())
            read = {f"{mapper.local_table.schema or 'public'}.{mapper.local_table.name}": len(session.query(mapper.class_).all())
                    for mapper in Model.registry.mappers}
        assert {name: read[name] for name in held if name in read and read[name] != held[name]} == {}


def test_an_office_of_the_first_revision_goes_on_with_what_was_on_its_desks(server):
    """The second keying, the settlement's sheet, the sign-off and the certificate of rows that are older than today's code."""
    with stopped_at(server, "0004") as engine:
        with engine.begin() as connection:
            put_back(connection, office_at("0004"))
        bring_up(engine)
        with Session(engine) as session:
            actors = {name: Actor(number, name) for number, name in session.execute(text("SELECT id, username FROM ab_user"))}
            waits = session.query(ReceivedSheet).filter_by(state="waiting_second").one()
            assert keyed(session, actors["clerk2"], waits)[1].state == "registered"
            case = session.scalar(text("SELECT id FROM application WHERE state = 'reviewed'"))
            draft(session, actors["reviewer1"], case, Proposal(CERTIFIED), CITY, ON)
            made = sign_off(session, actors["manager1"], case, ON)
            assert made and made.recipient_number
            assert issue(session, actors["manager1"], made.id, CITY, ON, NOW).pdf.startswith(b"%PDF")
            printed = session.query(Certification).filter(Certification.issue_date.is_not(None)).order_by(Certification.id).first()
            assert preview(session, actors["manager1"], printed.id, CITY, ON, NOW).startswith(b"%PDF")


def test_an_office_of_today_is_kept_with_a_row_in_every_table_it_fills(session, actors, settings: Settings):
    """Set NANBYO_KEEP_OFFICE to keep it at the newest revision; an ordinary run only compares."""
    an_office(session, actors, settings)
    today = rows_of(session.connection())
    if "NANBYO_KEEP_OFFICE" in os.environ:
        keep(session.connection(), heads()[0])
    assert len(today) > 40
    if is_kept(heads()[0]):
        assert today.keys() - office_at(heads()[0]).keys() == set()


def an_office(session: Session, actors: dict[str, Actor], settings: Settings) -> None:
    """Papers at every step of keying, a case in every state, somebody certified, and what else lies on the desks."""
    settle(session, *({} for _ in range(5)), noise=3)
    received(session, actors)
    half, parked, settling = (received(session, actors) for _ in range(3))
    claim(session, actors["clerk1"], half.id, NOW)
    release(session, actors["manager1"], claim(session, actors["clerk1"], parked.id, NOW).id, Vault(settings.keys()))
    keyed(session, actors["clerk1"], received(session, actors))
    keyed(session, actors["clerk1"], settling)
    keyed(session, actors["clerk2"], settling, NEW_APPLICATION | {"patient.patient_sex": "1"})
    taxed(session, actors, registered(session, actors))
    reviewed(session, actors)
    issue(session, actors["manager1"], certified(session, actors).id, CITY, ON, NOW)
    load_cases(session, settings, ON, [NEW_APPLICATION] * len(GOALS))
