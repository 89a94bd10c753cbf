"""レセプトの取込: upload a payer's file, watch it being read, read what became of it, undo it as a whole."""

from typing import Any

from flask import abort, current_app, flash, jsonify, redirect, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.clock import now, today
from app.receipt_place import place_of
from app.words import say
from exchange.receipt_profile import LABELS
from exchange.receipt_rows import MESSAGES, Totals
from models.job import Job
from models.receipt import ReceiptUpload
from procedures import receipt_sets
from procedures.receipt_formats import formats
from procedures.receipt_job import receive, upload_of, uploads
from procedures.receipt_undo import undo
from procedures.refusal import Refused
from rules.receipt_check import BY_CODE
from views.jobs import POSSIBLE
from views.jobs import STATES as JOB_STATES
from views.office_view import OfficeView, actor, allowed

STATES = {"waiting": _l("順番を待っています"), "stored": _l("取り込みました"), "already": _l("取込済みのファイルでした"),
          "refused": _l("取り込みませんでした")}
SENTENCES = MESSAGES | {code: check.sentence for code, check in BY_CODE.items()}


class ReceiptsView(OfficeView):
    """レセプトの取込の画面."""

    route_base = "/receipts"
    class_permission_name = "Receipts"
    default_view = "listed"

    @expose("/")
    @allowed("read")
    def listed(self) -> str:
        return self.page("receipts/listed.html", sets=receipt_sets.sets(self.session), uploads=uploads(self.session),
                         states=STATES, job_states=JOB_STATES, formats=formats(self.session, today()))

    @expose("/", methods=["POST"])
    @allowed("write")
    def receive(self) -> Response:
        """受け取る: the file is sealed at once; a job takes it in while the office goes on."""
        file, form = request.files.get("file"), request.form
        try:
            if file is None or not file.filename:
                raise Refused("ファイルを選んでください。中身のないファイルは取り込めません。")
            upload = receive(self.session, actor(), place_of(current_app.config["OFFICE"]).vault, file.filename, file.stream,
                             form.get("format", ""), _totals(form), now())
        except Refused as refusal:
            self.session.rollback()
            flash(say(refusal.message), "error")
            return redirect("/receipts/")
        self.session.commit()
        return redirect(f"/receipts/uploads/{upload.id}")

    @expose("/uploads/<int:number>")
    @allowed("read")
    def upload(self, number: int) -> Any:
        upload, job = self._upload(number)
        if upload.state in ("stored", "already"):
            flash(STATES[upload.state], "success")
            return redirect(f"/receipts/{upload.set_id}")
        return self.page("receipts/upload.html", upload=upload, job=job, states=STATES, job_states=JOB_STATES,
                         possible=POSSIBLE[job.state], checks=BY_CODE)

    @expose("/uploads/<int:number>/progress")
    @allowed("read")
    def progress(self, number: int) -> Response:
        """How much of the file was read, for the bar of a page that stays open."""
        upload, job = self._upload(number)
        percent = upload.read_bytes * 100 // upload.size_bytes if upload.size_bytes else 0
        return jsonify(state=str(JOB_STATES[job.state]), percent=percent, done=upload.read_bytes, failed=0,
                       total=upload.size_bytes, left="", over=job.state not in ("waiting", "running"))

    @expose("/<int:number>")
    @allowed("read")
    def show(self, number: int) -> Any:
        kept = receipt_sets.summary(self.session, number)
        if kept is None:
            abort(404)
        return self.page("receipts/set.html", kept=kept, checks=BY_CODE, items=LABELS, sentences=SENTENCES)

    @expose("/<int:number>/undo", methods=["POST"])
    @allowed("write")
    def take_back(self, number: int) -> Response:
        return self.carry_out(lambda: undo(self.session, actor(), number, request.form.get("reason", ""), now()),
                              _("取込を取り消しました。"), f"/receipts/{number}")

    def _upload(self, number: int) -> tuple[ReceiptUpload, Job]:
        found = upload_of(self.session, number)
        if found is None:
            abort(404)
        return found


def _totals(form: Any) -> Totals | None:
    """The invoice's totals as typed; None where nothing was. Refused."""
    typed = {name: form.get(name, "").replace(",", "").strip() for name in ("count", "points", "yen")}
    if not any(typed.values()):
        return None
    if not all(text.isascii() and text.isdigit() for text in typed.values() if text):
        raise Refused("件数・点数・金額は0以上の整数で入力してください。")
    return Totals(**{name: int(text) if text else None for name, text in typed.items()})


VIEWS = (ReceiptsView,)
