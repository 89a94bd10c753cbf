"""書類審査: what the papers say, and what the board said."""

from flask import request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.clock import today
from procedures.progress import ALL, REGISTRATION_ONLY
from procedures.review import review_documents
from views.case_view import CaseView
from views.office_view import actor, allowed


class ReviewView(CaseView):
    """書類審査の画面."""

    route_base = "/review"
    class_permission_name = "Review"
    steps = (("assessed", ALL), ("board", ALL), ("registered", (REGISTRATION_ONLY,)))
    title = _l("書類審査を待つ申請")

    @expose("/<int:application_id>")
    @allowed("read")
    def sheet(self, application_id: int) -> str:
        return self.show("review.html", application_id)

    @expose("/<int:application_id>", methods=["POST"])
    @allowed("write")
    def decide(self, application_id: int) -> Response:
        form = request.form
        return self.carry_out(lambda: review_documents(
            self.session, actor(), application_id, form.get("document_review", ""), form.get("remarks") or None, today()),
            _("審査の結果を登録しました。"), "/review/", f"/review/{application_id}")


VIEWS = (ReviewView,)
