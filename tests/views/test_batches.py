"""束の割当の画面: the contractor's clerk sees her pile by no address but her own, and a manager gives and takes piles."""

import re
from io import BytesIO

import pytest
from flask_appbuilder.security.sqla.models import User
from PIL import Image
from sqlalchemy.orm import Session

from procedures.scans import Cabinet
from seeds.users import add_user
from tests.office import received


@pytest.fixture
def sheets(engine, actors, settings):
    """Two papers in different piles, by number, and a clerk of the contractor who knows the demo's password."""
    cabinet = Cabinet(settings.data_dir / "scans", settings.keys())
    picture = BytesIO()
    Image.new("L", (8, 8)).save(picture, "PNG")
    with Session(engine) as session:
        found = {}
        for batch in ("甲", "乙"):
            sheet = received(session, actors)
            sheet.batch, sheet.scan = batch, cabinet.store(session, picture.getvalue())
            found[batch] = (sheet.id, sheet.acceptance_number)
        if session.query(User).filter_by(username="hired1").one_or_none() is None:
            hashed = session.query(User).filter_by(username="clerk1").one().password
            add_user(session, "hired1", "受託", "花子", hashed, ("contract_entry",))
        session.commit()
    return found


def test_a_manager_gives_a_pile_and_its_papers_alone_open_until_it_is_taken_back(login, sheets):
    manager, hired = login("manager1"), login("hired1")
    (mine, number), (other, other_number) = sheets["甲"], sheets["乙"]
    assert number not in hired.get("/queue/").text
    page = manager.get("/batches/").text
    whom = re.search(r'<option value="(\d+)">受託 花子', page)[1]
    assert manager.post("/batches/", data={"batch": "甲", "clerk": whom}, follow_redirects=True).status_code == 200
    queue = hired.get("/queue/").text
    assert number in queue and other_number not in queue
    assert hired.post(f"/keying/{mine}").headers["Location"] == f"/keying/{mine}"
    assert hired.post(f"/keying/{other}").headers["Location"] == "/queue/"
    for address in (f"/keying/{other}", f"/queue/return/{other}"):
        answer = hired.get(address)
        assert answer.status_code == 302 and other_number not in answer.text
    assert hired.get(f"/scan/{mine}/1").status_code == 200 and hired.get(f"/scan/{other}/1").status_code == 404
    given = re.search(r"/batches/(\d+)/end", manager.get("/batches/").text)[1]
    manager.post(f"/batches/{given}/end")
    assert number not in hired.get("/queue/").text and hired.get(f"/keying/{mine}").status_code == 302


def test_only_managers_give_piles(login):
    for name in ("clerk1", "admin1", "reviewer1"):
        assert login(name).get("/batches/").status_code == 403
