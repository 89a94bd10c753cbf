"""システムの状態: what stands and what waits, everybody's long work without its content, and the release of a restored copy."""

from flask import current_app
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.clock import now
from app.health import checks, free_bytes
from procedures import health, jobs, outward
from views.jobs import KINDS, STATES
from views.office_view import OfficeView, actor, allowed

CHECKS = {"database": _l("データベース"), "migrations": _l("移行"), "worker": _l("働き手"), "disk": _l("空き容量")}
WISHES = {"resume": _l("やり直す"), "cancel": _l("取りやめる")}
POSSIBLE = {"failed": ("resume", "cancel"), "waiting": ("cancel",), "running": ("cancel",), "paused": ("cancel",)}


class SystemView(OfficeView):
    """システムの状態."""

    route_base = "/system"
    class_permission_name = "System"
    default_view = "overview"

    @expose("/")
    @allowed("read")
    def overview(self) -> str:
        settings = current_app.config["OFFICE"]
        return self.page("system.html", checks=checks(settings), names=CHECKS, free=free_bytes(settings) // 2**20,
                         state=health.state(self.session, now()), jobs=jobs.everybodys(self.session), states=STATES, kinds=KINDS,
                         wishes=WISHES, possible=POSSIBLE, copies=outward.copies(self.session), me=actor().user_id)

    @expose("/jobs/<int:number>/<any(resume, cancel):wish>", methods=["POST"])
    @allowed("steer")
    def steer(self, number: int, wish: str) -> Response:
        return self.carry_out(lambda: jobs.steer(self.session, actor(), number, wish), _("承知しました。"), "/system/")

    @expose("/copies/<int:number>/<any(ask, release):wish>", methods=["POST"])
    @allowed("release")
    def decide(self, number: int, wish: str) -> Response:
        """復元の解除: one person asks, another releases."""
        act = {"ask": outward.ask, "release": outward.release}[wish]
        return self.carry_out(lambda: act(self.session, actor(), number, now()), _("承知しました。"), "/system/")


VIEWS = (SystemView,)
