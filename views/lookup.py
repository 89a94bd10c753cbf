"""照合: what a number on the paper stands for, answered while the clerk types; master data only, no person."""

from flask import jsonify, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.clock import today
from procedures import lookup
from views.office_view import OfficeView, allowed


class LookupView(OfficeView):
    """番号の照合."""

    route_base = "/lookup"
    class_permission_name = "Lookup"

    @expose("/disease")
    @allowed("read")
    def disease(self) -> Response:
        found = lookup.diseases_like(self.session, request.args.get("q", ""), today())
        return jsonify([{"code": number, "label": name} for number, name in found])

    @expose("/<any(facility, insurer, bank):kind>/<string:number>")
    @allowed("read")
    def holder(self, kind: str, number: str) -> Response:
        return self._named(lookup.name_of(self.session, kind, number, today()))

    @expose("/branch/<string:bank>/<string:number>")
    @allowed("read")
    def branch(self, bank: str, number: str) -> Response:
        return self._named(lookup.name_of(self.session, "branch", number, today(), bank))

    @expose("/postal/<string:code>")
    @allowed("read")
    def postal(self, code: str) -> Response:
        return self._named(lookup.address_of(self.session, code))

    def _named(self, name: str | None) -> Response:
        return jsonify(name=name) if name else jsonify(message=_("台帳にありません。原本の番号を確かめてください。"))


VIEWS = (LookupView,)
