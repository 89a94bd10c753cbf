"""支援措置の登録: noted and ended on the person's page, each with its reason."""

from flask import request
from flask_appbuilder import expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.clock import now, today
from procedures.protection import protect, unprotect
from views.office_view import OfficeView, actor, allowed


class ProtectionView(OfficeView):
    """支援措置."""

    route_base = "/protection"
    class_permission_name = "Protection"

    @expose("/<int:recipient_id>", methods=["POST"])
    @allowed("write")
    def note(self, recipient_id: int) -> Response:
        form = request.form
        return self.carry_out(lambda: protect(self.session, actor(), recipient_id, self.day(form.get("since", "")),
                                              form.get("reason", "")),
                              _("支援措置を登録しました。住所と連絡先は、見る権限のある人だけに表示します。"), f"/person/{recipient_id}")

    @expose("/<int:recipient_id>/end", methods=["POST"])
    @allowed("write")
    def end(self, recipient_id: int) -> Response:
        return self.carry_out(lambda: unprotect(self.session, actor(), recipient_id, request.form.get("reason", ""),
                                                today(), now()),
                              _("支援措置を終えました。"), f"/person/{recipient_id}")


VIEWS = (ProtectionView,)
