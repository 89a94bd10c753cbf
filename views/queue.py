"""作業の列: what this clerk does next."""

from flask import flash, redirect
from flask_appbuilder import expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from procedures.queue import STEPS, counts, next_sheet, waiting
from views.office_view import OfficeView, actor, allowed


class QueueView(OfficeView):
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

    @expose("/next")
    @allowed("read")
    def following(self) -> Response:
        """次の一枚."""
        sheet = next_sheet(self.session, actor())
        if sheet is None:
            flash(_("いま入力を待つ票はありません。"), "info")
            return redirect("/queue/")
        return redirect(f"/{'settlement' if sheet.step == 'settling' else 'keying'}/{sheet.sheet_id}")


VIEWS = (QueueView,)
