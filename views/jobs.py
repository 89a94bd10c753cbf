"""仕事の画面: long work of this person, how far it is, and its result; it goes on when the browser closes."""

from typing import Any

from flask import abort, current_app, flash, jsonify, redirect, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.clock import now
from procedures.job_result import fetch
from procedures.jobs import change_state, jobs_of, own, progress
from procedures.print_job import ask_to_print
from procedures.refusal import Refused
from procedures.sealed_folder import SealedFolder
from views.office_view import OfficeView, actor, allowed

STATES = {"waiting": _l("待っています"), "running": _l("進めています"), "paused": _l("一時停止中"), "done": _l("終わりました"),
          "failed": _l("途中で止まりました"), "cancelled": _l("中止しました")}
KINDS = {"print_certificates": _l("受給者証の一括印刷"), "print_renewals": _l("更新案内・勧奨の印刷"),
         "print_letters": _l("通知の一括印刷"), "import_receipts": _l("レセプトの取込"), "dispose": _l("廃棄"),
         "rotate_keys": _l("番号の封じ直し (鍵の更新)")}
WISHES = {"pause": _l("一時停止"), "resume": _l("再開"), "cancel": _l("中止")}
POSSIBLE = {"waiting": ("pause", "cancel"), "running": ("pause", "cancel"), "paused": ("resume", "cancel"),
            "failed": ("resume", "cancel"), "done": (), "cancelled": ()}


class JobsView(OfficeView):
    """仕事."""

    route_base = "/jobs"
    class_permission_name = "Jobs"
    default_view = "listed"

    @expose("/")
    @allowed("read")
    def listed(self) -> str:
        return self.page("jobs.html", jobs=[(job, progress(job, now())) for job in jobs_of(self.session, actor())],
                         states=STATES, kinds=KINDS, wishes=WISHES, possible=POSSIBLE)

    @expose("/<int:number>/progress")
    @allowed("read")
    def progress(self, number: int) -> Response:
        """How far it is, for the bar of a page that stays open."""
        job = self._own(number)
        at = progress(job, now())
        return jsonify(state=str(STATES[job.state]), percent=at.percent, done=job.done, failed=job.failed,
                       total=job.total, left=_time_left(at.seconds_left), over=not POSSIBLE[job.state])

    @expose("/<int:number>/<any(pause, resume, cancel):wish>", methods=["POST"])
    @allowed("read")
    def steer(self, number: int, wish: str) -> Response:
        return self.carry_out(lambda: change_state(self.session, actor(), number, wish), _("承知しました。"), "/jobs/")

    @expose("/<int:number>/result", methods=["POST"])
    @allowed("read")
    def result(self, number: int) -> Response:
        """結果の受け取り: journalled; the file stays until it is swept away."""
        job = self._own(number)
        if not job.result or not self._files().path(job.result).exists():
            flash(_("結果のファイルはもうありません。もう一度行ってください。"), "error")
            return redirect("/jobs/")
        content = self._files().read(job.result)
        fetch(self.session, actor(), job)
        self.session.commit()
        return Response(content, mimetype="application/pdf", headers={
            "Content-Disposition": f'attachment; filename="{job.result}"'})

    @expose("/certificates", methods=["POST"])
    @allowed("print_certificates")
    def print_certificates(self) -> Response:
        """交付待ちをまとめて印刷する."""
        return self.carry_out(lambda: ask_to_print(self.session, actor(), folded="folded" in request.form,
                                                   with_addresses="addresses" in request.form),
                              _("まとめて印刷を始めます。終わると、ここで受け取れます。"), "/jobs/", "/issue/")

    def _own(self, number: int) -> Any:
        try:
            return own(self.session, actor(), number)
        except Refused:
            abort(404)

    def _files(self) -> SealedFolder:
        settings = current_app.config["OFFICE"]
        return SealedFolder(settings.data_dir / "jobs", b"job", settings.keys())


def _time_left(seconds: int | None) -> str:
    if seconds is None:
        return ""
    return _("あと約%(n)s秒", n=seconds) if seconds < 90 else _("あと約%(n)s分", n=round(seconds / 60))


VIEWS = (JobsView,)
