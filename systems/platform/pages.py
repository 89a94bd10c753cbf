"""連携基盤の画面: files on their way, tickets, partners, the record, and the staff. No page shows a row of anybody."""

from datetime import UTC, datetime
from functools import partial
from typing import Final

from flask import Blueprint, abort, g, redirect, render_template
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from systems.frame.acting import add_list, moment
from systems.frame.screens import allowed, transaction
from systems.platform.deliveries import again
from systems.platform.partner_pages import add_partners
from systems.platform.permissions import ROLES
from systems.platform.staff_pages import add_staff
from systems.platform.tables import COMMON, Arrival, Delivery, MovementNotice, Ticket

MENU: Final = (("ファイル", "platform.files"), ("異動の知らせ", "platform.notices"), ("照会の票", "platform.tickets"),
               ("接続先", "platform.partners"), ("職員", "platform.staff"), ("記録", "platform.log"))
HOME: Final = (("operator", "/files"), ("auditor", "/log"))


def pages() -> Blueprint:
    """The pages of ① to ③ as one blueprint."""
    room = Blueprint("platform", __name__, template_folder="templates")
    room.add_app_template_filter(moment)

    @room.get("/")
    @allowed(*ROLES)
    def home() -> Response | str:
        found = next((path for role, path in HOME if role in g.staff.roles), None)
        return redirect(found) if found else render_template("platform/home.html")

    @room.post("/deliveries/<int:number>")
    @allowed("operator")
    def deliver_again(number: int) -> Response:
        with transaction("delivers again", str(number)) as session:
            if not again(session, number, datetime.now(UTC)):
                abort(409)
        return redirect("/files")

    _add_lists(room)
    add_partners(room)
    add_staff(room)
    return room


def _add_lists(room: Blueprint) -> None:
    listed = partial(add_list, room)
    listed("files", ("operator", "auditor"), lambda: select(Arrival, Delivery).join(
        Delivery, Delivery.arrival_id == Arrival.id, isouter=True).order_by(Arrival.id.desc(), Delivery.id))
    listed("notices", ("operator", "auditor"), lambda: select(MovementNotice).order_by(MovementNotice.id.desc()))
    listed("tickets", ("operator", "auditor"), lambda: select(
        Ticket.reference, Ticket.caller, Ticket.unit, Ticket.kind, func.cardinality(Ticket.file_numbers).label("people"),
        Ticket.state, Ticket.at, Ticket.answered_at, Ticket.fetched_at).order_by(Ticket.id.desc()))
    listed("log", ("auditor", "operator"), lambda: select(COMMON.log).order_by(COMMON.log.id.desc()))
