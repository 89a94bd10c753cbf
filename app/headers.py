"""応答の見出し: what every answer tells the browser it may do."""

import secrets

from flask import Flask, Response, g, request, session


def csp_nonce() -> str:
    """The nonce of this answer's scripts."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def add_headers(app: Flask) -> None:
    """Put the headers on every answer of *app*."""
    app.jinja_env.globals.update(csp_nonce=csp_nonce)

    @app.after_request
    def headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = (
            f"default-src 'none'; script-src 'self' 'nonce-{csp_nonce()}'; style-src 'self'; img-src 'self' data:; "
            "font-src 'self'; connect-src 'self'; frame-src 'self'; object-src 'none'; "
            f"form-action 'self'{_leads_to(app)}; frame-ancestors 'self'; base-uri 'none'")
        response.headers["X-Content-Type-Options"] = "nosniff"
        # Flask-WTF asks for the referrer of a post over TLS; it never leaves this site.
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = (
            "camera=(), geolocation=(), microphone=(), publickey-credentials-get=(self), publickey-credentials-create=(self)")
        if not request.path.startswith("/static/") and not g.get("keepable"):
            response.headers["Cache-Control"] = "no-store"
        if app.config["OFFICE"].behind_https:
            response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        return response


def _leads_to(app: Flask) -> str:
    """The one place outside to which a form may lead: to the city's common authentication, from the login page and back out again."""
    provider = app.config["DOOR"].provider
    is_ours = request.endpoint in ("LoginView.login", "ProviderView.begin") or "common" in session
    return f" {provider.origin}" if provider and is_ours else ""
