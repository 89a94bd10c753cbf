"""照合: what a number on the paper stands for, answered while the clerk types; master data only, no person."""

from flask import g, jsonify, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.clock import today
from procedures import lookup
from views.office_view import OfficeView, allowed

MINUTES_KEPT = 10


class LookupView(OfficeView):
    """番号の照合."""

    route_base = "/lookup"
    class_permission_name = "Lookup"

    @expose("/disease")
    @allowed("read")
    def disease(self) -> Response:
        found = lookup.diseases_like(self.session, request.args.get("q", ""), today())
        return _kept(jsonify([{"code": number, "label": name} for number, name in found]))

    @expose("/<any(facility, insurer, bank, municipality):kind>/<string:number>")
    @allowed("read")
    def holder(self, kind: str, number: str) -> Response:
        if not lookup.is_well_formed(kind, number):
            return _kept(jsonify(message=_("検証番号が合いません。原本の番号を確かめてください。")))
        return _named(lookup.name_of(self.session, kind, number, today()))

    @expose("/branch/<string:bank>/<string:number>")
    @allowed("read")
    def branch(self, bank: str, number: str) -> Response:
        return _named(lookup.name_of(self.session, "branch", number, today(), bank))

    @expose("/postal/<string:code>")
    @allowed("read")
    def postal(self, code: str) -> Response:
        return _named(lookup.address_of(self.session, code))


def _named(name: str | None) -> Response:
    return _kept(jsonify(name=name) if name else jsonify(message=_("台帳にありません。原本の番号を確かめてください。")))


def _kept(answer: Response) -> Response:
    """The same number is asked often; the clerk's own browser may remember master data for a few minutes."""
    g.keepable = True
    answer.headers["Cache-Control"] = f"private, max-age={60 * MINUTES_KEPT}"
    answer.headers["Vary"] = "Cookie"
    answer.add_etag()
    return answer.make_conditional(request)


VIEWS = (LookupView,)
