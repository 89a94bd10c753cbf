"""門: a trial is for this machine alone; a locked screen opens nothing; a password that somebody else made opens only its own change."""

from ipaddress import ip_address

from flask import Flask, abort, g, redirect, request, session
from flask_login import current_user
from werkzeug.wrappers import Response

from app.errors import wants_a_page
from config import Settings

# What opens while the screen is locked: the way to open it again, the way out, and files without content.
WHEN_LOCKED = {"static", "appbuilder.static", "healthz", "readyz", "metrics", "LoginView.logout", "LoginView.language",
               "PresenceView.locked", "PresenceView.state", "PresenceView.challenge", "PresenceView.prove",
               "PresenceView.lock"}
# What opens without, or before, a password of one's own.
OPEN = WHEN_LOCKED | {"LoginView.login", "OwnPasswordView.form", "OwnPasswordView.store"}


def add_gate(app: Flask, settings: Settings) -> None:
    """Let nobody past a locked screen or a temporary password, and nobody from elsewhere into a trial."""

    @app.before_request
    def trial_is_for_this_machine() -> None:
        if settings.demo and not ip_address(request.remote_addr or "0.0.0.0").is_loopback:
            abort(403)

    app.before_request(_stay_locked)
    app.before_request(_own_password_first)


def _stay_locked() -> Response | tuple[str, int] | None:
    if not session.is_locked or request.endpoint in WHEN_LOCKED:  # type: ignore[attr-defined]  # our own session, which Flask's type does not name
        return None
    if not wants_a_page(request):
        abort(423)
    if request.method != "GET":
        # A browser that gets no content stays where it is, with everything typed; its page then covers itself.
        return "", 204
    if request.endpoint is None:
        abort(404)
    session["after_lock"] = request.full_path.rstrip("?")
    return redirect("/presence/")


def _own_password_first() -> Response | None:
    if request.endpoint in OPEN or not current_user.is_authenticated or not g.get("must_choose_password"):
        return None
    if not wants_a_page(request):
        abort(403)
    return redirect("/password/")
