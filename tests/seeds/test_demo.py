"""試用の事務所: papers wait at every step, and a second start changes nothing."""

from collections import Counter
from collections.abc import Iterator

import pytest
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from config import Settings
from models.inquiry import INQUIRY_KINDS
from models.recipient import Recipient
from models.reimbursement import CLAIM_STATES
from models.sheet import ReceivedSheet
from procedures.accumulation import recompute
from procedures.actor import Actor
from procedures.batches import batches, within_reach
from procedures.figures import lines
from procedures.progress import LABELS, MOVES
from procedures.scans import Cabinet
from rules.receipt_check import CHECKS
from seeds.demo import PEOPLE, WAITING, load_demo
from tests.templates import TODAY, demo_city


@pytest.fixture(scope="module")
def settings(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The demo city, made by load_demo."""
    yield from demo_city(server, "demo", tmp_path_factory.mktemp("demo"))


@pytest.fixture
def session(settings: Settings) -> Iterator[Session]:
    """Its database; what a test changes there is undone."""
    engine = create_engine(str(settings.database_url))
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            yield session
        outer.rollback()
    engine.dispose()


def test_a_demo_office_has_work_for_every_clerk_and_is_made_once(session, settings: Settings):
    people = session.query(Recipient).count()
    load_demo(session, settings)
    assert session.query(Recipient).count() == people >= PEOPLE
    states = Counter(session.scalars(text("SELECT state FROM received_sheet")))
    expected = dict(WAITING)
    assert states["waiting_first"] >= expected["first"]
    assert states["waiting_second"] >= expected["second"]
    assert states["settling"] >= expected["settling"]
    assert states["registered"] >= expected["registered"]


def test_a_demo_manager_finds_figures_of_who_was_right(session, settings: Settings):
    found = {line.key: line for line in lines(session, "clerk", TODAY.replace(month=10), TODAY)}
    assert found["clerk2"].wrong > 0 == found["clerk1"].wrong
    assert found["clerk1"].was_right == found["clerk2"].wrong and found["clerk1"].seconds > 40


def test_every_waiting_paper_has_a_scan_that_opens(session, settings: Settings):
    cabinet = Cabinet(settings.data_dir / "scans", settings.keys())
    sheets = session.query(ReceivedSheet).filter(ReceivedSheet.scan_id.is_not(None)).all()
    assert len(sheets) >= sum(count for _, count in WAITING)
    assert cabinet.page(sheets[0].scan, 1).startswith(b"\x89PNG")


def test_in_a_settlement_at_least_two_items_differ(session, settings: Settings):
    settling = session.query(ReceivedSheet).filter_by(state="settling").all()
    assert settling and all(len(sheet.differences) >= 1 for sheet in settling)


def test_the_demo_city_shows_a_case_in_every_state(session, settings: Settings):
    states = set(session.scalars(text("SELECT DISTINCT state FROM application")))
    assert states == set(LABELS)
    claims = set(session.scalars(text("SELECT DISTINCT state FROM reimbursement_claim")))
    assert claims == set(CLAIM_STATES)
    assert set(session.scalars(text("SELECT DISTINCT application_kind FROM application"))) == set(MOVES)
    assert set(session.scalars(text("SELECT DISTINCT kind FROM inquiry"))) == set(INQUIRY_KINDS)
    for table in ("inquiry", "board_item", "renewal_notice", "work_item", "correction", "recall", "protection"):
        assert session.scalar(text(f"SELECT count(*) FROM {table}")) > 0, table


def test_the_demo_city_shows_receipts_findings_and_money_on_every_screen(session, settings: Settings):
    findings = dict(session.execute(text("SELECT code, count(*) FROM receipt_finding GROUP BY 1")).all())
    held = set(session.scalars(text("SELECT unnest(codes) FROM held_receipt")))
    assert {check.code for check in CHECKS} == set(findings) | held  # every check of the office is met once at least
    assert session.scalar(text("SELECT count(*) FROM receipt_upload WHERE state = 'refused' AND report IS NOT NULL")) == 1
    assert session.scalar(text("SELECT count(*) FROM receipt_profile")) == 1
    assert {"open", "accepted", "adjust", "return"} <= set(session.scalars(text("SELECT DISTINCT state FROM receipt_finding")))
    assert set(session.scalars(text("SELECT DISTINCT coalesce(decision, 'open') FROM held_receipt"))) == {"open", "accepted", "refused"}
    assert session.scalar(text("SELECT count(*) FILTER (WHERE undone_at IS NULL) * 10 + count(*) FILTER (WHERE undone_at IS NOT NULL) "
                               "FROM receipt_set")) == 31
    assert session.scalar(text("SELECT count(agreed_by) * 10 + count(*) FROM benefit_adjustment")) == 12
    for condition in ("benefit_month WHERE excess_yen > 0", "payer_invoice", "work_item WHERE kind = 'long_term_candidate'"):
        assert session.scalar(text(f"SELECT count(*) FROM {condition}")) > 0, condition
    assert {"made", "sent"} <= set(session.scalars(text("SELECT DISTINCT state FROM payment_batch")))
    assert recompute(session) == 0


def test_the_contractors_clerk_has_one_pile_to_key_and_no_other(session):
    user = session.query(User).filter_by(username="contract1").one()
    given = {batch.name: batch.waiting for batch in batches(session) if batch.given}
    assert len(given) == 1 and sum(given.values()) > 0 and [role.name for role in user.roles] == ["contract_entry"]
    hers = Actor(user.id, "contract1", "", keys_batches_only=True)
    reached = session.query(ReceivedSheet).filter(within_reach(hers)).all()
    assert reached and {sheet.batch for sheet in reached} == set(given)
