"""束の割当の画面: which pile of papers is keyed by whom outside the office."""

from flask import request
from flask_appbuilder import expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.clock import now
from procedures.batches import batches, clerks, give, take_back
from views.office_view import OfficeView, actor, allowed


class BatchesView(OfficeView):
    """束の割当."""

    route_base = "/batches"
    class_permission_name = "Batches"
    default_view = "overview"

    @expose("/")
    @allowed("read")
    def overview(self) -> str:
        return self.page("batches.html", rows=batches(self.session), clerks=clerks(self.session))

    @expose("/", methods=["POST"])
    @allowed("write")
    def give(self) -> Response:
        whom = request.form.get("clerk", "")
        return self.carry_out(lambda: give(self.session, actor(), request.form.get("batch", ""),
                                           int(whom) if whom.isdecimal() and len(whom) < 10 else 0),
                              _("束を割り当てました。"), "/batches/")

    @expose("/<int:number>/end", methods=["POST"])
    @allowed("write")
    def end(self, number: int) -> Response:
        return self.carry_out(lambda: take_back(self.session, actor(), number, now()), _("割当を終えました。"), "/batches/")


VIEWS = (BatchesView,)
