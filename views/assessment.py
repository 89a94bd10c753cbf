"""所得判定: the household's tax figures in, tier and cap with their reasons out."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.clock import now, today
from app.extensions import db
from app.words import language, say
from models.income import Assessment
from procedures import known
from procedures.assessment import (
    Circumstances,
    OtherCap,
    TaxFigures,
    assess,
    carry_over,
    household_of,
    other_caps_of,
    version_of,
)
from procedures.costs import judged
from procedures.household import Credit, credits_of
from procedures.lookup import codes_of
from procedures.model_row import Stale, differing
from procedures.progress import DECIDED, demand
from procedures.refusal import Refused
from procedures.register_lookup import pull_taxes
from rules.apportionment import known_caps
from rules.copay_cap import borderline_steps
from rules.spelling import digits
from rules.tax_year import tax_year
from rules.tier import Tier
from rules.ventilator import Findings
from views.case_view import CaseView, city
from views.office_view import actor, allowed

FINDINGS = {"wears_one": _l("人工呼吸器を装着"), "all_day": _l("一日中施行"), "no_weaning": _l("離脱の見込みなし"),
            "needs_help": _l("生活状況の全項目が部分介助または全介助"), "external_heart": _l("体外式補助人工心臓を装着")}
MONEY = ("income_levy_yen", "per_capita_levy_yen", "total_income_yen", "pension_yen", "other_income_yen")
COLUMNS = {"taxation": "member_taxation", "income_levy_yen": "member_income_levy_yen", **{name: name for name in MONEY[1:]},
           "taxed_by": "taxed_by", "insurance": "member_insurance"}
CREDITS = 4  # lines for 調整 a person


class NotAnAmount(Refused):
    """An amount that is no whole number of yen."""


class AssessmentView(CaseView):
    """所得判定の画面."""

    route_base = "/assessment"
    class_permission_name = "Assessment"
    steps = (("registered", DECIDED), ("assessed", DECIDED), ("held", DECIDED))
    credits = CREDITS
    title = _l("所得判定を待つ申請")

    @expose("/<int:application_id>")
    @allowed("read")
    def sheet(self, application_id: int) -> str:
        return self._page(application_id, {})

    @expose("/<int:application_id>", methods=["POST"])
    @allowed("write")
    def judge(self, application_id: int) -> Response | tuple[str, int]:
        try:
            circumstances = self._circumstances()
            if request.form.get("how") == "carry":
                carry_over(self.session, actor(), application_id, circumstances, now())
            else:
                figures = [self._figures(member.id) for member in household_of(self.session, application_id)]
                assess(self.session, actor(), application_id, figures, circumstances, city(), now(),
                       request.form.get("version"))
            db.session.commit()
        except Refused as refusal:
            db.session.rollback()
            flash(say(refusal.message), "error")
            if isinstance(refusal, Stale):
                return self._page(application_id, request.form, self._both(application_id, request.form)), 409
            return self._page(application_id, request.form), 400
        flash(_("判定しました。理由を確かめてください。"), "success")
        return redirect(f"/assessment/{application_id}")

    @expose("/<int:application_id>/taxes", methods=["POST"])
    @allowed("write")
    def pull(self, application_id: int) -> Response:
        """税情報を引く: the register's newest figures of the right year stand in the lines, with their source."""
        def act() -> None:
            case = self.case(application_id)
            demand(case.application, "assessed")
            pull_taxes(self.session, actor(), application_id, tax_year(case.application.application_date),
                       household_of(self.session, application_id))

        return self.carry_out(act, _("税情報を引きました。出所を確かめて判定してください。"), f"/assessment/{application_id}")

    def _page(self, application_id: int, typed: Mapping[str, str], both: Any = ()) -> str:
        members = household_of(self.session, application_id)
        case = self.case(application_id)
        applied = case.application.application_date
        kinds = codes_of(self.session, {"insurance_kind"}, today(), language())["insurance_kind"]
        steps = borderline_steps(Tier.UPPER, applied)
        return self.page("assessment.html", both=both, version=version_of(self.session, application_id), case=case, labels=self.labels(), money=MONEY, typed=typed, insurances=kinds,
                         members=[member for member in members if member.member_relationship], steps=steps,
                         credits=credits_of(self.session, members), tax_year=tax_year(applied),
                         others=other_caps_of(self.session, application_id), findings=FINDINGS,
                         ticked=typed.getlist("finding") if isinstance(typed, MultiDict) else _ticked(case.assessment),
                         known_caps=known_caps(applied), special=judged(self.session, case.application),
                         before=known.assessed(self.session, case.application))

    def _both(self, application_id: int, typed: Mapping[str, str]) -> Any:
        """先の変更と入力: every figure of every member that somebody else stored otherwise than it was typed here."""
        stored, mine = {}, {}
        for member in household_of(self.session, application_id):
            for name, column in COLUMNS.items():
                label = f"{member.member_name} {say(member.__table__.c[column].comment)}"
                value = getattr(member, column)
                stored[label], mine[label] = "" if value is None else str(value), typed.get(f"{name}:{member.id}", "")
        return differing(stored, mine)

    def _figures(self, member_id: int) -> TaxFigures:
        def typed(name: str) -> str | None:
            return request.form.get(f"{name}:{member_id}", "").strip() or None

        credits = tuple(
            Credit(kind, amount, typed(f"evidence{place}") or _("課税証明書")) for place in range(CREDITS)
            if (kind := typed(f"credit{place}")) and (amount := _yen(typed(f"amount{place}"))))
        return TaxFigures(member_id, typed("taxation"), *(_yen(typed(name)) for name in MONEY),
                          taxed_by=typed("taxed_by"), insurance=typed("insurance"), credits=credits)

    def _circumstances(self) -> Circumstances:
        form = request.form
        named = zip(form.getlist("other_number"), form.getlist("other_cap"), strict=False)
        others = tuple(OtherCap(_yen(cap.strip() or None), number.strip() or None) for number, cap in named
                       if number.strip() or cap.strip())
        return Circumstances(
            high_cost_long_term="high_cost_long_term" in form,
            findings=Findings(**{name: name in form.getlist("finding") for name in FINDINGS}),
            borderline_cap_yen=_yen(form.get("borderline_cap", "").strip() or None),
            borderline_meals_free="borderline_meals_free" in form, others=others)


def _ticked(assessment: Assessment | None) -> list[str]:
    found = assessment.ventilator_findings if assessment is not None else None
    return [name for name, is_there in (found or {}).items() if is_there]


def _yen(text: str | None) -> int | None:
    if text is None:
        return None
    plain = digits(text)
    if not (plain.isascii() and plain.isdigit() and len(plain) <= 12):
        raise NotAnAmount("金額は0以上の整数で入力してください。")
    return int(plain)


VIEWS = (AssessmentView,)
