"""更新時期: open a season, print its letters by range, follow everybody, remind, find a sheet by its code."""

from collections.abc import Mapping

from flask import flash, redirect, request, session
from flask_appbuilder import expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.clock import now, today
from app.extensions import db
from app.words import say
from models.renewal import RenewalSeason
from procedures import portal_notices, renewal
from procedures.refusal import Refused
from procedures.renewal_print import labels
from views.office_view import OfficeView, actor, allowed


class RenewalsView(OfficeView):
    """更新の画面."""

    route_base = "/renewals"
    class_permission_name = "Renewals"
    default_view = "listed"

    @expose("/")
    @allowed("read")
    def listed(self) -> str:
        return self._seasons(request.args)

    @expose("/", methods=["POST"])
    @allowed("write")
    def begin(self) -> Response | tuple[str, int]:
        form = request.form
        try:
            season = renewal.open_season(self.session, actor(), *(self.day(form.get(name, "")) for name in (
                "ends_on", "opens_on", "closes_on")))
            db.session.commit()
        except Refused as refusal:
            db.session.rollback()
            flash(say(refusal.message), "error")
            return self._seasons(form), 400
        flash(_("更新時期を始めました。"), "success")
        return redirect(f"/renewals/{season.id}")

    @expose("/<int:number>/add", methods=["POST"])
    @allowed("write")
    def add(self, number: int) -> Response:
        """新しく対象になった人を加える."""
        return self.carry_out(lambda: renewal.add_newly_due(self.session, actor(), number),
                              _("新しく対象になった人を加えました。"), f"/renewals/{number}")

    @expose("/<int:number>")
    @allowed("read")
    def season(self, number: int) -> str:
        step, after = request.args.get("step", ""), request.args.get("after", "0")
        step = step if step in renewal.STEPS else ""
        rows = renewal.followed(self.session, actor(), number, today(), step, int(after) if after.isdigit() else 0)
        db.session.commit()
        return self.page("renewals/season.html", season=self.session.get_one(RenewalSeason, number), rows=rows, step=step,
                         counts=renewal.counts(self.session, number, today()), steps=renewal.STEPS,
                         total=renewal.total(self.session, number), told=portal_notices.counts(self.session, number),
                         told_states=portal_notices.STATES)

    @expose("/<int:number>/print", methods=["POST"])
    @allowed("write")
    def print(self, number: int) -> Response:
        form = request.form
        first, last = (int(text) if (text := form.get(name, "")).isdigit() else fallback
                       for name, fallback in (("first", 1), ("last", 10**9)))
        return self.carry_out(lambda: renewal.ask_to_print(
            self.session, actor(), number, form.get("kind", ""), first, last, today()),
            _("まとめて印刷を始めます。終わると、ここで受け取れます。"), "/jobs/", f"/renewals/{number}")

    @expose("/<int:number>/labels", methods=["POST"])
    @allowed("write")
    def labels(self, number: int) -> Response:
        form = request.form
        first, last = (int(text) if (text := form.get(name, "")).isdigit() else fallback
                       for name, fallback in (("first", 1), ("last", 10**9)))
        return self.paper(lambda: labels(self.session, actor(), number, first, last, now()), f"labels-{number}",
                          f"/renewals/{number}")

    @expose("/<int:number>/back", methods=["POST"])
    @allowed("write")
    def back(self, number: int) -> Response:
        notice = request.form.get("notice", "")
        return self.carry_out(lambda: renewal.came_back(
            self.session, actor(), int(notice) if notice.isdigit() else 0, today()), _("返戻を登録しました。"),
            f"/renewals/{number}")

    @expose("/<int:number>/tell", methods=["POST"])
    @allowed("write")
    def tell(self, number: int) -> Response:
        """更新のお知らせを送る."""
        return self.carry_out(lambda: portal_notices.tell_season(self.session, actor(), number, today()),
                              _("お知らせの送信を始めました。"), f"/renewals/{number}")

    @expose("/<int:number>/untell", methods=["POST"])
    @allowed("write")
    def untell(self, number: int) -> Response:
        """開封前のお知らせを取り消す."""
        return self.carry_out(lambda: portal_notices.take_back_season(self.session, actor(), number),
                              _("開封前のお知らせの取消しを頼みました。"), f"/renewals/{number}")

    @expose("/expired", methods=["POST"])
    @allowed("write")
    def expired(self) -> Response:
        return self.carry_out(lambda: renewal.tell_expired(self.session, actor(), today()),
                              _("更新のない人を作業の一覧に載せました。"), "/work/", "/renewals/")

    def _seasons(self, typed: Mapping[str, str]) -> str:
        return self.page("renewals/seasons.html", seasons=renewal.seasons(self.session, today()), steps=renewal.STEPS,
                         upcoming=renewal.upcoming(self.session, today()), typed=typed)

    @expose("/code", methods=["POST"])
    @allowed("find")
    def code(self) -> Response:
        """二次元コードで開く: the person of a pre-filled renewal sheet, at reception."""
        person = renewal.season_of_token(self.session, request.form.get("token", "").strip())
        if person is None:
            flash(_("その二次元コードの更新案内はありません。読み直すか、受給者番号で探してください。"), "error")
            return redirect("/reception/")
        session["whose"], session["pile"] = person.id, session.get("pile", {}) | {"kind": "renewal"}
        return redirect("/reception/")


VIEWS = (RenewalsView,)
