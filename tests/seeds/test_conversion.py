"""移行: the demo city's people enter as conversions, whole and consistent, and numbering goes on behind them."""

from sqlalchemy import text

from models.application import Application
from models.benefit import Benefit
from models.recipient import Recipient
from procedures.series import next_number
from rules.numbers import valid
from seeds.conversion import next_resident
from seeds.receipts import add_receipts
from tests.city import ON, settle


def test_everybody_comes_with_applications_that_name_their_origin(session):
    settle(session, noise=80, source="former system 2026")
    cases = session.query(Application).filter_by(conversion="former system 2026").all()
    assert len({case.recipient_id for case in cases}) == 80
    assert all(case.sheet_id is None for case in cases)


def test_the_certified_point_to_their_latest_certification(session):
    settle(session, noise=80, source="former system 2026")
    wrong = session.scalar(text(
        "SELECT count(*) FROM recipient r JOIN certification c ON c.id = r.current_certification_id"
        " WHERE (c.valid_to, c.recipient_number, c.recipient_id)"
        " IS DISTINCT FROM (r.valid_to, r.recipient_number, r.id)"))
    certified = session.query(Recipient).filter(Recipient.recipient_number.is_not(None)).count()
    pointing = session.query(Recipient).filter(Recipient.current_certification_id.is_not(None)).count()
    assert wrong == 0 and certified == pointing > 0


def test_the_next_number_the_office_gives_is_behind_those_of_the_former_system(session):
    settle(session, noise=40)
    highest = session.scalar(text("SELECT max(left(recipient_number, 6)::int) FROM recipient"))
    assert next_number(session, "recipient_number") == highest + 1
    assert next_resident(session) > highest + 1


def test_rows_added_afterwards_take_numbers_of_their_own(session):
    settle(session, noise=10)
    highest = session.scalar(text("SELECT max(id) FROM application"))
    case = Application(conversion="x", application_date=ON, application_kind="1", acceptance_date=ON,
                       acceptance_number="X-1")
    session.add(case)
    session.flush()
    assert case.id > highest


def test_receipts_split_what_they_cost_and_never_pass_the_cap(session):
    settle(session, noise=80)
    before = session.query(Benefit).count()
    assert add_receipts(session, 300, 1, ON) == 300
    rows = session.query(Benefit).filter(Benefit.recipient_id.is_not(None)).all()
    assert len(rows) >= before + 300
    for row in rows:
        assert row.insurer_yen + row.public_yen + row.copay_yen == row.total_yen
        assert row.copay_yen <= session.get_one(Recipient, row.recipient_id).copay_cap_yen
        assert valid("facility", row.facility_number)
