"""作業の列: what this clerk does next, what goes back to the counter, and what a manager takes from a desk."""

from flask import flash, redirect, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.clock import now
from app.words import say
from procedures.keying import sheet_of
from procedures.queue import STEPS, counts, sheet_at_hand, take_next, waiting
from procedures.refusal import Refused
from procedures.returning import send_back
from procedures.takeover import held, release
from views.office_view import OfficeView, actor, allowed, vault


class SheetView(OfficeView):
    """A screen from which a clerk goes on to her next sheet."""

    def next_sheet(self) -> Response:
        """次の一枚: begun and opened; the queue where nothing waits."""
        sheet = take_next(self.session, actor(), now(), vault())
        self.session.commit()
        if sheet is None:
            flash(_("いま入力を待つ票はありません。"), "info")
            return redirect("/queue/")
        return redirect(f"/{'settlement' if sheet.step == 'settling' else 'keying'}/{sheet.sheet_id}")


class QueueView(SheetView):
    """作業の列の画面."""

    route_base = "/queue"
    default_view = "overview"
    class_permission_name = "Queue"

    @expose("/")
    @allowed("read")
    def overview(self) -> str:
        me = actor()
        lists = {step: waiting(self.session, me, step, most=20) for step in STEPS}
        return self.page("queue.html", lists=lists, counts=counts(self.session, me))

    @expose("/next", methods=["POST"])
    @allowed("read")
    def following(self) -> Response:
        """次の一枚."""
        return self.next_sheet()

    @expose("/return/<int:sheet_id>")
    @allowed("read")
    def returning(self, sheet_id: int) -> Response | str:
        """返戻の理由を書く: nothing of what was keyed is shown."""
        return self._return_page(sheet_id)

    @expose("/return/<int:sheet_id>", methods=["POST"])
    @allowed("read")
    def send_back(self, sheet_id: int) -> Response | tuple[Response | str, int]:
        reason = request.form.get("reason", "")
        try:
            send_back(self.session, actor(), sheet_id, reason)
            self.session.commit()
        except Refused as refusal:
            self.session.rollback()
            return self._return_page(sheet_id, reason, say(refusal.message)), 422
        flash(_("受付に返戻しました。"), "success")
        return redirect("/queue/")

    @expose("/held")
    @allowed("release")
    def held(self) -> str:
        """入力中の票: for the manager, when a clerk is absent."""
        return self.page("held.html", rows=held(self.session))

    @expose("/held/<int:keying_id>", methods=["POST"])
    @allowed("release")
    def release(self, keying_id: int) -> Response:
        return self.carry_out(lambda: release(self.session, actor(), keying_id, vault()),
                              _("引き取りました。ほかの人が入力できます。入力途中の内容は本人のために預かっています。"), "/queue/held")

    def _return_page(self, sheet_id: int, reason: str = "", problem: str = "") -> Response | str:
        received = sheet_at_hand(self.session, actor(), sheet_id)
        if received is None:
            flash(_("この票はありません。次の一枚へ進んでください。"), "error")
            return redirect("/queue/")
        return self.page("return.html", received=received, label=sheet_of(received).label, reason=reason,
                         problem=problem)


VIEWS = (QueueView,)
