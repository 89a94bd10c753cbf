"""宛名との結び付け: the register's people born on the same day, and the officer's choice among them."""

from flask import abort, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.clock import today
from app.words import language
from procedures.columns import WITHHELD
from procedures.lookup import codes_of
from procedures.register_link import candidates_for, link
from views.office_view import OfficeView, actor, allowed


class RegisterLinkView(OfficeView):
    """宛名の候補."""

    route_base = "/register/link"
    class_permission_name = "RegisterLink"

    @expose("/<int:recipient_id>")
    @allowed("read")
    def choose(self, recipient_id: int) -> str:
        found = candidates_for(self.session, actor(), recipient_id)
        if found is None:
            abort(404)
        return self.journalled("register/link.html", found=found, withheld=WITHHELD,
                               sexes=codes_of(self.session, {"sex"}, today(), language())["sex"])

    @expose("/<int:recipient_id>", methods=["POST"])
    @allowed("write")
    def link(self, recipient_id: int) -> Response:
        return self.carry_out(lambda: link(self.session, actor(), recipient_id, request.form.get("file_number", ""), today()),
                              _("宛名と結び付けました。"), f"/person/{recipient_id}", f"/register/link/{recipient_id}")


VIEWS = (RegisterLinkView,)
