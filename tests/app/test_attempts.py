"""越えようとした試み: what tried to pass a control is in the log and in the journal, whatever screen said no."""

import logging

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.request_log import JsonLines
from models.journal import JournalEntry
from procedures import jobs, payment
from tests.money import CITY, PAY_DAY, granted, people
from tests.office import NOW, ON


@pytest.fixture
def told(engine):
    """Why somebody was refused since the test began: (who, screen, why)."""
    with Session(engine) as session:
        newest = session.scalar(select(JournalEntry.id).order_by(JournalEntry.id.desc()).limit(1)) or 0

    def entries():
        with Session(engine) as session:
            rows = session.scalars(select(JournalEntry).where(JournalEntry.id > newest, JournalEntry.action == "refused").order_by(JournalEntry.id))
            return [(row.actor_name.split()[0], row.screen, row.detail["why"]) for row in rows]
    return entries


def test_a_screen_without_its_right_a_way_that_is_not_offered_and_a_number_that_is_nobodys_are_told(login, told):
    client = login("reviewer1")
    assert [client.get("/roles/").status_code, client.delete("/queue/").status_code, client.get("/register/link/999999").status_code,
            client.get("/favicon.ico").status_code] == [403, 405, 404, 404]
    assert [why for _, _, why in told()] == ["403", "405", "404"]


def test_who_does_what_another_must_do_is_told_although_a_screen_says_it(login, engine, actors, told):
    with Session(engine) as session:
        claim = granted(session, actors, people(session)[0])
        run = payment.make(session, actors["manager1"], CITY, PAY_DAY, ON, NOW, {claim.id}).id
        job = jobs.ask_for(session, actors["clerk1"], "letters", {}).id
        session.commit()
    client = login("manager1")
    assert "支払回を作った人は承認できません" in client.post(f"/payments/{run}/release", follow_redirects=True).text
    client.post(f"/jobs/{job}/pause")
    assert [(screen, why) for _, screen, why in told()] == [("PaymentsView.release", "MakersOwn"), ("JobsView.steer", "NotYours")]


def test_a_forged_form_of_nobody_is_in_the_log_by_its_kind_alone(app, caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger("nanbyo"), "propagate", True)
    with caplog.at_level(logging.WARNING, logger="nanbyo"):
        assert app.test_client().delete("/queue/", headers={"X-Name": "見本 花子"}).status_code == 405
    [line] = [record for record in caplog.records if record.getMessage() == "refused"]
    assert line.more == {"why": "405", "method": "DELETE", "endpoint": None, "user": None}
    assert "見本" not in JsonLines().format(line)
