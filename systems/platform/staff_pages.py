"""職員の画面: who works on 連携基盤, and who comes into the city's other systems by its common login."""

from flask import Blueprint, g, render_template, request
from sqlalchemy import select
from werkzeug.wrappers import Response

from systems.frame.accounts import add_account, change_account
from systems.frame.acting import acted
from systems.frame.screens import allowed, transaction
from systems.platform.acting import fault_shown
from systems.platform.permissions import ROLES
from systems.platform.tables import COMMON


def add_staff(room: Blueprint) -> None:
    """The list with its forms."""
    @room.get("/staff")
    @allowed("operator")
    def staff() -> str:
        with transaction("listed staff") as session:
            rows = session.scalars(select(COMMON.staff).order_by(COMMON.staff.username)).all()
            return render_template("platform/staff.html", rows=rows, roles=ROLES, fault=fault_shown())

    @room.post("/staff")
    @allowed("operator")
    def add_one() -> Response:
        form = request.form
        return acted("added staff", form.get("username", "")[:40], "/staff", lambda session: add_account(
            session, COMMON, form.get("username", ""), form.get("full_name", ""), form.get("password", ""), _known()))

    @room.post("/staff/<int:place>")
    @allowed("operator")
    def change_one(place: int) -> Response:
        form = request.form
        return acted("changed staff", str(place), "/staff", lambda session: change_account(
            session, COMMON, place, _known(), form.get("password", ""), is_active=form.get("is_active") == "yes",
            by=g.staff.username))


def _known() -> list[str]:
    return [role for role in ROLES if role in request.form.getlist("roles")]
