"""システムの窓口: one request is carried out once, whatever the network does; nobody without a certificate is heard."""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.orm import Session

from exchange.soap import Contract, SoapFault
from systems.frame.outbox import deliver_one, send
from systems.frame.server import Operation, Service, add_service, new_app
from systems.frame.store import Row, common

GATEWAY = Contract("gateway")
TABLES = common("trial_system")
HEAD = {"職員ID": "numberlink", "送信日時": "2026-11-24T09:00:00+09:00"}


def ask(request_id: str = "request-1", number: str = "123456789018") -> bytes:
    return GATEWAY.request("FugoIrai", {"要求ID": request_id, **HEAD}, {"処理通番": "A1", "個人番号": number})


@pytest.fixture(scope="module")
def engine(database_url):
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA trial_system"))
    Row.metadata.create_all(engine, [table for table in Row.metadata.tables.values() if table.schema == "trial_system"])
    yield engine
    engine.dispose()


@pytest.fixture
def client(engine):
    with engine.begin() as connection:
        connection.execute(text("TRUNCATE trial_system.request_seen, trial_system.log_line"))

    def handler(session, caller, values):
        if values["処理通番"] == "BAD":
            raise SoapFault("state", "いまはできません。")
        session.add(TABLES.log(actor=caller.staff_id, act="asked", subject=values["処理通番"]))
        return {"受付日時": "2026-11-24T09:00:00+09:00"}

    app = new_app("trial", engine)
    add_service(app, engine, Service(GATEWAY, {"FugoIrai": Operation(handler, frozenset({"numberlink"}))}, TABLES.seen),
                lambda: app.config["CALLER"])
    app.config["CALLER"] = "numberlink"
    return app.test_client()


def acts(engine) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(TABLES.log))


def code_of(answer) -> str:
    with pytest.raises(SoapFault) as found:
        GATEWAY.response(answer.data)
    return found.value.code


def test_the_same_request_again_is_answered_the_same_and_done_once(client, engine):
    first, second = (client.post("/soap/gateway", data=ask()) for _ in range(2))
    assert (first.status_code, first.data) == (200, second.data)
    assert acts(engine) == 1


def test_eight_at_once_are_one(client, engine):
    app = client.application
    with ThreadPoolExecutor(8) as crowd:
        answers = {each.data for each in crowd.map(lambda _: app.test_client().post("/soap/gateway", data=ask()), range(8))}
    assert len(answers) == 1 and acts(engine) == 1


def test_a_request_id_with_other_content_is_refused(client, engine):
    client.post("/soap/gateway", data=ask())
    assert code_of(client.post("/soap/gateway", data=ask(number="202404010010"))) == "request_id"
    assert acts(engine) == 1


def test_what_was_refused_leaves_nothing_and_may_be_sent_again(client, engine):
    bad = GATEWAY.request("FugoIrai", {"要求ID": "request-2", **HEAD}, {"処理通番": "BAD", "個人番号": "123456789018"})
    assert code_of(client.post("/soap/gateway", data=bad)) == "state"
    assert acts(engine) == 0
    assert client.post("/soap/gateway", data=ask("request-2")).status_code == 200


@pytest.mark.parametrize(("caller", "code"), [(None, "certificate"), ("platform", "not_allowed")])
def test_only_the_holder_of_the_right_certificate_is_heard(client, caller, code):
    client.application.config["CALLER"] = caller
    assert code_of(client.post("/soap/gateway", data=ask())) == code


def test_too_much_is_a_fault_and_not_a_page(client):
    assert code_of(client.post("/soap/gateway", data=b"x" * (3 * 1024 * 1024))) == "size"


def test_the_health_page_says_which_system_answers(client):
    assert client.get("/healthz").get_json() == {"system": "trial", "ok": True}
    assert b"FugoIrai" in client.get("/soap/gateway?wsdl").data


def test_a_secret_answer_is_not_kept_and_a_request_is_known_by_a_keyed_hash_only(engine):
    with engine.begin() as connection:
        connection.execute(text("TRUNCATE trial_system.request_seen, trial_system.log_line"))
    app = new_app("trial", engine)

    def handler(session, caller, values):
        session.add(TABLES.log(actor=caller.staff_id, act="asked"))
        return {"受付日時": "2026-11-24T09:00:00+09:00"}
    add_service(app, engine, Service(GATEWAY, {"FugoIrai": Operation(handler, frozenset({"numberlink"}), keeps_answer=False)},
                                     TABLES.seen, key=b"secret"), lambda: "numberlink")
    assert [app.test_client().post("/soap/gateway", data=ask()).status_code for _ in range(2)] == [200, 200]
    plain = hashlib.sha256(json.dumps({"処理通番": "A1", "個人番号": "123456789018"}, sort_keys=True).encode()).hexdigest()
    with Session(engine) as session:
        kept = session.scalars(select(TABLES.seen)).one()
        assert kept.response is None and kept.body_sha256 != plain
    assert acts(engine) == 2 and code_of(app.test_client().post("/soap/gateway", data=ask(number="202404010010"))) == "request_id"


def test_what_the_outbox_must_not_hold_is_said_at_the_moment_of_sending(engine):
    said = []

    class Peer:
        def call(self, operation, request_id, staff_id, values):
            said.append(values)
            return {}
    with Session(engine) as session:
        send(session, TABLES.outgoing, "gateway", "FugoIrai", {"処理通番": "A1"}, "secret")
        session.commit()
    now = datetime.now(UTC) + timedelta(seconds=1)
    delivered = deliver_one(engine, TABLES.outgoing, {"gateway": Peer()}, {"secret": lambda session, row, answer: None}, "trial", now,
                            {"secret": lambda session, row: {**row.content, "個人番号": "123456789018"}})
    with Session(engine) as session:
        assert delivered and session.scalars(select(TABLES.outgoing.content)).all() == [{"処理通番": "A1"}]
    assert said == [{"処理通番": "A1", "個人番号": "123456789018"}]
