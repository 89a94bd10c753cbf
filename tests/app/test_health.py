"""健康: who watches the server learns what is wrong, and nothing else."""

from dataclasses import replace

from flask import Flask

from app.health import add_health


def test_a_living_process_says_so(client):
    assert client.get("/healthz").json == {"ok": True}


def test_a_ready_office_has_its_database_its_newest_migration_and_room_on_the_disk(client):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {"ok": True, "database": True, "migrations": True, "disk": True}


def test_an_office_without_its_data_folder_is_not_ready(app, settings, tmp_path):
    lame = Flask("lame")
    add_health(lame, replace(settings, data_dir=tmp_path / "gone"))
    with app.test_request_context():
        body, status = lame.view_functions["readyz"]()
    assert status == 503
    assert body.json["disk"] is False
    assert body.json["database"] is True
