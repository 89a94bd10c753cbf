"""作業の一覧: what changed elsewhere and waits for a person; closed with what was done, or taken up by authority."""

from flask import request
from flask_appbuilder import expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.clock import now, today
from app.extensions import db
from app.words import language
from models.work_item import KINDS, WorkItem
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
        words = codes_of(self.session, {"loss_reason", "tier"}, today(), language())
        return self.page("work.html", rows=rows, counts=work.counts(self.session), kinds=KINDS, kind=kind,
                         loss_reasons=words["loss_reason"], say_detail=lambda item: _detail(item, words["tier"]))

    @expose("/<int:number>", methods=["POST"])
    @allowed("write")
    def close(self, number: int) -> Response:
        form = request.form

        def act() -> None:
            application = None
            item = self.session.get(work.WorkItem, number)
            if item is not None and form.get("open") == "change":
                application = open_change(self.session, actor(), item.recipient_id, form.get("note", ""), today())
            if item is not None and form.get("open") == "loss":
                reasons = codes_of(self.session, {"loss_reason"}, today())["loss_reason"]
                application = open_loss(self.session, actor(), item.recipient_id,
                                        self.choice(form.get("loss_reason", ""), reasons),
                                        self.day(form.get("loss_date", "")), form.get("note", ""), today())
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


def _detail(item: WorkItem, tiers: dict[str, str]) -> str:
    """What the cause says, in words."""
    detail = item.detail or {}
    if item.kind == "tier_would_change":
        return f"{tiers.get(detail['from'], detail['from'])} → {tiers.get(detail['to'], detail['to'])}"
    return " ".join(str(text) for text in detail.values())


VIEWS = (WorkView,)
