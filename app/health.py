"""健康: whether this process answers, and whether the office can work with it; no word about anybody."""

import shutil
from collections.abc import Callable

from flask import Flask, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.database import is_current
from app.extensions import db
from config import Settings

LEAST_FREE_BYTES = 500 * 1024 * 1024  # scans of a busy day with room to spare


def add_health(app: Flask, settings: Settings) -> None:
    """Give *app* ``/healthz`` (the process lives) and ``/readyz`` (database, migrations and disk are as needed)."""

    @app.get("/healthz")
    def healthz() -> Response:
        return jsonify(ok=True)

    @app.get("/readyz")
    def readyz() -> tuple[Response, int]:
        checks: dict[str, Callable[[], bool]] = {
            "database": _database_answers, "migrations": _database_is_current, "disk": lambda: _disk_has_room(settings)}
        found = {name: check() for name, check in checks.items()}
        return jsonify(ok=all(found.values()), **found), 200 if all(found.values()) else 503


def _database_answers() -> bool:
    try:
        return bool(db.session.scalar(text("SELECT 1")))
    except SQLAlchemyError:
        db.session.rollback()
        return False


def _database_is_current() -> bool:
    try:
        return is_current(db.session.connection())
    except SQLAlchemyError:
        db.session.rollback()
        return False


def _disk_has_room(settings: Settings) -> bool:
    return settings.data_dir.is_dir() and shutil.disk_usage(settings.data_dir).free > LEAST_FREE_BYTES
