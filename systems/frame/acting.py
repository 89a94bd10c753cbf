"""画面の操作と一覧: an act of a page is one transaction, its refusal a sentence on that page; a list says how many there are."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, request
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from exchange.soap import SoapFault
from systems.frame.screens import allowed, transaction

STALE: Final = "ほかの人が先に処理しました。いまの状態を見て選び直してください。"
MOST: Final = 200
JAPAN: Final = ZoneInfo("Asia/Tokyo")


def acted(act: str, subject: str, back: str, do: Callable[[Session], Any]) -> Response:
    """Do it and go *back*; a refusal stores nothing and is shown there."""
    try:
        with transaction(act, subject) as session:
            do(session)
    except SoapFault as refused:
        return redirect(f"{back}?fault={refused.code}")
    return redirect(back)


def fault_of(sentences: Mapping[str, str]) -> str:
    """The system's own sentence for the refusal this page was reached with."""
    code = request.args.get("fault", "")
    return sentences.get(code, STALE) if code else ""


def add_list(room: Blueprint, name: str, roles: Sequence[str], query: Callable[[], Select[Any]]) -> None:
    """A page of *room* that shows the first of what *query* finds, to these roles, and says how many there are."""
    def page() -> str:
        with transaction(f"listed {name}") as session:
            total = session.scalar(select(func.count()).select_from(query().subquery()))
            return render_template(f"{room.name}/{name}.html", rows=session.execute(query().limit(MOST)).all(), total=total, most=MOST)
    room.add_url_rule(f"/{name.replace('_', '-')}", name, allowed(*roles)(page))


def moment(at: datetime | None) -> str:
    """A moment as the office's clock shows it."""
    return at.astimezone(JAPAN).strftime("%Y-%m-%d %H:%M:%S") if at else ""
