"""受付: the counter gives a paper its number and attaches its scan."""

from flask import flash, redirect, request, session
from flask_appbuilder import expose
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.clock import today
from app.extensions import db
from app.words import language, say
from procedures.lookup import codes_of
from procedures.reception import Arrival, at_the_counter, receive
from procedures.refusal import Refused
from procedures.returning import receive_again, returned
from procedures.sheets import received_on, sheet_kinds
from rules.era_date import NotADate, era_text, parse_date
from views.office_view import OfficeView, actor, allowed
from views.scan import cabinet


class ReceptionView(OfficeView):
    """受付の画面."""

    route_base = "/reception"
    default_view = "form"
    class_permission_name = "Reception"

    @expose("/")
    @allowed("read")
    def form(self) -> str:
        return self._form(session.get("pile", {}), {})

    @expose("/", methods=["POST"])
    @allowed("write")
    def register(self) -> Response | tuple[str, int]:
        typed = request.form
        faults = {}
        try:
            day = parse_date(typed.get("received", ""))
        except NotADate as problem:
            faults["received"], day = problem.message, today()
        if not faults and day > today():
            faults["received"] = _("今日より後の日付です。受付日を確かめてください。")
        for name in ("kind", "counter"):
            if not typed.get(name):
                faults[name] = _("選んでください。")
        if faults:
            return self._form(typed, faults), 400
        try:
            file = request.files.get("scan")
            content = file.read() if file and file.filename else b""
            scan = cabinet().store(self.session, content) if content else None
            sheet = receive(self.session, actor(), Arrival(
                typed["kind"], day, typed["counter"], typed.get("method") or None,
                tuple(typed.getlist("attachments")), typed.get("batch") or None, typed.get("remarks") or None,
                session.get("whose")), scan)
            db.session.commit()
        except Refused as refusal:
            db.session.rollback()
            return self._form(typed, {"scan": say(refusal.message)}), 400
        session["accepted"] = sheet.acceptance_number
        session.pop("whose", None)
        # A pile of papers has one counter, one way and one batch; the kind differs from paper to paper.
        session["pile"] = {name: typed.get(name, "") for name in ("counter", "method", "batch", "received")}
        return redirect("/reception/")

    @expose("/for", methods=["POST"])
    @allowed("write")
    def choose(self) -> Response:
        """だれの申請か: the next paper is this person's; without a number it is nobody's known yet."""
        number = request.form.get("recipient", "")
        session.pop("whose", None)
        if number.isdigit():
            session["whose"] = int(number)
        return redirect("/reception/")

    @expose("/again/<int:sheet_id>", methods=["POST"])
    @allowed("write")
    def again(self, sheet_id: int) -> Response:
        """受け直す: the corrected paper, with a new scan or the old one."""
        try:
            file = request.files.get("scan")
            content = file.read() if file and file.filename else b""
            scan = cabinet().store(self.session, content) if content else None
            sheet = receive_again(self.session, actor(), sheet_id, request.form.get("kind", ""), today(), scan)
            db.session.commit()
        except Refused as refusal:
            db.session.rollback()
            flash(say(refusal.message), "error")
            return redirect("/reception/")
        session["accepted"] = sheet.acceptance_number
        return redirect("/reception/")

    def _form(self, typed: object, faults: dict[str, str]) -> str:
        lists = codes_of(self.session, {"counter", "application_method", "attachment"}, today(), language())
        whose = at_the_counter(self.session, actor(), session["whose"]) if session.get("whose") else None
        ticked = typed.getlist("attachments") if isinstance(typed, MultiDict) else []
        return self.journalled(
            "reception.html", typed=typed, faults=faults, ticked=ticked,
            accepted=session.pop("accepted", None), kinds=sheet_kinds(self.session, today()),
            lists=lists, today=today(), era_text=era_text,
            received=received_on(self.session, today()), returned=returned(self.session), whose=whose)


VIEWS = (ReceptionView,)
