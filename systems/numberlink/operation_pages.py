"""運用の画面: what waits and what was given up, the keys, and the staff of this system."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort, g, render_template, request
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from exchange.soap import SoapFault
from systems.frame.accounts import add_account, change_account
from systems.frame.acting import acted
from systems.frame.hands import call
from systems.frame.screens import allowed, transaction
from systems.numberlink.acting import fault_shown
from systems.numberlink.permissions import ROLES
from systems.numberlink.tables import COMMON, SCHEMA, KeyChange, SealedNumber
from systems.numberlink.vault import Vault


def add_operation(room: Blueprint, vault: Vault) -> None:
    """Sending, keys and staff."""
    _add_sending(room, vault)
    _add_staff(room)


def _add_sending(room: Blueprint, vault: Vault) -> None:
    @room.get("/operation")
    @allowed("operator")
    def operation() -> str:
        with transaction("listed operation") as session:
            return render_template("numberlink/operation.html", fault=fault_shown(), **_state(session))

    @room.post("/operation/<what>")
    @allowed("operator")
    def operate(what: str) -> Response:
        def do(session: Session) -> None:
            number = int(request.form.get("number", "0") or 0)
            if what == "key":
                change_key(session, vault, g.staff.username)
            elif what == "again":
                send_again(session, number)
            else:
                abort(404)
            call(session, SCHEMA)
        return acted(f"operated {what}", request.form.get("number", ""), "/operation", do)


def send_again(session: Session, number: int) -> None:
    """断念→送信待: under its own request id, so that what was done the first time is not done twice."""
    row = session.get(COMMON.outgoing, number, with_for_update=True)
    if row is None or row.state != "given_up":
        raise SoapFault("state", "この送信は、いまは送り直せません。")
    row.state, row.tries, row.due_at = "waiting", 0, datetime.now(UTC)
    session.flush()


def change_key(session: Session, vault: Vault, who: str) -> None:
    """鍵を替える: the first to ask asks, another makes it so; from then on everything is sealed under the new one."""
    asked = session.scalars(select(KeyChange).where(KeyChange.approved_by.is_(None)).with_for_update()).one_or_none()
    if asked is None:
        session.add(KeyChange(asked_by=who))
    elif asked.asked_by == who:
        raise SoapFault("same_person", "求めた人とは別の人が鍵を替えます。")
    else:
        asked.approved_by, asked.version = who, vault.new_key()
    session.flush()


def _state(session: Session) -> dict[str, Any]:
    outgoing = COMMON.outgoing
    return {
        "counts": {state: number for state, number in session.execute(
            select(outgoing.state, func.count()).group_by(outgoing.state))},
        "given_up": session.scalars(select(outgoing).where(outgoing.state == "given_up").order_by(outgoing.id).limit(200)).all(),
        "late": session.scalars(select(outgoing).where(outgoing.state == "waiting", outgoing.tries > 0).order_by(
            outgoing.id).limit(200)).all(),
        "change": session.scalars(select(KeyChange).where(KeyChange.approved_by.is_(None))).one_or_none(),
        "keys": session.execute(select(SealedNumber.key_version, func.count()).group_by(SealedNumber.key_version).order_by(
            SealedNumber.key_version)).all()}


def _add_staff(room: Blueprint) -> None:
    @room.get("/staff")
    @allowed("operator")
    def staff() -> str:
        with transaction("listed staff") as session:
            return render_template("numberlink/staff.html", rows=session.scalars(select(COMMON.staff).order_by(
                COMMON.staff.username)).all(), roles=ROLES, fault=fault_shown())

    @room.post("/staff")
    @allowed("operator")
    def add_staff() -> Response:
        form = request.form
        return acted("added staff", form.get("username", "")[:40], "/staff", lambda session: add_account(
            session, COMMON, form.get("username", ""), form.get("full_name", ""), form.get("password", ""),
            _known(form.getlist("roles"))))

    @room.post("/staff/<int:place>")
    @allowed("operator")
    def change_staff(place: int) -> Response:
        form = request.form
        return acted("changed staff", str(place), "/staff", lambda session: change_account(
            session, COMMON, place, _known(form.getlist("roles")), form.get("password", ""),
            is_active=form.get("is_active") == "yes", by=g.staff.username))


def _known(roles: list[str]) -> list[str]:
    return [role for role in ROLES if role in roles]
