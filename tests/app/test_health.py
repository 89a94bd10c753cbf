"""健康: who watches the server learns what is wrong, and nothing else."""

import json
import logging
import sys
from dataclasses import replace

from flask import Flask
from sqlalchemy.orm import Session

from app.clock import now
from app.health import add_health
from app.request_log import JsonLines
from procedures.health import WORKER_GONE, beat


def test_a_living_process_says_so(client):
    assert client.get("/healthz").json == {"ok": True}


def beaten(engine, moment):
    with Session(engine) as session:
        beat(session, moment)
        session.commit()


def test_a_ready_office_has_its_database_its_newest_migration_its_worker_and_room_on_the_disk(client, engine):
    beaten(engine, now())
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {"ok": True, "database": True, "migrations": True, "worker": True, "sealer": True, "disk": True}


def test_an_office_whose_worker_is_gone_is_not_ready(client, engine):
    beaten(engine, now() - WORKER_GONE)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["worker"], answer.json["database"]) == (503, False, True)


def test_the_figures_name_nobody_and_are_for_this_machine_alone(client, engine):
    beaten(engine, now())
    told = client.get("/metrics").text
    assert 'nanbyo_ready{check="worker"} 1' in told and 'nanbyo_jobs{state="failed"} 0' in told
    assert not any(name in told for name in ("clerk1", "admin1"))
    for given in ({"headers": {"X-Forwarded-For": "10.0.0.9"}}, {"environ_overrides": {"REMOTE_ADDR": "10.0.0.9"}}):
        assert client.get("/metrics", **given).status_code in (403, 404)


def test_every_answer_carries_the_id_its_lines_carry_and_no_line_a_word_of_a_fault(client):
    first, second = (client.get("/healthz").headers["X-Request-Id"] for _ in range(2))
    assert first != second
    assert client.get("/healthz", headers={"X-Request-Id": "forged-by-a-browser"}).headers["X-Request-Id"] != "forged-by-a-browser"
    try:
        raise ValueError("難病 花子")
    except ValueError:
        record = logging.LogRecord("nanbyo", logging.ERROR, __file__, 1, "POST %s", ("KeyingView.store",), sys.exc_info())
    line = json.loads(JsonLines().format(record))
    assert (line["message"], line["fault"]) == ("POST KeyingView.store", "ValueError") and "花子" not in json.dumps(line, ensure_ascii=False)


def test_an_office_without_its_data_folder_is_not_ready(app, settings, tmp_path):
    lame = Flask("lame")
    add_health(lame, replace(settings, data_dir=tmp_path / "gone"))
    with app.test_request_context():
        body, status = lame.view_functions["readyz"]()
    assert status == 503
    assert body.json["disk"] is False
    assert body.json["database"] is True
