"""共通認証を使うシステムの画面: registered by an operator; its secret is shown once, when it is made."""

import re
import secrets
from typing import Final

from flask import Blueprint, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash
from werkzeug.wrappers import Response

from exchange.soap import SoapFault
from systems.frame.acting import acted
from systems.frame.screens import allowed, transaction
from systems.platform.acting import fault_shown
from systems.platform.leaving import is_safe
from systems.platform.service_tables import LoginClient

MENU: Final = (("共通認証", "clients.clients"),)
NAME: Final = re.compile(r"[a-z][a-z0-9_-]{1,39}")


def client_pages() -> Blueprint:
    """The operator's pages of ⑥ as one blueprint."""
    room = Blueprint("clients", __name__, template_folder="templates")

    @room.get("/clients")
    @allowed("operator", "auditor")
    def clients() -> str:
        with transaction("listed clients") as session:
            return _page(session)

    @room.post("/clients")
    @allowed("operator")
    def add() -> str | Response:
        form, secret = request.form, secrets.token_urlsafe(32)
        try:
            with transaction("added client", form.get("client", "")[:40]) as session:
                add_client(session, form.get("client", "").strip(), secret, form.get("returns_to", "").split(),
                           form.get("leaves_to", "").split(), form.get("logout_address", "").strip())
                return _page(session, form.get("client", ""), secret)
        except SoapFault:
            with transaction("listed clients") as session:
                return _page(session, fault="名前は英小文字で始め、宛先は https:// にしてください。すでにある名前は使えません。")

    @room.post("/clients/<int:place>")
    @allowed("operator")
    def switch(place: int) -> Response:
        def do(session: Session) -> None:
            known = session.get_one(LoginClient, place, with_for_update=True)
            known.is_active = not known.is_active
        return acted("switched client", str(place), "/clients", do)
    return room


def add_client(session: Session, name: str, secret: str, returns_to: list[str], leaves_to: list[str], logout_address: str) -> None:
    """登録する; SoapFault(client) where a name or an address is not one."""
    addresses = [*returns_to, *leaves_to, *([logout_address] if logout_address else [])]
    taken = session.scalar(select(LoginClient.id).where(LoginClient.client == name))
    if taken is not None or not NAME.fullmatch(name) or not returns_to or not all(map(is_safe, addresses)):
        raise SoapFault("client", "")
    session.add(LoginClient(client=name, secret=generate_password_hash(secret), returns_to=returns_to, leaves_to=leaves_to,
                            logout_address=logout_address or None))
    session.flush()


def _page(session: Session, made: str = "", secret: str = "", fault: str = "") -> str:
    return render_template("platform/clients.html", rows=session.scalars(select(LoginClient).order_by(LoginClient.client)).all(),
                           made=made, secret=secret, fault=fault or fault_shown())
