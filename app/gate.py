"""門: whoever has a password that somebody else made chooses her own before anything else opens."""

from flask import Flask, abort, g, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response

from app.errors import wants_a_page

# What opens without, or before, a password of one's own.
OPEN = {"static", "healthz", "LoginView.login", "LoginView.logout", "LoginView.language", "OwnPasswordView.form",
        "OwnPasswordView.store"}


def add_gate(app: Flask) -> None:
    """Let nobody past a temporary password."""

    @app.before_request
    def own_password_first() -> Response | None:
        if request.endpoint in OPEN or not current_user.is_authenticated or not g.get("has_temporary_password"):
            return None
        if not wants_a_page(request):
            abort(403)
        return redirect("/password/")
