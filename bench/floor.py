"""床: the least a page of this list can be: one hand-written keyset query, one string of HTML, nobody logged in."""

from html import escape
from typing import Any, Final

import psycopg
from flask import Flask, request

COLUMNS: Final = ("recipient_number", "name", "name_kana", "birth_date", "sex", "address", "counter", "disease_number",
                  "tier", "copay_cap_yen", "valid_from", "valid_to")
_HEAD: Final = ("<!doctype html><html lang=ja><title>list</title><table><tr>"
                + "".join(f"<th>{column}</th>" for column in COLUMNS) + "</tr>")


def connect(url: str) -> psycopg.Connection[Any]:
    """Return the one connection the floor works on; the caller closes it."""
    return psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://", 1), autocommit=True,
                           prepare_threshold=None, options="-c plan_cache_mode=force_custom_plan")


def floor_app(connection: psycopg.Connection[Any]) -> Flask:
    """Return a Flask application with the one page ``/``: ``after`` = key and number, ``kana`` and ``state`` filter."""
    app = Flask("floor")

    @app.get("/")
    def page() -> str:
        where, values = _conditions(request.args)
        rows = connection.execute(
            f"SELECT kana_key, id, {', '.join(COLUMNS)} FROM recipient {where} ORDER BY kana_key, id LIMIT 50", values)
        body = "".join("<tr>" + "".join(f"<td>{escape(str(value))}</td>" for value in row[2:]) + "</tr>"
                       for row in rows)
        return f"{_HEAD}{body}</table>"

    return app


def _conditions(asked: Any) -> tuple[str, list[Any]]:
    parts: list[str] = []
    values: list[Any] = []
    if asked.get("kana"):
        parts.append("kana_key LIKE %s")
        values.append(asked["kana"] + "%")
    if asked.get("state"):
        parts.append("state = %s")
        values.append(asked["state"])
    if asked.get("after"):
        parts.append("(kana_key, id) > (%s, %s)")
        values += [asked["key"], int(asked["after"])]
    return ("WHERE " + " AND ".join(parts) if parts else ""), values
