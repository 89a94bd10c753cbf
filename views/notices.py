"""届出: change notices and reissues that wait to be checked, certificates that should come back."""

from flask import request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.clock import today
from procedures.acceptance import accept, came_back, needs_certificate, recalls
from procedures.progress import NOTICES
from views.case_view import CaseView
from views.office_view import actor, allowed


class NoticeView(CaseView):
    """届出の画面."""

    route_base = "/notices"
    class_permission_name = "Notices"
    steps = (("registered", NOTICES), ("accepted", NOTICES))
    title = _l("確認を待つ届出・再交付")

    @expose("/<int:application_id>")
    @allowed("read")
    def sheet(self, application_id: int) -> str:
        case = self.case(application_id)
        return self.page("notice.html", case=case, labels=self.labels(), prints=needs_certificate(case.application))

    @expose("/<int:application_id>", methods=["POST"])
    @allowed("write")
    def accept(self, application_id: int) -> Response:
        return self.carry_out(lambda: accept(self.session, actor(), application_id, today()),
                              _("受理しました。"), "/notices/", f"/notices/{application_id}")

    @expose("/recalls")
    @allowed("read")
    def recalls(self) -> str:
        return self.journalled("recalls.html", rows=recalls(self.session, actor()), on=today())

    @expose("/recalls", methods=["POST"])
    @allowed("write")
    def returned(self) -> Response:
        number = request.form.get("recall", "")
        return self.carry_out(lambda: came_back(self.session, actor(), int(number) if number.isdigit() else 0, today()),
                              _("返却を登録しました。"), "/notices/recalls")


VIEWS = (NoticeView,)
