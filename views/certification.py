"""起案・決裁: one proposes, another sees what changes and decides."""

from flask import flash, redirect, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.clock import today
from app.extensions import db
from app.words import language, say
from procedures.certification import (
    CERTIFIED,
    FORMAL,
    HELD,
    Proposal,
    draft,
    results_open,
    send_back,
    sign_off,
)
from procedures.drafting import drafts_of
from procedures.lookup import codes_of
from procedures.model_row import mark_of
from procedures.progress import ALL, LABELS, LOST
from procedures.refusal import Refused
from views.case_view import CaseView, city
from views.office_view import actor, allowed


class CertificationView(CaseView):
    """起案・決裁の画面."""

    route_base = "/certification"
    class_permission_name = "Certification"
    steps = (("reviewed", ALL), ("drafted", ALL), ("held", ALL), ("registered", (LOST,)))
    title = _l("起案・決裁を待つ申請")
    template = "certifications.html"

    @expose("/<int:application_id>")
    @allowed("read")
    def sheet(self, application_id: int) -> str:
        case = self.case(application_id)
        return self.page("certification.html", case=case, version=mark_of(case.decision) if case.decision else "", labels=LABELS, me=actor().user_id, formal=FORMAL,
                         choices=results_open(self.session, application_id))

    @expose("/<int:application_id>/draft", methods=["POST"])
    @allowed("draft")
    def propose(self, application_id: int) -> Response:
        form = request.form
        result = form.get("certification", "")
        reason = form.get("hold_reason" if result == HELD else "refusal_reason")
        proposal = Proposal(result, reason or None if result != CERTIFIED else None, form.get("remarks", "").strip() or None)
        return self.carry_out(lambda: draft(self.session, actor(), application_id, proposal, city(), today()),
                              _("起案しました。決裁を待ちます。"), "/certification/", f"/certification/{application_id}")

    @expose("/<int:application_id>/sign", methods=["POST"])
    @allowed("sign")
    def approve(self, application_id: int) -> Response:
        return self.carry_out(lambda: sign_off(self.session, actor(), application_id, today(), request.form.get("version")),
                              _("決裁しました。"), "/certification/", f"/certification/{application_id}")

    @expose("/<int:application_id>/back", methods=["POST"])
    @allowed("sign")
    def back(self, application_id: int) -> Response:
        return self.carry_out(lambda: send_back(self.session, actor(), application_id, request.form.get("reason", "")),
                              _("差し戻しました。"), "/certification/", f"/certification/{application_id}")

    @expose("/bulk", methods=["POST"])
    @allowed("sign")
    def bulk(self) -> Response | str:
        """まとめて決裁: first a page that says what would change, then each case in its own transaction."""
        chosen = [int(number) for number in request.form.getlist("every" if "all" in request.form else "cases") if number.isdigit()]
        drafts = drafts_of(self.session, actor(), chosen)
        db.session.commit()
        if "confirmed" not in request.form:
            words = codes_of(self.session, {"certification", "tier", "loss_reason", "refusal_reason", "hold_reason",
                                            "application_kind"}, today(), language())
            return self.page("bulk_sign_off.html", drafts=drafts, words=words, mark_of=mark_of)
        done = 0
        for number, name in [(each.application.id, each.application.acceptance_number) for each in drafts]:
            try:
                sign_off(self.session, actor(), number, today(), request.form.get(f"version:{number}"))
                db.session.commit()
                done += 1
            except Refused as refusal:
                db.session.rollback()
                flash(f"{name}: {say(refusal.message)}", "error")
        flash(_("%(n)s件を決裁しました。", n=done), "success")
        return redirect("/certification/")


VIEWS = (CertificationView,)
