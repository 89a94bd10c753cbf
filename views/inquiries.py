"""照会: all that waits for an answer, by age; lists out, answers in, reminders."""

from flask import flash, redirect, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.clock import today
from app.extensions import db
from models.inquiry import INQUIRY_KINDS
from procedures import inquiries
from views.office_view import OfficeView, actor, allowed


class InquiriesView(OfficeView):
    """照会の画面."""

    route_base = "/inquiries"
    class_permission_name = "Inquiries"
    default_view = "listed"

    @expose("/")
    @allowed("read")
    def listed(self) -> str:
        return self._page(None)

    @expose("/<int:inquiry_id>/<any(remind, withdraw):what>", methods=["POST"])
    @allowed("write")
    def steer(self, inquiry_id: int, what: str) -> Response:
        act = inquiries.remind if what == "remind" else inquiries.withdraw
        return self.carry_out(lambda: act(self.session, actor(), inquiry_id, today()), _("登録しました。"), "/inquiries/")

    @expose("/remind", methods=["POST"])
    @allowed("write")
    def remind_overdue(self) -> Response:
        """期限を過ぎた照会をまとめて督促する."""
        return self.carry_out(lambda: inquiries.remind_overdue(self.session, actor(), today()),
                              _("督促しました。督促の文書は「通知の一括印刷」から印刷できます。"), "/inquiries/")

    @expose("/file", methods=["POST"])
    @allowed("write")
    def file(self) -> Response:
        """照会ファイル: the open inquiries of one kind as a table for the one who answers."""
        kind = request.form.get("kind", "")
        if kind not in INQUIRY_KINDS:
            flash(_("照会の種類を選んでください。"), "error")
            return redirect("/inquiries/")
        text = inquiries.request_file(self.session, actor(), kind, today())
        db.session.commit()
        return Response(text.encode("utf-8-sig"), mimetype="text/csv", headers={
            "Content-Disposition": f'attachment; filename="inquiry-{kind}-{today():%Y%m%d}.csv"'})

    @expose("/answers", methods=["POST"])
    @allowed("write")
    def answers(self) -> Response | str | tuple[str, int]:
        file = request.files.get("file")
        if file is None or not file.filename:
            flash(_("取り込むファイルを選んでください。"), "error")
            return redirect("/inquiries/")
        report = inquiries.take_answers(self.session, actor(), file.filename, file.read(), today())
        db.session.commit()
        return self._page(report), 200 if report.is_clean else 422

    def _page(self, report: object) -> str:
        kind = request.args.get("kind", "")
        kind = kind if kind in INQUIRY_KINDS else ""
        rows = inquiries.waiting(self.session, actor(), today(), kind or None)
        db.session.commit()
        return self.page("inquiries.html", rows=rows, kinds=INQUIRY_KINDS, kind=kind, report=report)


VIEWS = (InquiriesView,)
