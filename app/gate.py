"""門: a trial is for this machine alone; a password that somebody else made opens only its own change."""

from ipaddress import ip_address

from flask import Flask, abort, g, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response

from app.errors import wants_a_page
from config import Settings

# What opens without, or before, a password of one's own.
OPEN = {"static", "healthz", "LoginView.login", "LoginView.logout", "LoginView.language", "OwnPasswordView.form",
        "OwnPasswordView.store"}


def add_gate(app: Flask, settings: Settings) -> None:
    """Let nobody past a temporary password, and nobody from elsewhere into a trial, whatever it listens on."""

    @app.before_request
    def trial_is_for_this_machine() -> None:
        if settings.demo and not ip_address(request.remote_addr or "0.0.0.0").is_loopback:
            abort(403)

    @app.before_request
    def own_password_first() -> Response | None:
        if request.endpoint in OPEN or not current_user.is_authenticated or not g.get("has_temporary_password"):
            return None
        if not wants_a_page(request):
            abort(403)
        return redirect("/password/")
