"""提供先・移転先: the register of those to whom something may be given, on which law and for what."""

from flask import request
from flask_appbuilder import expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.clock import today
from procedures import transfers
from views.office_view import OfficeView, actor, allowed


class DestinationsView(OfficeView):
    """提供先・移転先の画面."""

    route_base = "/destinations"
    class_permission_name = "Destinations"
    default_view = "listed"

    @expose("/")
    @allowed("read")
    def listed(self) -> str:
        return self.page("network/destinations.html", rows=transfers.destinations(self.session), kinds=transfers.KINDS, on=today())

    @expose("/", methods=["POST"])
    @allowed("write")
    def add(self) -> Response:
        form = request.form

        def act() -> None:
            transfers.add_destination(
                self.session, actor(), form.get("kind", ""), *(form.get(name, "") for name in ("name", "law", "purpose", "what", "means")),
                since=self.day(form.get("since", "")))

        return self.carry_out(act, _("登録しました。"), "/destinations/")

    @expose("/<int:number>/end", methods=["POST"])
    @allowed("write")
    def end(self, number: int) -> Response:
        return self.carry_out(lambda: transfers.end_destination(self.session, actor(), number, today()),
                              _("登録を終えました。あすから渡せません。"), "/destinations/")


VIEWS = (DestinationsView,)
