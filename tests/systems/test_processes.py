"""システムの起動: one command a system, over TLS; only a certificate opens its services, only a login its pages."""

import os
import signal
from contextlib import suppress
from pathlib import Path

import pytest
import requests

from exchange.soap import SoapFault
from systems.frame.client import Silent
from tests.systems.processes import town, until


@pytest.fixture(scope="module")
def running(database_url, tmp_path_factory):
    with town(database_url, tmp_path_factory.mktemp("town")) as made:
        made.start("simulator")
        yield made


def test_a_system_says_who_it_is(running):
    assert running.health("simulator") == {"system": "simulator", "ok": True}


def test_a_service_is_for_the_holder_of_the_right_certificate(running):
    asked = {"処理通番": "Z1"}
    answer = running.peer("network", "simulator", "interconnect").call("FugoShutokuYokyu", "request-0001", "clerk", asked)
    assert answer["受付日時"].year >= 2026
    with pytest.raises(SoapFault) as found:
        running.peer("network", "simulator", "platform").call("FugoShutokuYokyu", "request-0002", "clerk", asked)
    assert found.value.code == "not_allowed"


def test_without_a_certificate_nothing_is_read(running):
    answer = requests.post(f"{running.address('simulator')}/soap/network", data=b"<a/>",
                           verify=str(running.tls_dir / "ca.pem"), timeout=10)
    assert answer.status_code == 500 and b"<code>certificate</code>" in answer.content


def test_pages_ask_for_a_login_and_keep_no_form_of_a_stranger(running):
    browser = requests.Session()
    browser.verify, browser.trust_env = str(running.tls_dir / "ca.pem"), False
    home = running.address("simulator")
    assert browser.get(f"{home}/records", timeout=10).url == f"{home}/login"
    assert "違います" in browser.post(f"{home}/login", data={"username": "admin1", "password": "x"}, timeout=10).text
    assert "ふるまい" in browser.post(f"{home}/login", data={"username": "admin1", "password": "demo-Nanbyo-1"}, timeout=10).text
    assert browser.get(f"{home}/records", timeout=10).status_code == 200
    assert browser.post(f"{home}/behaviour", data={"name": "dead"}, timeout=10).status_code == 400


def test_who_does_not_answer_is_silent_and_not_a_fault(running):
    with pytest.raises(Silent):
        running.peer("interconnect", "interconnect", "core").call("SYM_BatchJokyo", "request-0003", "clerk", {})


def test_hands_that_died_are_replaced_and_go_on(running):
    before = hands_of(running)
    os.kill(before[0], signal.SIGKILL)
    assert len(before) == 1 and until(lambda: len(after := hands_of(running)) == 1 and after != before)


def hands_of(running) -> list[int]:
    return [each for each in running.processes_of("simulator") if b"--hands" in _words(each)]


def _words(number: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{number}/cmdline").read_bytes()
    return b""
