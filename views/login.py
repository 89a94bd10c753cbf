"""ログイン: the first factor opens a half login of two minutes, which reaches the second factor and nothing else."""

from datetime import datetime
from typing import Any

from flask import current_app, flash, g, jsonify, redirect, render_template, request, session
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import no_cache
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from app.clock import now
from app.extensions import db
from app.sessions import Entry
from app.words import say
from models.journal import Action
from models.login import TRIAL
from procedures import journal
from procedures.actor import Actor, full_name
from procedures.login import check_password, enter
from procedures.provider import Wish, leave, person_of
from procedures.refusal import Refused
from rules.door import limits_of


def half_way(user: User, common: dict[str, str] | None = None) -> Response:
    """半分のログイン: who gave the first factor; everything but the second still sees nobody. A trial goes straight in."""
    following = session.get("after_login", "/")
    if common:
        session["common"] = common
    if current_app.config["OFFICE"].demo:
        come_in(user, TRIAL, None)
        return redirect(following)
    at: Any = session
    at.clear()
    at["half"] = {"user": user.id, "until": (now() + limits_of(now().date()).half).isoformat()}
    at["after_login"] = following
    if common:
        at["common"] = common
    at.renew()
    return redirect("/login/finger")


def half_in() -> User | None:
    """Who gave the first factor in this session within the last two minutes; nobody otherwise."""
    half = session.get("half")
    if not half or datetime.fromisoformat(half["until"]) < now():
        return None
    user = db.session.get(User, half["user"])
    return user if user is not None and user.is_active else None


def come_in(user: User, factor: str, authenticator: int | None) -> str:
    """Both factors were given: the person is logged in, here only; where she wanted to go is returned."""
    at: Any = session
    onward, terminal = at.get("after_login", "/"), request.remote_addr or ""
    kept = {name: at[name] for name in ("locale", "common") if name in at}
    ended = enter(db.session, user, terminal, now(), {"factor": factor})
    db.session.commit()
    at.enter(Entry(user.id, factor, authenticator, terminal))
    at.update(kept)
    login_user(user, remember=False)
    if ended:
        flash(_("ほかの場所で開いていた画面は終わりました。覚えがないときは、すぐにパスワードを変え、権限の管理者に知らせてください。"), "warning")
    return str(onward)


class LoginView(BaseView):
    """ログイン・ログアウト."""

    route_base = ""
    default_view = "login"
    class_permission_name = "Login"

    @expose("/login/", methods=["GET", "POST"])
    @no_cache
    def login(self) -> Response | str | tuple[str, int]:
        if current_user.is_authenticated:
            return redirect("/")
        if request.method == "GET":
            return _page()
        try:
            user = check_password(db.session, request.form.get("username", "").strip(), request.form.get("password", ""),
                                  request.remote_addr or "", now(), current_app.config["DOOR"].directory)
        except Refused as refusal:
            db.session.commit()  # the failed guess is counted
            return _page(say(refusal.message)), 401
        db.session.commit()
        return half_way(user)

    @expose("/logout/", methods=["POST"])
    def logout(self) -> Response:
        common, provider = session.get("common"), current_app.config["DOOR"].provider
        if current_user.is_authenticated:
            actor = Actor(current_user.id, full_name(current_user), request.remote_addr or "")
            journal.record(db.session, actor, Action.LOGGED_OUT)
            db.session.commit()
            logout_user()
        session.clear()
        g.pop("rights", None)
        onward = provider.farewell(common["proof"], provider.leaves_to) if common and provider else None
        answer = redirect(onward or "/login/")
        answer.headers["Clear-Site-Data"] = '"cache", "storage"'
        return answer

    @expose("/lang/<string:locale>", methods=["POST"])
    def language(self, locale: str) -> Response:
        if locale in ("ja", "en"):
            session["locale"] = locale
        return redirect("/")


class ProviderView(BaseView):
    """全庁の共通認証: the browser goes there and comes back; what it brings is only the first factor."""

    route_base = "/login/provider"
    default_view = "back"
    class_permission_name = "Login"

    @expose("/begin", methods=["POST"])
    @no_cache
    def begin(self) -> Response | tuple[str, int]:
        provider = current_app.config["DOOR"].provider
        if provider is None or current_user.is_authenticated:
            return redirect("/login/")
        try:
            place, wish = provider.begin()
        except Refused as refusal:
            return _page(say(refusal.message)), 503
        session["provider"] = vars(wish)
        return redirect(place)

    @expose("/back")
    @no_cache
    def back(self) -> str:
        """戻った: the browser comes from another site and brings no cookie (Strict); the page sends on what it brought."""
        return render_template("login/back.html", appbuilder=self.appbuilder,
                               code=request.args.get("code", ""), state=request.args.get("state", ""))

    @expose("/token")
    def token(self) -> Response:
        """The token a page needs that came without a session."""
        return jsonify(token=generate_csrf() if session.get("provider") else "")

    @expose("/finish", methods=["POST"])
    @no_cache
    def finish(self) -> Response | tuple[str, int]:
        provider, wish = current_app.config["DOOR"].provider, session.pop("provider", None)
        if provider is None or wish is None or current_user.is_authenticated:
            return redirect("/login/")
        try:
            identity = provider.finish(Wish(**wish), request.form.get("state", ""), request.form.get("code", ""), now())
            user = person_of(db.session, identity, request.remote_addr or "", now())
        except Refused as refusal:
            db.session.commit()
            return _page(say(refusal.message)), 401
        db.session.commit()
        return half_way(user, {"issuer": identity.issuer, "subject": identity.subject, "sid": identity.session,
                               "proof": identity.proof})


def left_provider() -> tuple[str, int]:
    """共通認証からの退去の知らせ: the provider itself says that somebody left; its signature is all that counts."""
    provider = current_app.config["DOOR"].provider
    if provider is None:
        return "", 404
    try:
        leave(db.session, provider.departed(request.form.get("logout_token", ""), now()), request.remote_addr or "")
    except Refused as refusal:
        db.session.rollback()
        return say(refusal.message), 400
    db.session.commit()
    return "", 204


def _page(message: str = "") -> str:
    return render_template("login.html", appbuilder=current_app.appbuilder, message=message,
                           provider=current_app.config["DOOR"].provider)


VIEWS = (ProviderView,)
