"""訂正の画面: a record as it is or as it was known on a day, what changed when, and corrections by two people."""

from flask import abort, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.clock import now
from app.extensions import db
from procedures import corrections
from procedures.refusal import Refused
from views.office_view import OfficeView, actor, allowed


class CorrectionsView(OfficeView):
    """訂正."""

    route_base = "/corrections"
    class_permission_name = "Corrections"
    default_view = "listed"

    @expose("/")
    @allowed("approve")
    def listed(self) -> str:
        rows = corrections.waiting(self.session, actor())
        db.session.commit()
        return self.page("corrections/listed.html", rows=rows, me=actor().user_id)

    @expose("/<int:number>", methods=["POST"])
    @allowed("approve")
    def decide(self, number: int) -> Response:
        approve = request.form.get("decision") == "approve"
        return self.carry_out(lambda: corrections.decide(self.session, actor(), number, approve, now()),
                              _("訂正しました。") if approve else _("却下しました。"), "/corrections/")

    @expose("/<table>/<int:row_id>")
    @allowed("read")
    def record(self, table: str, row_id: int) -> str:
        sees = self.may("see_withheld", "Recipients")
        try:
            day = self.day(request.args["on"]) if request.args.get("on") else None
            known = corrections.record_of(self.session, actor(), table, row_id, day, sees_withheld=sees)
        except Refused:
            abort(404)
        history = corrections.history_of(self.session, table, row_id, hides=not sees)
        db.session.commit()
        return self.page("corrections/record.html", table=table, row_id=row_id, known=known, day=day, history=history)

    @expose("/<table>/<int:row_id>", methods=["POST"])
    @allowed("ask")
    def ask(self, table: str, row_id: int) -> Response:
        form = request.form
        return self.carry_out(lambda: corrections.ask(
            self.session, actor(), table, row_id, form.get("attribute", ""), form.get("value", ""), form.get("reason", ""),
            now()), _("訂正を求めました。承認を待ちます。"), f"/corrections/{table}/{row_id}")


VIEWS = (CorrectionsView,)
