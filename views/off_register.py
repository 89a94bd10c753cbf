"""住登外の画面: who is not on the register, keyed by one, keyed again by another without seeing it, settled by a third."""

from flask import flash, redirect, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.clock import now, today
from app.extensions import db
from app.words import language, say
from procedures import off_register
from procedures.lookup import codes_of
from procedures.refusal import Refused
from views.case_view import city
from views.office_view import OfficeView, actor, allowed


class OffRegisterView(OfficeView):
    """住登外の登録."""

    route_base = "/off-register"
    class_permission_name = "OffRegister"
    default_view = "listed"

    @expose("/")
    @allowed("read")
    def listed(self) -> str:
        return self._page(0, {})

    @expose("/<int:number>")
    @allowed("read")
    def key(self, number: int) -> str:
        return self._page(number, {})

    @expose("/", methods=["POST"])
    @expose("/<int:number>", methods=["POST"])
    @allowed("write")
    def submit(self, number: int = 0) -> Response | tuple[str, int]:
        form = request.form
        try:
            if number == 0:
                off_register.begin(self.session, actor(), form, form.get("reason", ""), now())
                words = _("第一入力を受け付けました。ほかの人の入力を待ちます。")
            elif form.get("step") == "settle":
                off_register.settle(self.session, actor(), number, form, city(), now())
                words = _("登録しました。")
            else:
                made = off_register.key_again(self.session, actor(), number, form, city(), now())
                words = _("登録しました。") if made else _("二人の入力が違います。三人目の人が決めます。")
            db.session.commit()
        except Refused as refusal:
            db.session.rollback()
            flash(say(refusal.message), "error")
            return self._page(number, form), 400
        flash(words, "success")
        return redirect("/off-register/")

    def _page(self, number: int, typed: object) -> str:
        rows = off_register.waiting(self.session, actor())
        entry, may = next(((entry, may) for entry, may in rows if entry.id == number), (None, ""))
        differs = off_register.look(self.session, actor(), entry) if entry is not None and may == "settle" else []
        return self.journalled("off_register.html", rows=rows, entry=entry, may=may, differs=differs, typed=typed,
                         labels=off_register.labels(), sexes=codes_of(self.session, {"sex"}, today(), language())["sex"])


VIEWS = (OffRegisterView,)
