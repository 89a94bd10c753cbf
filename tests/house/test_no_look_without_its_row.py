"""見た記録のない閲覧はない: no person leaves this building by any address without her row, and none at all where it cannot be written."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2
import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from app.building import create_app
from seeds.users import DEMO_PASSWORD
from tests.conftest import close
from tests.sealer import at_work
from tests.templates import demo_city
from tests.whole_office import Door, doors, furnish

# Everybody who is recorded anywhere, by name; of those on the ledger the number.
PEOPLE = """
SELECT name, id FROM recipient UNION SELECT patient_name, NULL FROM patient UNION SELECT member_name, NULL FROM household_member
UNION SELECT applicant_name, NULL FROM applicant UNION SELECT name, NULL FROM addressee
UNION SELECT raw ->> 'patient.patient_name', NULL FROM keying WHERE raw ? 'patient.patient_name'
UNION SELECT left(raw ->> 'patient.patient_phone', 10), NULL FROM keying WHERE raw ? 'patient.patient_phone'
UNION SELECT first_answers ->> 'name', NULL FROM off_register_entry UNION SELECT second_answers ->> 'name', NULL FROM off_register_entry
UNION SELECT content ->> 'name', NULL FROM held_row"""
# Whom the rows since a moment name: herself, on a list, by her paper, by her row of the register.
NAMED = """
SELECT recipient_id FROM journal_entry WHERE id > :after AND recipient_id IS NOT NULL
UNION SELECT jsonb_array_elements(detail -> 'recipients')::bigint FROM journal_entry WHERE id > :after AND detail ? 'recipients'
UNION SELECT a.recipient_id FROM journal_entry e JOIN application a ON a.sheet_id = e.subject_id
 WHERE e.id > :after AND e.subject_kind = 'received_sheet'
UNION SELECT c.recipient_id FROM journal_entry e CROSS JOIN LATERAL jsonb_array_elements(e.detail -> 'ids') AS i
  JOIN addressee a ON a.id = i::bigint JOIN patient p ON p.patient_file_number = a.file_number
  JOIN application c ON c.id = p.application_id WHERE e.id > :after AND e.detail ->> 'listing' = 'records/addressees'"""


# Where somebody is seen for certain, lest the walk grow blind; whatever else shows her is held to the same.
SHOWN = {
    *(f"GET {path}/" for path in (
        "/applications", "/assessment", "/case", "/certification", "/corrections", "/inquiries", "/issue", "/notices", "/recipients",
        "/register", "/review", "/work")),
    *(f"GET /{path}/<int:application_id>" for path in ("assessment", "case", "certification", "notices", "review")),
    *(f"{verb} /records/{noun}{tail}" for noun in (
        "addressees", "assessments", "benefits", "certifications", "household", "insurance", "reviews")
      for verb, tail in (("GET", "/"), ("GET", "/<int:number>"), ("POST", "/export"))),
    "GET /applications/<int:number>", "GET /recipients/<int:number>", "POST /applications/export", "POST /recipients/export",
    "GET /board/<int:number>", "GET /given/<int:recipient_id>", "GET /network-inquiries/<int:application_id>", "GET /corrections/<table>/<int:row_id>", "GET /issue/<int:certification_id>/preview",
    "GET /issue/notice/<int:application_id>/preview", "GET /keying/<int:sheet_id>", "GET /notices/recalls",
    "GET /numbers/<int:number>", "GET /off-register/<int:number>", "GET /person/<int:number>", "GET /register/link/<int:recipient_id>", "GET /renewals/<int:number>",
    "GET /scan/<int:sheet_id>/<int:number>", "GET /settlement/<int:sheet_id>", "POST /assessment/<int:application_id>",
    "POST /case/<int:application_id>/letter/<kind>", "POST /certification/bulk", "POST /inquiries/file",
    "POST /issue/<int:certification_id>", "POST /issue/notice/<int:application_id>", "POST /jobs/<int:number>/result",
    "GET /requests/", "GET /requests/<int:number>", "POST /requests/<int:number>/preview", "POST /requests/<int:number>/copy",
    "POST /keying/submit/<int:keying_id>", "POST /renewals/<int:number>/labels", "POST /settlement/<int:sheet_id>"}


@dataclass
class Office:
    """The whole office under test."""

    app: Flask
    engine: Engine
    people: dict[str, set[int]]
    doors: list[Door]


@pytest.fixture(scope="module")
def office(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    for settings in demo_city(server, "whole", tmp_path_factory.mktemp("whole")):
        engine = create_engine(str(settings.database_url))
        with at_work(settings), Session(engine) as session:
            furnish(session, settings)
            found = list(doors(session))
            people: dict[str, set[int]] = {}
            for name, number in session.execute(text(PEOPLE)):
                people.setdefault(_plain(name), set()).update({number} if number else ())
        app = create_app(settings)
        app.config["WTF_CSRF_CHECK_DEFAULT"] = False
        with at_work(settings):
            yield Office(app, engine, {name: ids for name, ids in people.items() if name}, found)
        close(app)
        engine.dispose()


def _plain(written: str | None) -> str:
    return re.sub(r"\s", "", written or "")


def _text(answer: object) -> str:
    """Every letter of an answer, whatever it is: a page, a paper, a table, a picture of a paper."""
    kind, content = answer.mimetype, answer.data  # type: ignore[attr-defined]  # what a bound method knows
    if kind == "application/pdf":
        return "".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(content))
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            return "".join(parts.read(name).decode("utf-8", "ignore") for name in parts.namelist())
    written = content.decode("utf-8", "ignore")
    return written + re.sub(r"<[^>]*>", "", written)  # values of fields, and words that are marked letter by letter


def _walk(office: Office, *, writes: bool) -> Iterator[tuple[Door, set[str], set[int], int]]:
    """Go through every door: who was seen there, whom the journal names since, and how many rows it got."""
    clients = {}
    for user in {door.user for door in office.doors}:
        clients[user] = office.app.test_client()
        assert clients[user].post("/login/", data={"username": user, "password": DEMO_PASSWORD}).status_code == 302
    if not writes:
        with office.engine.begin() as connection:
            connection.execute(text("REVOKE INSERT ON journal_entry FROM nanbyo_app"))
    pattern = re.compile("|".join(map(re.escape, sorted(office.people, key=len, reverse=True))))
    with office.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for door in office.doors:
            after = connection.scalar(text("SELECT coalesce(max(id), 0) FROM journal_entry"))
            answer = clients[door.user].open(door.address, method=door.method, data=door.form or None)
            seen = set(pattern.findall(_plain(_text(answer)))) | ({"写真"} if answer.mimetype.startswith("image/") else set())
            named = set(connection.scalars(text(NAMED), {"after": after})) if seen else set()
            rows = connection.scalar(text("SELECT count(*) FROM journal_entry WHERE id > :after"), {"after": after})
            yield door, seen, named, rows


def test_who_is_shown_is_in_the_journal_by_the_time_she_is_seen(office: Office):
    showing: dict[str, Door] = {}
    unnamed = []
    for door, seen, named, rows in _walk(office, writes=True):
        if seen:
            showing.setdefault(door.route, door)
        unnamed += [(door.route, door.address, door.user, name) for name in seen
                    if not rows or (office.people.get(name) and not office.people[name] & named)]
    assert unnamed == []
    assert set(showing) >= SHOWN
    office.doors = list(showing.values())


def test_where_the_journal_cannot_be_written_nobody_is_shown(office: Office):
    """At every door behind which somebody was seen a moment ago."""
    assert {door.route for door in office.doors} >= SHOWN
    assert [(door.route, door.user, seen) for door, seen, _, _ in _walk(office, writes=False) if seen] == []
