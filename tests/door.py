"""入口に立つ人々: clients of an installation that is no trial, each with a reader of her own."""

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from app.clock import now
from exchange.finger import Site
from procedures.enrolment import enrol, enrolment_question, issue_at_console
from seeds.users import DEMO_PASSWORD
from tests.authenticator import SoftAuthenticator

COOKIE = "__Host-nanbyo"


def give_reader(session: Session, origin: str, username: str) -> SoftAuthenticator:
    """A reader of that person, enrolled; committed by the caller."""
    user = session.query(User).filter_by(username=username).one()
    session.execute(text("INSERT INTO login_session (key, data) VALUES ('enrolling', '{}') ON CONFLICT DO NOTHING"))
    reader, site, moment = SoftAuthenticator(origin), Site(origin), now()
    session.execute(text("UPDATE authenticator SET revoked_at = now() WHERE revoked_at IS NULL AND user_id = :id"), {"id": user.id})
    code = issue_at_console(session, user, moment)
    options = enrolment_question(session, user, code, "enrolling", site, "", moment)
    enrol(session, user, code, reader.create(options), "enrolling", site, "", moment)
    return reader


def half_in(app: Flask, username: str) -> FlaskClient:
    """A client that gave the password only."""
    client = app.test_client()
    answer = client.post("/login/", data={"username": username, "password": DEMO_PASSWORD})
    assert answer.headers["Location"] == "/login/finger"
    return client


def finger(client: FlaskClient, reader: SoftAuthenticator, at: str = "/login/finger", ask: str = "/login/finger/challenge"):
    """The client asks for a question and sends the reader's answer."""
    options = client.post(ask, json={}).get_json()
    return client.post(at, json={"answer": reader.get(options)})


def logged_in(app: Flask, username: str, reader: SoftAuthenticator) -> FlaskClient:
    """A client that gave both factors."""
    client = half_in(app, username)
    assert finger(client, reader).status_code == 200
    return client


def later(engine: Engine, **by: float) -> None:
    """Everything that happened in sessions happened so much earlier."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE login_session SET seen_at = seen_at - :by, created_at = created_at - :by, "
                                "fresh_at = fresh_at - :by, locked_at = locked_at - :by"), {"by": timedelta(**by)})
