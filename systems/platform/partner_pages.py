"""接続先の画面: which systems send and receive files here, how each comes in, and where it is called back."""

from typing import Final

import asyncssh
from flask import Blueprint, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.security import generate_password_hash
from werkzeug.wrappers import Response

from exchange.soap import SoapFault
from systems.frame.acting import acted
from systems.frame.screens import allowed, transaction
from systems.platform.acting import fault_shown
from systems.platform.tables import KINDS, Partner

SHORTEST: Final = 16
LABELS: Final = {"residents": "住民", "taxes": "住民税"}


def add_partners(room: Blueprint) -> None:
    """The list with its forms."""
    @room.get("/partners")
    @allowed("operator")
    def partners() -> str:
        with transaction("listed partners") as session:
            rows = session.scalars(select(Partner).order_by(Partner.name)).all()
            return render_template("platform/partners.html", rows=rows, kinds=LABELS, fault=fault_shown())

    @room.post("/partners")
    @allowed("operator")
    def add_partner() -> Response:
        return acted("added partner", request.form.get("name", "")[:40], "/partners", lambda session: add(session, request.form))

    @room.post("/partners/<int:number>")
    @allowed("operator")
    def change_partner(number: int) -> Response:
        return acted("changed partner", str(number), "/partners", lambda session: change(session, number, request.form))


def add(session: Session, form: MultiDict[str, str]) -> Partner:
    """接続先を加える; SoapFault names what is missing or wrong."""
    name, title = form.get("name", ""), form.get("title", "").strip()
    taken = session.scalar(select(Partner.id).where(Partner.name == name))
    if taken is not None or not (2 <= len(name) <= 31 and name.isascii() and name.isalnum() and name[0].isalpha()) \
            or name != name.lower() or not title:
        raise SoapFault("partner", "")
    made = Partner(name=name, title=title, ssh_key=None, password=None, sends=[], receives=[], address=None)
    _set(made, form)
    if made.ssh_key is None and made.password is None:
        raise SoapFault("way_in", "")
    session.add(made)
    session.flush()
    return made


def change(session: Session, number: int, form: MultiDict[str, str]) -> None:
    """変える: what is left blank of key and password stays; a partner that is stopped is not let in from now on."""
    known = session.get(Partner, number, with_for_update=True)
    if known is None:
        raise SoapFault("stale", "")
    _set(known, form)
    known.is_active = form.get("is_active") == "yes"
    session.flush()


def _set(partner: Partner, form: MultiDict[str, str]) -> None:
    partner.sends = [kind for kind in KINDS if kind in form.getlist("sends")]
    partner.receives = [kind for kind in KINDS if kind in form.getlist("receives")]
    address = form.get("address", "").strip().rstrip("/")
    if address and not address.startswith("https://"):
        raise SoapFault("address", "")
    partner.address = address or None
    if key := form.get("ssh_key", "").strip():
        partner.ssh_key = _public(key)
    if password := form.get("password", ""):
        if len(password) < SHORTEST:
            raise SoapFault("way_in", "")
        partner.password = generate_password_hash(password)


def _public(key: str) -> str:
    """The key in one line; a private key, or something else, is refused."""
    if "PRIVATE" in key:  # it would be read; nobody should send us one
        raise SoapFault("way_in", "")
    try:
        return asyncssh.import_public_key(key).export_public_key().decode().strip()
    except (asyncssh.KeyImportError, ValueError) as wrong:
        raise SoapFault("way_in", "") from wrong
