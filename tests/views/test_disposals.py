"""廃棄の画面: a reviewer lists, a manager approves, an auditor finds the proof and no name."""

from datetime import date

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from app.commands.worker import worker
from config import Settings
from tests.city import settle


@pytest.fixture
def old(engine: Engine) -> str:
    """The name of somebody whose period ended long ago."""
    with Session(engine) as session:
        settle(session, {"state": "expired", "valid_to": date(2016, 3, 31), "name": "廃棄　見本子"}, noise=0, source="disposal")
        session.commit()
    return "廃棄　見本子"


def test_from_the_list_to_the_proof(login, engine, settings: Settings, old, monkeypatch):
    reviewer, manager, auditor = login("reviewer1"), login("manager1"), login("auditor1")
    assert "未確認" in auditor.get("/disposals/").text and "一覧を作る" not in auditor.get("/disposals/").text
    assert "廃棄の一覧を作りました" in reviewer.post("/disposals/", data={"kind": "case_file"}, follow_redirects=True).text
    with engine.connect() as connection:
        number = connection.scalar(text("SELECT max(id) FROM disposal"))
    assert old in reviewer.get(f"/disposals/{number}").text and "承認して廃棄する" not in reviewer.get(f"/disposals/{number}").text
    assert "却下の理由" in manager.post(f"/disposals/{number}", data={"decision": "reject"}, follow_redirects=True).text
    assert "承認しました" in manager.post(f"/disposals/{number}", data={"decision": "approve"}, follow_redirects=True).text
    monkeypatch.setenv("DATABASE_URL", str(settings.database_url))
    monkeypatch.setenv("NANBYO_DATA_DIR", str(settings.data_dir))
    assert CliRunner().invoke(worker, ["--once"]).exit_code == 0
    page = auditor.get("/disposals/").text
    assert "廃棄済み" in page and "審査 史子" in page and "管理 学" in page and old not in page
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM recipient WHERE name = :name"), {"name": old}) == 0
    assert manager.get("/disposals/999999").status_code == 404


def test_where_nothing_is_past_it_is_said(login):
    assert "保存期間を過ぎた記録はありません" in login("reviewer1").post("/disposals/", data={"kind": "register"}, follow_redirects=True).text
