"""交付: look at the certificate, print it, print it again with a reason."""

from collections.abc import Callable

from flask import request
from flask_appbuilder import expose
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.clock import now, today
from procedures.issue import issue, issue_anew, preview, preview_anew
from procedures.progress import ALL, NOTICES
from views.case_view import CaseView, city
from views.office_view import actor, allowed


class IssueView(CaseView):
    """受給者証の画面."""

    route_base = "/issue"
    class_permission_name = "Issue"
    steps = (("certified", ALL), ("accepted", NOTICES))
    title = _l("受給者証の交付")
    template = "issues.html"
    afterwards = (("issued", ALL),)

    @expose("/<int:certification_id>/preview")
    @allowed("read")
    def look(self, certification_id: int) -> Response:
        return self._pdf(lambda: preview(self.session, actor(), certification_id, city(), today(), now()), "inline")

    @expose("/<int:certification_id>", methods=["POST"])
    @allowed("print")
    def issue(self, certification_id: int) -> Response:
        return self._pdf(lambda: issue(
            self.session, actor(), certification_id, city(), today(), now(), request.form.get("reason", ""),
            "folded" in request.form).pdf, "attachment")

    @expose("/notice/<int:application_id>/preview")
    @allowed("read")
    def look_anew(self, application_id: int) -> Response:
        return self._pdf(lambda: preview_anew(self.session, actor(), application_id, city(), today(), now()), "inline")

    @expose("/notice/<int:application_id>", methods=["POST"])
    @allowed("print")
    def issue_anew(self, application_id: int) -> Response:
        """届出・再交付による差替え."""
        return self._pdf(lambda: issue_anew(self.session, actor(), application_id, city(), today(), now(),
                                            "folded" in request.form).pdf, "attachment")

    def _pdf(self, make: Callable[[], bytes], how: str) -> Response:
        return self.paper(make, "certificate", "/issue/", how)


VIEWS = (IssueView,)
