"""宛名との結び付け: the register's people born on the same day, and the officer's choice among them."""

from typing import Any

from flask import abort, flash, request
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.clock import today
from app.words import language, say
from procedures.columns import WITHHELD
from procedures.lookup import codes_of
from procedures.model_row import Stale, differing
from procedures.register_link import candidates_for, link
from views.office_view import OfficeView, actor, allowed


class RegisterLinkView(OfficeView):
    """宛名の候補."""

    route_base = "/register/link"
    class_permission_name = "RegisterLink"

    @expose("/<int:recipient_id>")
    @allowed("read")
    def choose(self, recipient_id: int) -> str:
        return self._page(recipient_id)

    def _page(self, recipient_id: int, typed: str = "") -> str:
        found = candidates_for(self.session, actor(), recipient_id)
        if found is None:
            abort(404)
        both = differing({_("整理番号"): found.person.file_number or _("なし")}, {_("整理番号"): typed}) if typed else []
        return self.journalled("register/link.html", found=found, withheld=WITHHELD, typed=typed, both=both,
                               sexes=codes_of(self.session, {"sex"}, today(), language())["sex"])

    @expose("/<int:recipient_id>", methods=["POST"])
    @allowed("write")
    def link(self, recipient_id: int) -> Any:
        """Who chooses second sees the number that was chosen first beside her own, and chooses anew."""
        form = request.form
        number = form.get("file_number", "")
        try:
            return self.carry_out(lambda: link(self.session, actor(), recipient_id, number, today(), form.get("version")),
                                  _("宛名と結び付けました。"), f"/person/{recipient_id}", f"/register/link/{recipient_id}", Stale)
        except Stale as stale:
            self.session.rollback()
            flash(say(stale.message), "error")
            return self._page(recipient_id, number), 409


VIEWS = (RegisterLinkView,)
