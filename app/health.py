"""健康: whether this process answers, whether the office can work with it, and its figures; no word about anybody."""

import shutil
from collections.abc import Callable
from ipaddress import ip_address

from flask import Flask, Response, abort, jsonify, request
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.clock import now
from app.database import is_current
from app.extensions import db
from config import Settings
from procedures import health
from procedures.sealing import is_unsealed

_SEALER_LIVES = text("SELECT at > clock_timestamp() - interval '60 seconds' FROM seal_state")
LEAST_FREE_BYTES = 500 * 1024 * 1024  # scans of a busy day with room to spare


def add_health(app: Flask, settings: Settings) -> None:
    """Give *app* ``/healthz`` (the process lives), ``/readyz`` (database, migrations, worker, sealer, disk) and ``/metrics``."""

    @app.get("/healthz")
    def healthz() -> Response:
        return jsonify(ok=True)

    @app.get("/readyz")
    def readyz() -> tuple[Response, int]:
        found = checks(settings)
        return jsonify(ok=all(found.values()), **found), 200 if all(found.values()) else 503

    @app.get("/metrics")
    def metrics() -> Response:
        """In Prometheus' text, for a watcher on this machine; whoever comes through a proxy is not on it."""
        if "X-Forwarded-For" in request.headers or not ip_address(request.remote_addr or "0.0.0.0").is_loopback:
            abort(404)
        return Response(_figures(settings), mimetype="text/plain; version=0.0.4")


def checks(settings: Settings) -> dict[str, bool]:
    """What the office needs, and whether it is there."""
    looked: dict[str, Callable[[], bool]] = {
        "database": lambda: _holds(lambda: bool(db.session.scalar(text("SELECT 1")))),
        "migrations": lambda: _holds(lambda: is_current(db.session.connection())),
        "worker": lambda: _holds(lambda: health.is_worked(db.session, now())),
        "sealer": lambda: _holds(lambda: not is_unsealed(db.session) and bool(db.session.scalar(_SEALER_LIVES))),
        "disk": lambda: free_bytes(settings) > LEAST_FREE_BYTES}
    return {name: check() for name, check in looked.items()}


def free_bytes(settings: Settings) -> int:
    """Room on the disk of the stored files; 0 where their folder is gone."""
    return shutil.disk_usage(settings.data_dir).free if settings.data_dir.is_dir() else 0


def _holds(question: Callable[[], bool]) -> bool:
    try:
        return question()
    except SQLAlchemyError:
        db.session.rollback()
        return False


def _figures(settings: Settings) -> str:
    found = health.state(db.session, now())
    lines = [("nanbyo_ready", name, "check", int(is_right)) for name, is_right in checks(settings).items()]
    lines += [("nanbyo_jobs", name, "state", count) for name, count in found.jobs.items()]
    plain = {"nanbyo_worker_seconds_ago": -1 if found.worker_ago is None else round(found.worker_ago.total_seconds(), 1),
             "nanbyo_database_bytes": found.database_bytes, "nanbyo_disk_free_bytes": free_bytes(settings),
             "nanbyo_logins": found.sessions, "nanbyo_restored_copy_closed": int(not found.may_leave)}
    told = [f'{metric}{{{label}="{name}"}} {value}' for metric, name, label, value in lines]
    kinds = [f"# TYPE {metric} gauge" for metric in dict.fromkeys(each[0] for each in lines)]
    return "\n".join([*kinds, *told, *(line for name, value in plain.items() for line in (f"# TYPE {name} gauge", f"{name} {value}"))]) + "\n"
