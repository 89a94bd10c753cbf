"""二つ目の認証の画面: what a half login reaches; a finger, or the enrolment of a reader with a code given in person."""

from collections.abc import Callable
from typing import Any

from flask import abort, current_app, redirect, render_template, request
from flask import session as login_session
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import no_cache
from flask_appbuilder.security.sqla.models import User
from flask_login import current_user
from werkzeug.wrappers import Response

from app.clock import now, today
from app.extensions import db
from models.login import FINGER
from procedures import enrolment, second_factor
from rules.door import limits_of
from views.login import come_in, half_in
from views.presence import answered, sent


class SecondFactorView(BaseView):
    """指の確認と読取装置の登録."""

    route_base = "/login"
    default_view = "finger"
    class_permission_name = "Login"

    @expose("/finger")
    @no_cache
    def finger(self) -> Response | str:
        user = half_in()
        if user is None or current_user.is_authenticated:
            return redirect("/login/")
        if not second_factor.working(db.session, user.id):
            return redirect("/login/enrol")
        return render_template("login/finger.html", appbuilder=self.appbuilder,
                               seconds=round(limits_of(today()).half.total_seconds()))

    @expose("/finger/challenge", methods=["POST"])
    def challenge(self) -> Any:
        return _for_the_half(lambda user, key: second_factor.question(db.session, user, key, _site(), now()))

    @expose("/finger", methods=["POST"])
    def proven(self) -> Any:
        """確かめる: the second factor; from here on the person is logged in."""

        def enter(user: User, key: str) -> dict[str, str]:
            found = second_factor.prove(db.session, user, key, sent().get("answer"), _site(), request.remote_addr or "", now())
            return {"onward": come_in(user, FINGER, found.id)}

        return _for_the_half(enter)

    @expose("/enrol")
    @no_cache
    def enrol(self) -> Response | str:
        user = half_in()
        if user is None or current_user.is_authenticated:
            return redirect("/login/")
        return render_template("login/enrol.html", appbuilder=self.appbuilder,
                               has_reader=bool(second_factor.working(db.session, user.id)))

    @expose("/enrol/challenge", methods=["POST"])
    def enrol_challenge(self) -> Any:
        return _for_the_half(lambda user, key: enrolment.enrolment_question(
            db.session, user, str(sent().get("code", "")), key, _site(), request.remote_addr or "", now()))

    @expose("/enrol", methods=["POST"])
    def enrolled(self) -> Any:
        """登録する: the reader counts from now on; it has to prove the finger once more to open anything."""

        def make(user: User, key: str) -> dict[str, str]:
            content = sent()
            enrolment.enrol(db.session, user, str(content.get("code", "")), content.get("answer"), key, _site(),
                            request.remote_addr or "", now())
            return {"onward": "/login/finger"}

        return _for_the_half(make)


def _for_the_half(act: Callable[[User, str], Any]) -> Any:
    """Only whoever gave the first factor here gets an answer."""
    user = half_in()
    if user is None or current_user.is_authenticated:
        abort(401)
    at: Any = login_session
    return answered(lambda: act(user, at.key))


def _site() -> Any:
    return current_app.config["DOOR"].site


VIEWS = (SecondFactorView,)
