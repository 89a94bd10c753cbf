"""訂正の画面: a record as it is or as it was known on a day, what changed when, and corrections by two people."""

from flask import abort, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.clock import now, today
from app.extensions import db
from procedures import corrections
from procedures.refusal import Refused
from procedures.subject_requests import ask_correction
from views.office_view import OfficeView, actor, allowed
from views.record_words import words_of_records


class CorrectionsView(OfficeView):
    """訂正."""

    route_base = "/corrections"
    class_permission_name = "Corrections"
    default_view = "listed"

    @expose("/")
    @allowed("approve")
    def listed(self) -> str:
        rows = corrections.waiting(self.session, actor())
        words = words_of_records(self.session, {row.correction.table_name for row in rows}, today())
        db.session.commit()
        return self.page("corrections/listed.html", rows=rows, me=actor().user_id, words=words)

    @expose("/<int:number>", methods=["POST"])
    @allowed("approve")
    def decide(self, number: int) -> Response:
        approve = request.form.get("decision") == "approve"
        return self.carry_out(lambda: corrections.decide(self.session, actor(), number, approve, now()),
                              _("訂正しました。") if approve else _("却下しました。"), "/corrections/")

    @expose("/<table>/<int:row_id>")
    @allowed("read")
    def record(self, table: str, row_id: int) -> str:
        sees, accounts = self.may("see_withheld", "Recipients"), self.may("see_account", "Reimbursements")
        self._demand_claims(table)
        try:
            day = self.day(request.args["on"]) if request.args.get("on") else None
            known = corrections.record_of(self.session, actor(), table, row_id, day, sees_withheld=sees,
                                          sees_account=accounts)
        except Refused:
            abort(404)
        history = corrections.history_of(self.session, table, row_id, hides=not sees, sees_account=accounts)
        words = words_of_records(self.session, {table}, today())
        db.session.commit()
        return self.page("corrections/record.html", table=table, row_id=row_id, known=known, day=day, history=history, words=words,
                         asked_by=_number(request.args.get("request", "")))

    @expose("/<table>/<int:row_id>", methods=["POST"])
    @allowed("ask")
    def ask(self, table: str, row_id: int) -> Response:
        form, asked_by = request.form, _number(request.form.get("request", ""))
        self._demand_claims(table)

        def act() -> None:
            attribute, value = form.get("attribute", ""), form.get("value", "")
            if asked_by:  # what a person asked for by her right, not what the office found
                ask_correction(self.session, actor(), asked_by, table, row_id, attribute, value, now())
            else:
                corrections.ask(self.session, actor(), table, row_id, attribute, value, form.get("reason", ""), now())

        return self.carry_out(act, _("訂正を求めました。承認を待ちます。"),
                              f"/requests/{asked_by}" if asked_by else f"/corrections/{table}/{row_id}")

    def _demand_claims(self, table: str) -> None:
        """Records of claims open only for those who may read claims."""
        if table in corrections.CLAIMS and not self.may("read", "Reimbursements"):
            abort(404)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0


VIEWS = (CorrectionsView,)
