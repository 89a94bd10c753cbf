"""点検の重さ: what each check does with a receipt it finds wrong; changed from a day on, with the reason."""

from flask import request
from flask_appbuilder import expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.clock import today
from procedures import receipt_severity
from views.office_view import OfficeView, actor, allowed


class SeveritiesView(OfficeView):
    """点検の重さの画面."""

    route_base = "/severities"
    class_permission_name = "Severities"
    default_view = "listed"

    @expose("/")
    @allowed("read")
    def listed(self) -> str:
        return self.page("receipts/severities.html", rows=receipt_severity.graded(self.session, today()),
                         words=receipt_severity.WORDS, day=today())

    @expose("/", methods=["POST"])
    @allowed("write")
    def change(self) -> Response:
        form = request.form
        return self.carry_out(lambda: receipt_severity.change(
            self.session, actor(), form.get("code", ""), form.get("severity", ""), self.day(form.get("valid_from", "")),
            form.get("reason", ""), today()), _("点検の重さを変えました。"), "/severities/")


VIEWS = (SeveritiesView,)
