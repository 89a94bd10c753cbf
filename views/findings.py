"""指摘の一覧: what the checks found, by check; one or many at once are decided with the reason."""

from flask import request
from flask_appbuilder import expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.clock import now
from procedures import receipt_findings
from rules.receipt_check import BY_CODE
from views.office_view import OfficeView, actor, allowed


class FindingsView(OfficeView):
    """指摘の画面."""

    route_base = "/findings"
    class_permission_name = "Findings"
    default_view = "listed"

    @expose("/")
    @allowed("read")
    def listed(self) -> str:
        code, (set_id, after) = request.args.get("code", ""), (
            int(text) if (text := request.args.get(name, "")).isdecimal() else 0 for name in ("set", "after"))
        code = code if code in BY_CODE else ""
        rows = receipt_findings.waiting(self.session, actor(), code or None, set_id or None, after)
        self.session.commit()
        return self.page("receipts/findings.html", rows=rows, code=code, set_id=set_id, checks=BY_CODE,
                         counts=receipt_findings.counts(self.session), decisions=receipt_findings.DECISIONS,
                         page=receipt_findings.PAGE)

    @expose("/", methods=["POST"])
    @allowed("write")
    def decide(self) -> Response:
        form = request.form
        numbers = [int(text) for text in form.getlist("finding") if text.isdecimal()]
        code = form.get("code", "")
        return self.carry_out(lambda: receipt_findings.decide(
            self.session, actor(), numbers, form.get("decision", ""), form.get("note", ""), now()),
            _("対応を登録しました。"), f"/findings/?code={code}" if code in BY_CODE else "/findings/")


VIEWS = (FindingsView,)
