"""所得判定: the household's tax figures in, tier and cap with their reasons out."""

from flask import flash, redirect, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.clock import now, today
from app.extensions import db
from app.words import say
from procedures.assessment import Circumstances, TaxFigures, assess, household_of
from procedures.refusal import Refused
from rules.spelling import digits
from views.case_view import CaseView, city
from views.office_view import actor, allowed

MONEY = ("income_levy_yen", "per_capita_levy_yen", "total_income_yen", "pension_yen", "other_income_yen")


class NotAnAmount(Refused):
    """An amount that is no whole number of yen."""


class AssessmentView(CaseView):
    """所得判定の画面."""

    route_base = "/assessment"
    class_permission_name = "Assessment"
    states = ("registered", "assessed", "held")
    title = _l("所得判定を待つ申請")

    @expose("/<int:application_id>")
    @allowed("read")
    def sheet(self, application_id: int) -> str:
        members = household_of(self.session, application_id)
        return self.show("assessment.html", application_id, members=members, money=MONEY, typed={})

    @expose("/<int:application_id>", methods=["POST"])
    @allowed("write")
    def judge(self, application_id: int) -> Response | tuple[str, int]:
        try:
            figures = [self._figures(member.id) for member in household_of(self.session, application_id)]
            assess(self.session, actor(), application_id, figures, self._circumstances(), city(), today(), now())
            db.session.commit()
        except Refused as refusal:
            db.session.rollback()
            flash(say(refusal.message), "error")
            members = household_of(self.session, application_id)
            return self.show("assessment.html", application_id, members=members, money=MONEY, typed=request.form), 400
        flash(_("判定しました。理由を確かめてください。"), "success")
        return redirect(f"/assessment/{application_id}")

    def _figures(self, member_id: int) -> TaxFigures:
        def typed(name: str) -> str | None:
            return request.form.get(f"{name}:{member_id}", "").strip() or None

        return TaxFigures(member_id, typed("taxation"), *(_yen(typed(name)) for name in MONEY),
                          taxed_by=typed("taxed_by"))

    def _circumstances(self) -> Circumstances:
        form = request.form
        others = tuple(amount for each in form.get("other_caps", "").split() if (amount := _yen(each)) is not None)
        return Circumstances(
            high_cost_long_term="high_cost_long_term" in form, ventilator="ventilator" in form,
            borderline_cap_yen=_yen(form.get("borderline_cap", "").strip() or None),
            borderline_meals_free="borderline_meals_free" in form, other_caps_yen=others)


def _yen(text: str | None) -> int | None:
    if text is None:
        return None
    plain = digits(text)
    if not (plain.isascii() and plain.isdigit() and len(plain) <= 12):
        raise NotAnAmount("金額は0以上の整数で入力してください。")
    return int(plain)


VIEWS = (AssessmentView,)
