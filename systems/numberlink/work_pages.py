"""照会・お知らせの画面: an inquiry's result on the screen or as a file, a notice taken back."""

from typing import Final

from flask import Blueprint, abort, g, render_template
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from exchange.table_file import write_table
from systems.frame.acting import acted
from systems.frame.screens import allowed, transaction
from systems.frame.server import Caller
from systems.numberlink import inquiry, notices
from systems.numberlink.acting import fault_shown
from systems.numberlink.tables import SCHEMA, Inquiry, Integrated, Notice

MOST: Final = 200
UTF_8: Final = "utf-8-sig"  # spreadsheets know the letters by the mark


def add_work(room: Blueprint) -> None:
    """Inquiries and notices."""
    _add_inquiries(room)
    _add_results(room)

    @room.post("/notices/<int:place>")
    @allowed("inquirer")
    def withdraw_notice(place: int) -> Response:
        def do(session: Session) -> None:
            known = session.get(Notice, place) or abort(404)
            notices.cancel(session, _here(), {"受付番号": known.reference})
        return acted("withdrew notice", str(place), "/notices", do)


def _add_inquiries(room: Blueprint) -> None:
    @room.get("/inquiries")
    @allowed("inquirer", "auditor")
    def inquiries() -> str:
        with transaction("listed inquiries") as session:
            rows = session.execute(select(Inquiry, Integrated.number).join(
                Integrated, Integrated.id == Inquiry.integrated_id).order_by(Inquiry.id.desc()).limit(MOST)).all()
            return render_template("numberlink/inquiries.html", rows=rows, most=MOST,
                                   total=session.scalar(select(func.count()).select_from(Inquiry)))

    @room.post("/inquiries/<int:place>/withdraw")
    @allowed("inquirer")
    def withdraw_inquiry(place: int) -> Response:
        def do(session: Session) -> None:
            known = session.get(Inquiry, place) or abort(404)
            inquiry.cancel(session, _here(), {"受付番号": known.reference})
        return acted("withdrew inquiry", str(place), f"/inquiries/{place}", do)


def _add_results(room: Blueprint) -> None:
    @room.get("/inquiries/<int:place>")
    @allowed("inquirer")
    def result(place: int) -> str:
        with transaction("saw result", str(place)) as session:
            known = session.get(Inquiry, place) or abort(404)
            return render_template("numberlink/inquiry.html", each=known, fault=fault_shown(), cancellable=inquiry.CANCELLABLE,
                                   number=session.get_one(Integrated, known.integrated_id).number)

    @room.post("/inquiries/<int:place>/file")
    @allowed("inquirer")
    def result_file(place: int) -> Response:
        with transaction("took result as file", str(place)) as session:
            known = session.get(Inquiry, place) or abort(404)
            if known.answer is None:
                abort(404)
            number = session.get_one(Integrated, known.integrated_id).number
            table = write_table(
                ("受付番号", "統合宛名番号", "提供者機関コード", "特定個人情報名コード", "項目コード", "項目名", "値", "要約値"),
                ((known.reference, number, known.provider, known.information_code, item["項目コード"], item.get("項目名"),
                  item["値"], known.digest) for item in known.answer["項目"]))
        return Response(table.encode(UTF_8), mimetype="text/csv", headers={
            "Content-Disposition": f'attachment; filename="{known.reference}.csv"'})


def _here() -> Caller:
    """An act on a page is asked for by who is logged in."""
    return Caller(SCHEMA, g.staff.username)
