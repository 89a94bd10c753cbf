"""隣への口: PMH is spoken to where its address and a usable token are set, with or without certificates of the neighbours."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.wire import Mouth
from models.neighbour import OutgoingMessage
from rules.parameters import trial
from tests.life import certified_person
from tests.procedures.test_pmh import DAY, SWITCHED_ON


def test_without_address_or_token_what_is_to_be_registered_waits(engine, settings, actors, tmp_path):
    token = tmp_path / "token"
    token.write_text("trial")
    token.chmod(0o600)
    soon = datetime.now(UTC) + timedelta(minutes=1)
    with trial("pmh", {DAY: SWITCHED_ON}), Session(engine) as session:
        certified_person(session, actors)
        session.commit()
        spoken = [Mouth(replace(settings, pmh_url=url, pmh_token=file)).speak(engine, soon) for url, file in (
            (None, token), ("https://localhost:1/", None), ("https://localhost:1/", tmp_path), ("https://localhost:1/", token))]
        assert spoken == [0, 0, 0, 1]
        assert session.scalars(select(OutgoingMessage.fault).where(OutgoingMessage.system == "pmh")).all() == ["no_number"]
