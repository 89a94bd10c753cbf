"""利用者の画面: accounts are added, changed, stopped and given temporary passwords; one by one or as a file."""

from collections.abc import Sequence
from typing import Any

from flask import abort, current_app, flash, redirect, request, session
from flask_appbuilder import expose
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.clock import now, today
from app.words import say
from exchange.table_file import EnvelopeWrong
from procedures import user_file, users
from procedures.common_accounts import kind_of
from procedures.model_row import differing
from procedures.permissions import rights_of_user
from procedures.refusal import Refused
from procedures.rights import ROLES
from procedures.users import Account, AccountRefused
from rules.door import password_policy_of
from views.fresh import fresh
from views.office_view import OfficeView, actor, allowed
from views.roles import role_name, words

Given = list[tuple[User, str]]
Both = Sequence[tuple[str, Any, Any]]


class UsersView(OfficeView):
    """利用者."""

    route_base = "/users"
    class_permission_name = "Users"
    default_view = "rows"

    @expose("/")
    @allowed("read")
    def rows(self) -> str:
        after = request.args.get("after", "")
        return self._rows("", int(after) if after.isdecimal() and len(after) < 10 else None)

    @expose("/search", methods=["POST"])
    @allowed("read")
    def search(self) -> str:
        """探す: the words stay out of the address."""
        return self._rows(request.form.get("words", "").strip(), None)

    @expose("/new")
    @allowed("write")
    def new(self) -> str:
        return self._form(None, Account("", "", "", ()))

    @expose("/new", methods=["POST"])
    @allowed("write")
    @fresh
    def add(self) -> str | tuple[str, int]:
        account = _typed()
        try:
            given = users.add(self.session, actor(), account, now())
            self.session.commit()
        except Refused as refusal:
            self.session.rollback()
            return self._form(None, account, refusal), 422
        return self._given([given])

    @expose("/<int:number>")
    @allowed("read")
    def show(self, number: int) -> str:
        user = self._user(number)
        return self._form(user, users.account_of(user))

    @expose("/<int:number>", methods=["POST"])
    @allowed("write")
    @fresh
    def change(self, number: int) -> Response | tuple[str, int]:
        user = self._user(number)
        account = _typed(user.username)
        try:
            users.change(self.session, actor(), user, account, request.form.get("version", ""))
            self.session.commit()
        except Refused as refusal:
            self.session.rollback()
            user = self._user(number)
            both = _both(users.account_of(user), account) if isinstance(refusal, users.AccountChangedMeanwhile) else []
            return self._form(user, account, refusal, both), 422
        flash(_("保存しました。次の操作から有効です。"), "success")
        return redirect("/users/")

    @expose("/<int:number>/<any(stop, resume, password, directory, provider):wish>", methods=["POST"])
    @allowed("write")
    @fresh
    def act(self, number: int, wish: str) -> Any:
        user, version = self._user(number), request.form.get("version", "")
        if wish == "stop":
            return self.carry_out(lambda: users.stop(self.session, actor(), user, version),
                                  _("利用を止めました。開いていた画面も使えなくなりました。"), "/users/", f"/users/{number}")
        if wish in ("directory", "provider"):
            if getattr(current_app.config["DOOR"], wish) is None:
                abort(404)
            return self.carry_out(lambda: users.let_the_city_ask(self.session, actor(), user, wish, version),
                                  _("次から全庁の共通認証でログインします。ここのパスワードは消えました。"), f"/users/{number}")
        give = users.resume if wish == "resume" else users.renew_password
        try:
            plain = give(self.session, actor(), user, version, now())
            self.session.commit()
        except Refused as refusal:
            self.session.rollback()
            flash(say(refusal.message), "error")
            return redirect(f"/users/{number}")
        return self._given([(user, plain)])

    @expose("/file")
    @allowed("read")
    def file(self) -> Response:
        text = user_file.as_csv(self.session, actor())
        self.session.commit()
        return Response(text.encode("utf-8-sig"), mimetype="text/csv", headers={
            "Content-Disposition": f'attachment; filename="users-{today():%Y%m%d}.csv"'})

    @expose("/take-in")
    @allowed("write")
    def choose_file(self) -> str:
        return self.page("users/file.html", plan=None, problem="", role_name=role_name, roles=ROLES)

    @expose("/take-in", methods=["POST"])
    @allowed("write")
    def preview(self) -> str | tuple[str, int]:
        """確かめる: what each line of the file would do; nothing is saved yet."""
        sent = request.files.get("file")
        try:
            rows = user_file.read(sent.read()) if sent else []
        except EnvelopeWrong as wrong:
            return self.page("users/file.html", plan=None, problem=say(wrong.message), role_name=role_name,
                             roles=ROLES), 422
        made = user_file.plan(self.session, rows)
        session["user_file"] = rows if made.is_clean else []
        return self.page("users/file.html", plan=made, problem="", role_name=role_name, roles=ROLES), (
            200 if made.is_clean else 422)

    @expose("/take-in/save", methods=["POST"])
    @allowed("write")
    @fresh
    def take_in(self) -> Any:
        try:
            given = user_file.carry_out(self.session, actor(), session.get("user_file", []),
                                        request.form.get("version", ""), now())
            self.session.commit()
        except Refused as refusal:
            self.session.rollback()
            flash(say(refusal.message), "error")
            return redirect("/users/take-in")
        session.pop("user_file", None)
        if given:
            return self._given(given)
        flash(_("取り込みました。"), "success")
        return redirect("/users/")

    def _user(self, number: int) -> User:
        return self.session.get(User, number) or abort(404)

    def _rows(self, typed: str, after: int | None) -> str:
        found, onward = users.accounts(self.session, typed, after)
        return self.page("users/list.html", users=found, onward=onward, words=typed, account_of=users.account_of,
                         role_name=role_name)

    def _form(self, user: User | None, typed: Account, fault: Refused | None = None, both: Both = ()) -> str:
        rights = rights_of_user(self.session, user) if user else []
        door = current_app.config["DOOR"]
        return self.page("users/form.html", user=user, typed=typed, fault=fault, both=both, roles=ROLES, role_name=role_name,
                         words=words, version=users.version_of(user) if user else "", rights=rights,
                         login=kind_of(self.session, user) if user else "password", directory=door.directory, provider=door.provider,
                         fault_at=fault.item if isinstance(fault, AccountRefused) else "")

    def _given(self, given: Given) -> str:
        """仮のパスワード: shown this once; it is stored nowhere in this form."""
        lasts = password_policy_of(today()).temporary
        return self.page("users/given.html", given=given, days=lasts.days, last_day=now() + lasts)


def _both(stored: Account, typed: Account) -> Both:
    """先の変更と入力: what somebody else stored meanwhile beside what was typed."""
    def told(account: Account) -> dict[str, str]:
        return {_("姓"): account.family, _("名"): account.given, _("役割"): "、".join(role_name(name) for name in account.roles)}

    return differing(told(stored), told(typed))


def _typed(username: str | None = None) -> Account:
    sent = request.form
    return Account(sent.get("username", "").strip() if username is None else username,
                   sent.get("family", "").strip(), sent.get("given", "").strip(),
                   tuple(name for name in ROLES if name in sent.getlist("roles")))


VIEWS = (UsersView,)
