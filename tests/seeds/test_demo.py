"""試用の事務所: papers wait at every step, and a second start changes nothing."""

from collections import Counter

from sqlalchemy import text

from config import Settings
from models.recipient import Recipient
from models.sheet import ReceivedSheet
from procedures.scans import Cabinet
from seeds.demo import PEOPLE, WAITING, load_demo


def test_a_demo_office_has_work_for_every_clerk_and_is_made_once(session, settings: Settings):
    before = session.query(Recipient).count()
    load_demo(session, settings)
    load_demo(session, settings)
    assert session.query(Recipient).count() == before + PEOPLE
    states = Counter(session.scalars(text("SELECT state FROM received_sheet")))
    expected = dict(WAITING)
    assert states["waiting_first"] >= expected["first"]
    assert states["waiting_second"] >= expected["second"]
    assert states["settling"] >= expected["settling"]


def test_every_waiting_paper_has_a_scan_that_opens(session, settings: Settings):
    load_demo(session, settings)
    cabinet = Cabinet(settings.data_dir / "scans", settings.keys())
    sheets = session.query(ReceivedSheet).filter(ReceivedSheet.scan_id.is_not(None)).all()
    assert len(sheets) >= sum(count for _, count in WAITING)
    assert cabinet.page(sheets[0].scan, 1).startswith(b"\x89PNG")


def test_in_a_settlement_at_least_two_items_differ(session, settings: Settings):
    load_demo(session, settings)
    settling = session.query(ReceivedSheet).filter_by(state="settling").all()
    assert settling and all(len(sheet.differences) >= 1 for sheet in settling)
