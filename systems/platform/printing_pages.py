"""印刷の画面: printers, what waits before them, what became of it."""

from datetime import UTC, datetime
from typing import Final

from flask import Blueprint, abort, g, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from systems.frame.acting import acted
from systems.frame.hands import call
from systems.frame.screens import allowed, transaction
from systems.platform import printing
from systems.platform.acting import fault_shown
from systems.platform.service_tables import SCHEMA, Printer, PrintJob

MENU: Final = (("印刷", "printing.jobs"),)
MOST: Final = 200
STATES: Final = {"held": "保留", "waiting": "送信待ち", "sent": "印刷中", "printed": "印刷済み", "failed": "失敗", "cancelled": "取消"}
FAULTS: Final = {
    "away": "プリンターに届きません。電源と接続を確かめてください。", "unclear": "渡せたか分かりません。プリンターを見てから、もう一度印刷してください。",
    "forgotten": "プリンターに記録がありません。紙を確かめてください。", "stopped": "プリンターが止まっています。紙とトナーを確かめてください。",
    "silent": "プリンターが答えません。", "canceled": "プリンターで取り消されました。", "aborted": "プリンターが印刷をやめました。"}


def printing_pages() -> Blueprint:
    """The pages of ⑤ as one blueprint."""
    room = Blueprint("printing", __name__, template_folder="templates")
    _add_queue(room)
    _add_changes(room)
    return room


def _add_queue(room: Blueprint) -> None:
    @room.get("/print")
    @allowed("printing", "auditor")
    def jobs() -> str:
        with transaction("listed print jobs") as session:
            return render_template(
                "platform/printing.html", fault=fault_shown(), states=STATES, faults=FAULTS, rows=session.execute(select(
                    PrintJob.id, PrintJob.title, PrintJob.state, PrintJob.fault, PrintJob.copies, PrintJob.asked_by, PrintJob.at,
                    PrintJob.again_of, (PrintJob.content != b"").label("is_kept"), Printer.name).join(Printer).order_by(
                        PrintJob.id.desc()).limit(MOST)).all(),
                printers=session.scalars(select(Printer).where(Printer.is_active).order_by(Printer.name)).all(),
                may_print="printing" in g.staff.roles, may_add="operator" in g.staff.roles)

    @room.post("/print")
    @allowed("printing")
    def add() -> Response:
        form, document = request.form, request.files.get("document")
        raw, copies = document.read() if document else b"", form.get("copies", "1")

        def do(session: Session) -> None:
            printer = session.get(Printer, int(form.get("printer") or 0)) or abort(404)
            printing.queue(session, printer, form.get("title", ""), raw, int(copies) if copies.isdecimal() else 0,
                           g.staff.username, is_held="held" in form)
            call(session, SCHEMA)
        return acted("asked for print", "", "/print", do)


def _add_changes(room: Blueprint) -> None:
    @room.post("/print/<int:number>")
    @allowed("printing")
    def change(number: int) -> Response:
        def do(session: Session) -> None:
            printing.change(session, number, request.form.get("wish", ""), g.staff.username, datetime.now(UTC))
            call(session, SCHEMA)
        return acted(f"print {request.form.get('wish', '')[:10]}", str(number), "/print", do)

    @room.post("/printers")
    @allowed("operator")
    def add_printer() -> Response:
        return acted("added printer", "", "/print", lambda session: printing.add_printer(
            session, request.form.get("name", ""), request.form.get("address", "")))
