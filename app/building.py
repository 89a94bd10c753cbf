"""建物: create_app assembles all rooms into one application; no business word in here."""

from flask import Flask, Response, g, redirect, render_template
from flask_appbuilder import BaseView, expose
from flask_login import current_user
from werkzeug.middleware.proxy_fix import ProxyFix

from app.attempts import add_attempts
from app.clock import today
from app.errors import add_error_pages
from app.extensions import Building, csrf, db
from app.form_keys import add_form_keys
from app.gate import add_gate
from app.headers import add_headers
from app.health import add_health
from app.menu import menu_of, permitted_menu
from app.request_log import add_request_log
from app.sessions import DatabaseSessions
from app.uploads import OfficeRequest
from app.words import on_day, say, short_day, short_moment, short_month, told
from config import ROOT, Settings, flask_settings
from procedures.door import door_of
from procedures.parameters import load_parameters
from rules.door import limits_of
from translations.catalogues import compile_stale
from views.login import left_provider


class HomeView(BaseView):
    """The address without a path: the start page of whoever is logged in."""

    route_base = ""
    default_view = "index"
    class_permission_name = "Home"

    @expose("/")
    def index(self) -> Response | str:
        if not current_user.is_authenticated:
            return redirect("/login/")
        menu = permitted_menu()
        return redirect(menu[0][1][0].address) if menu else render_template("no_rights.html", appbuilder=self.appbuilder)


def _keep_up_with_the_figures() -> None:
    """市の数字: what an administrator published holds in every process from its next request on."""
    if "newest_figures" in g:
        load_parameters(db.session, g.newest_figures)


def _locks_after() -> int:
    """画面を閉じるまで: seconds from now on, which is when this page was asked for."""
    return round(limits_of(today()).lock.total_seconds())


def create_app(settings: Settings | None = None) -> Flask:
    """Return the web application of one installation; its database must stand at the newest revision."""
    from views import register  # the views know the extensions, which must be made first

    settings = settings or Settings.from_environment()
    compile_stale()
    app = Flask("nanbyo", root_path=str(ROOT), template_folder="views/templates", static_folder="views/static")
    app.config.update(flask_settings(settings))
    app.config["OFFICE"] = settings
    app.config["DOOR"] = door_of(settings.door_file, settings.origin)
    app.session_interface = DatabaseSessions(settings)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies)  # type: ignore[method-assign]  # as werkzeug says to wrap it
    app.request_class = OfficeRequest
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(menu_of=menu_of, office=settings, say=say, on_day=on_day, locks_after=_locks_after,
                                 short_day=short_day, short_month=short_month, short_moment=short_moment)
    db.init_app(app)
    csrf.init_app(app)
    add_request_log(app, settings)
    add_headers(app)
    add_error_pages(app)
    add_attempts(app)
    add_health(app, settings)
    add_gate(app, settings)
    add_form_keys(app)
    app.before_request(_keep_up_with_the_figures)
    # A provider has no page of ours and so no CSRF token: what it posts is judged by its signature alone.
    app.add_url_rule("/login/provider/logout", "left_provider", csrf.exempt(left_provider), methods=["POST"])

    with app.app_context():
        appbuilder = Building(indexview=HomeView, update_perms=False)  # one an application: it keeps its views
        appbuilder.init_app(app, db.session)
        register(appbuilder)
    app.jinja_env.globals["_"] = told  # after FAB has installed Babel's, which looks everything up again each time
    return app
