"""作業の一覧: what changed elsewhere and waits for a person; closed with what was done, or taken up by authority."""

from flask import request
from flask_appbuilder import expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.clock import now, today
from app.extensions import db
from models.work_item import KINDS
from procedures import work
from procedures.by_office import open_change, open_loss
from procedures.lookup import codes_of
from views.office_view import OfficeView, actor, allowed


class WorkView(OfficeView):
    """作業."""

    route_base = "/work"
    class_permission_name = "Work"
    default_view = "listed"

    @expose("/")
    @allowed("read")
    def listed(self) -> str:
        kind = request.args.get("kind", "")
        kind = kind if kind in KINDS else ""
        rows = work.waiting(self.session, actor(), today(), kind or None)
        db.session.commit()
        return self.page("work.html", rows=rows, counts=work.counts(self.session), kinds=KINDS, kind=kind)

    @expose("/<int:number>", methods=["POST"])
    @allowed("write")
    def close(self, number: int) -> Response:
        form = request.form

        def act() -> None:
            application = None
            item = self.session.get(work.WorkItem, number)
            if item is not None and form.get("open") == "change":
                application = open_change(self.session, actor(), item.recipient_id, form.get("note", ""), today())
            work.close(self.session, actor(), number, form.get("note", ""), now(), application)

        return self.carry_out(act, _("対応を登録しました。"), "/work/")

    @expose("/person/<int:recipient_id>/<any(change, loss):what>", methods=["POST"])
    @allowed("write")
    def by_office(self, recipient_id: int, what: str) -> Response:
        """職権で始める: a change, or a loss with its day."""
        form = request.form
        if what == "change":
            return self.carry_out(lambda: open_change(self.session, actor(), recipient_id, form.get("why", ""), today()),
                                  _("職権変更を起こしました。所得判定から進めてください。"), f"/person/{recipient_id}")
        reasons = codes_of(self.session, {"loss_reason"}, today())["loss_reason"]
        return self.carry_out(lambda: open_loss(
            self.session, actor(), recipient_id, self.choice(form.get("loss_reason", ""), reasons),
            self.day(form.get("loss_date", "")), form.get("why", ""), today()),
            _("資格喪失を起こしました。起案してください。"), f"/person/{recipient_id}")


VIEWS = (WorkView,)
