"""システムの状態: an administrator sees what stands and what waits, and no person; two people release a restored copy."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from models.job import Job
from models.restored_copy import RestoredCopy
from procedures.jobs import ask_for, give_up


@pytest.fixture
def broken(engine, actors) -> int:
    with Session(engine) as session:
        job = ask_for(session, actors["manager1"], "print_certificates", {"ids": [1]})
        job.state = "running"
        give_up(session, job.id, "OSError", datetime.now(UTC))
        session.commit()
        return job.id


def test_a_job_that_was_given_up_is_put_in_the_queue_again_by_an_administrator(login, engine, broken):
    admin = login("admin1")
    page = admin.get("/system/").text
    assert "受給者証の一括印刷" in page and "OSError" in page and "manager1" not in page
    assert admin.post(f"/system/jobs/{broken}/resume").status_code == 302
    with Session(engine) as session:
        assert session.get_one(Job, broken).state == "waiting"
    assert login("manager1").post(f"/system/jobs/{broken}/cancel").status_code == 403


def test_a_restored_copy_prints_nothing_until_two_people_released_it(login, engine):
    with Session(engine) as session:
        session.add(RestoredCopy(backup_made_at=datetime.now(UTC), backup_revision="0018", tables=1, rows=1, files=0))
        session.commit()
        number = session.query(RestoredCopy).one().id
    admin, manager = login("admin1"), login("manager1")
    refused = manager.post("/masters/banks/file")
    assert refused.status_code in (403, 405)
    assert admin.get("/masters/banks/file").status_code == 409
    assert "解除を求める" in admin.get("/system/").text
    admin.post(f"/system/copies/{number}/ask")
    admin.post(f"/system/copies/{number}/release")
    assert admin.get("/masters/banks/file").status_code == 409
    manager.post(f"/system/copies/{number}/release")
    assert admin.get("/masters/banks/file").status_code == 200
    assert "控えから復元したものです" not in admin.get("/system/").text
