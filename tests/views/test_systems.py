"""隣のシステム: an administrator sees which of them answers; a system with another's certificate is not believed."""

import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from exchange.neighbours import NAMES, PORTS, variable_of
from procedures import neighbours
from rules.parameters import figures, trial
from systems.frame.tls import files_of, make_missing
from tests.templates import TODAY


class Health(BaseHTTPRequestHandler):
    """Says of itself what its class says."""

    told: dict[str, object] = {"system": "numberlink", "ok": True}
    code = 200

    def do_GET(self):
        self.send_response(self.code)
        self.end_headers()
        self.wfile.write(json.dumps(self.told).encode())

    def log_message(self, *words):
        """Nothing is written."""


@pytest.fixture
def town(tmp_path, monkeypatch):
    """A numberlink that answers with its certificate; the others' numbers belong to nobody."""
    make_missing(tmp_path, (*NAMES, "core"))
    certificate, key, _ = files_of(tmp_path, "numberlink")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Health)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    for name in NAMES:
        monkeypatch.setenv(variable_of(name), "https://localhost:1")
    monkeypatch.setenv(variable_of("numberlink"), f"https://localhost:{server.server_address[1]}")
    yield tmp_path
    server.shutdown()
    thread.join()
    server.server_close()


def test_who_answers_and_who_does_not_is_seen_at_once(town, monkeypatch):
    assert [each.state for each in neighbours.look(NAMES, town)] == ["well", "silent", "silent", "silent"]
    monkeypatch.setattr(Health, "told", {"system": "platform", "ok": True})
    assert neighbours.look(["numberlink"], town)[0].state == "unwell"
    monkeypatch.setattr(Health, "code", 503)
    assert neighbours.look(["numberlink"], town)[0].state == "unwell"


def test_a_certificate_of_another_authority_is_not_believed(town, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    make_missing(other, ("core",))
    assert neighbours.look(["numberlink"], other)[0].state == "untrusted"


def test_before_the_first_start_there_is_nothing_to_check_with(tmp_path):
    assert {each.state for each in neighbours.look(NAMES, tmp_path)} == {"unknown"}


def test_administrators_see_the_systems_and_case_workers_do_not(login, town, monkeypatch):
    monkeypatch.setenv("NANBYO_TLS", str(town))
    page = login("admin1").get("/systems/").text
    assert "動いています" in page and page.count("答えません") == 3
    assert f"localhost:{PORTS['interconnect']}" not in page
    assert "PMHへの登録は切れています" in page
    assert login("reviewer1").get("/systems/").status_code == 403


def test_an_administrator_sees_on_which_revision_pmh_is_told_and_what_is_missing(login, town, monkeypatch):
    monkeypatch.setenv("NANBYO_TLS", str(town))
    revised = figures("pmh", TODAY) | {"is_on": True, "revision_on": "2026-10-01", "revision_document": "評価書第77号"}
    with trial("pmh", {TODAY: revised}):
        page = login("admin1").get("/systems/").text
    assert "評価書第77号" in page and "NANBYO_PMH_URL が設定されていません" in page and "NANBYO_PMH_TOKEN に設定" in page
    with trial("pmh", {TODAY: revised | {"revision_document": ""}}):
        assert "PMHへの登録は使えません" in login("admin1").get("/systems/").text
