"""ファイルサーバー: the platform's own people and roles, and a line for everything that was read, written or taken away."""

import ssl
from base64 import b64encode
from http.client import HTTPSConnection
from urllib.parse import quote, unquote

import pytest
import requests
from sqlalchemy import select
from sqlalchemy.orm import Session

from systems.frame.staff import DEMO_PASSWORD
from systems.platform.share import FOLDERS
from systems.platform.tables import COMMON
from tests.systems.platform.hands import hands_of
from tests.systems.processes import until


@pytest.fixture(scope="module")
def share(app, database_url, tmp_path_factory):
    """The share of real hands, over TLS; the accounts of a trial are there."""
    with hands_of(database_url, tmp_path_factory.mktemp("share")) as hands:
        home = "https://" + hands.environment["NANBYO_PLATFORM_WEBDAV"]

        def ask(method, path, who="admin1", password=DEMO_PASSWORD, **more):
            with requests.Session() as browser:
                browser.trust_env = False
                return browser.request(method, home + path, auth=(who, password) if who else None,
                                       verify=str(hands.tls_dir / "ca.pem"), timeout=20, **more)

        def answers():
            try:
                return ask("OPTIONS", "/batch", None).status_code
            except requests.ConnectionError:
                return None
        until(answers)
        ask.host, ask.authority = hands.environment["NANBYO_PLATFORM_WEBDAV"], str(hands.tls_dir / "ca.pem")
        yield ask


def lines(engine, act):
    with Session(engine) as session:
        return session.execute(select(COMMON.log.actor, COMMON.log.subject, COMMON.log.outcome).where(
            COMMON.log.act == act).order_by(COMMON.log.id)).tuples().all()


def test_a_batch_file_is_laid_down_read_and_taken_away_and_each_is_written_down(share, engine):
    assert share("PUT", "/batch/取込_20261124.csv", data="番号\r\n".encode()).status_code == 201
    assert share("GET", "/batch/取込_20261124.csv").content.decode() == "番号\r\n"
    assert "取込" in unquote(share("PROPFIND", "/batch/", headers={"Depth": "1"}).text)
    assert share("GET", "/batch/取込_20261124.csv", "auditor1").status_code == 200
    assert share("MOVE", "/batch/取込_20261124.csv", headers={"Destination": "/batch/" + quote("済.csv")}).status_code == 201
    assert share("DELETE", "/batch/済.csv").status_code == 204
    assert lines(engine, "share put") == [("admin1", "/batch/取込_20261124.csv", "ok")]
    assert [(who, outcome) for who, _, outcome in lines(engine, "share get")] == [("admin1", "ok"), ("auditor1", "ok")]
    assert [len(lines(engine, f"share {act}")) for act in ("move", "delete", "propfind")] == [1, 1, 1]


@pytest.mark.parametrize(("who", "method", "path", "status"), [
    ("clerk1", "GET", "/batch/", 403), ("auditor1", "PUT", "/batch/x.csv", 403), ("auditor1", "DELETE", "/batch/", 403),
    ("admin1", "PUT", "/characters/x.json", 403), ("admin1", "PUT", "/batch/../characters/x", 403),
    ("admin1", "GET", "/other/", 403), (None, "GET", "/batch/", 401),
    ("admin1", "TRACE", "/batch/", 405)])
def test_nobody_goes_where_her_roles_do_not_lead(share, who, method, path, status):
    answer = share(method, path, who, data=b"x" if method == "PUT" else None)
    assert answer.status_code == status


@pytest.mark.parametrize("path", ["/batch/../../login.key", "/batch/%2e%2e/%2e%2e/login.key", "/batch/..%2f..%2flogin.key"])
def test_nothing_but_the_folders_is_reached_by_any_path(share, path):
    raw = HTTPSConnection(share.host, context=ssl.create_default_context(cafile=share.authority))
    raw.request("GET", path, headers={"Authorization": "Basic " + b64encode(f"admin1:{DEMO_PASSWORD}".encode()).decode()})
    answer = raw.getresponse()
    assert answer.status in (400, 403, 404) and b"PRIVATE" not in answer.read()
    raw.close()


def test_what_was_refused_is_written_down_and_a_guesser_waits(share, engine):
    share("PUT", "/batch/y.csv", "manager1", data=b"x")
    assert lines(engine, "share put")[-1] == ("manager1", "/batch/y.csv", "403")
    tries = [share("GET", "/batch/", "admin2", "wrong").status_code for _ in range(5)]
    assert set(tries) == {401} and share("GET", "/batch/", "admin2").status_code == 401, "even the right word waits now"
    assert [each[2] for each in lines(engine, "share login")] == ["refused"] * 5


def test_the_signed_table_of_letters_lies_there_for_everybody_of_the_staff(share):
    def found():
        return "characters-00001.json" in share("PROPFIND", "/characters/", "clerk1", headers={"Depth": "1"}).text
    until(found)
    assert share("GET", "/characters/characters-00001.json", "clerk1").json()["number"] == 1
    assert set(FOLDERS) == {"/characters", "/batch"}
