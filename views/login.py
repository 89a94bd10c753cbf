"""ログイン: the only page that opens for nobody; a second factor will stand between it and the rest."""

from flask import g, redirect, render_template, request, session
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import no_cache
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from app.clock import now
from app.extensions import db
from app.words import say
from models.journal import Action
from procedures import journal
from procedures.actor import Actor, full_name
from procedures.login import log_in
from procedures.refusal import Refused


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
            return render_template("login.html", appbuilder=self.appbuilder)
        try:
            user = log_in(db.session, request.form.get("username", "").strip(), request.form.get("password", ""),
                          request.remote_addr or "", now())
        except Refused as refusal:
            db.session.commit()  # the failed guess is counted
            return render_template("login.html", appbuilder=self.appbuilder, message=say(refusal.message)), 401
        db.session.commit()
        following = session.get("after_login", "/")
        session.clear()
        session.renew()
        login_user(user, remember=False)
        return redirect(following)

    @expose("/logout/", methods=["POST"])
    def logout(self) -> Response:
        if current_user.is_authenticated:
            actor = Actor(current_user.id, full_name(current_user), request.remote_addr or "")
            journal.record(db.session, actor, Action.LOGGED_OUT)
            db.session.commit()
            logout_user()
        session.clear()
        g.pop("rights", None)
        return redirect("/login/")

    @expose("/lang/<string:locale>", methods=["POST"])
    def language(self, locale: str) -> Response:
        if locale in ("ja", "en"):
            session["locale"] = locale
        return redirect("/")
