"""住民情報・税情報の取込: upload a file with its manifest, read the report, decide what contradicts what is known."""

from flask import flash, redirect, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.clock import now
from app.extensions import db
from procedures.import_report import Report
from procedures.register_import import TABLES, decide_held, held_rows, import_register, sets
from views.case_view import city
from views.office_view import OfficeView, actor, allowed

KINDS = {"residents": "住民情報 (宛名)", "taxes": "住民税"}


class RegisterView(OfficeView):
    """取込の画面."""

    route_base = "/register"
    class_permission_name = "Register"
    default_view = "listed"

    @expose("/")
    @allowed("read")
    def listed(self) -> str:
        return self._page(None)

    @expose("/", methods=["POST"])
    @allowed("write")
    def take_in(self) -> Response | tuple[str, int]:
        kind, file, end = request.form.get("kind", ""), request.files.get("file"), request.files.get("end")
        if kind not in TABLES or file is None or not file.filename:
            flash(_("種類とファイルを選んでください。"), "error")
            return redirect("/register/")
        report = import_register(self.session, actor(), kind, file.filename, file.read(),
                                 end.read() if end is not None and end.filename else None, city(), now())
        if report.errors and not report.read:
            db.session.rollback()
        else:
            db.session.commit()
        return self._page(report), 200 if report.is_clean else 422

    @expose("/held/<int:number>", methods=["POST"])
    @allowed("write")
    def decide(self, number: int) -> Response:
        form = request.form
        return self.carry_out(lambda: decide_held(
            self.session, actor(), number, form.get("decision") == "take", form.get("note", ""), now()),
            _("判断を登録しました。"), "/register/")

    def _page(self, report: Report | None) -> str:
        return self.journalled("register/listed.html", report=report, sets=sets(self.session),
                               held=held_rows(self.session, actor()), kinds=KINDS)


VIEWS = (RegisterView,)
