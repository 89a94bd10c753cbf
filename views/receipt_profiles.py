"""レセプトの様式の画面: a payer's table is mapped column by column, tried on a sample in sight, and published from a day on."""

from typing import Any

from flask import flash, request
from flask_appbuilder import expose
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.clock import today
from app.extensions import db
from app.words import say
from exchange.receipt_profile import KIND_OF, LABELS, Profile, profile_from
from forms.receipt_profile import (
    AGENCIES,
    CHARACTER_SETS,
    CHOICES,
    FIXED,
    PLACES_OF_TOTALS,
    SUMS,
    NotTyped,
    fields_of,
    profile_typed,
)
from procedures import receipt_profiles as profiles
from procedures.receipt_profiles import Sample, Tried
from procedures.refusal import Refused
from views.office_view import OfficeView, actor, allowed

SHOWN = ("line", "treatment_month", "recipient_number", "name", "facility_number", "setting", "days", "points", "total_yen",
         "insurer_yen", "public_yen", "copay_yen")


class ReceiptProfilesView(OfficeView):
    """レセプトの様式."""

    route_base = "/receipt-profiles"
    class_permission_name = "ReceiptProfiles"
    default_view = "listed"

    @expose("/")
    @allowed("read")
    def listed(self) -> str:
        rows = [(row, profile_from(row.definition)) for row in profiles.versions(self.session)]
        return self.page("receipts/profiles.html", rows=rows, on=today(), character_sets=CHARACTER_SETS)

    @expose("/new", methods=["POST"])
    @allowed("write")
    def begin(self) -> Response | str:
        """見本から始める: the sample itself says what it can."""
        file, encoding = request.files.get("file"), request.form.get("encoding", "")
        try:
            self.choice(encoding, CHARACTER_SETS)
            sample = profiles.sample_of(file.read() if file is not None else b"")
        except Refused as refusal:
            flash(say(refusal.message), "error")
            return self.leave("/receipt-profiles/")
        drafted = profiles.guessed(sample, encoding)
        return self._page(fields_of(drafted, self._codes()), drafted, sample, None)

    @expose("/<int:number>")
    @allowed("read")
    def one(self, number: int) -> Response | str:
        try:
            found = profiles.opened(self.session, number)
        except Refused as refusal:
            flash(say(refusal.message), "error")
            return self.leave("/receipt-profiles/")
        return self._page(fields_of(found, self._codes()), found, None, None)

    @expose("/", methods=["POST"])
    @allowed("write")
    def keep(self) -> Response | str | tuple[str, int]:
        """見本で試す, or 公開する."""
        form, file = request.form, request.files.get("file")
        sample = profiles.sample_again(form.get("sample", ""))
        try:
            if file is not None and file.filename:
                sample = profiles.sample_of(file.read())
            typed = profile_typed(form, self._codes())
            if form.get("step") == "publish":
                profiles.publish(self.session, actor(), typed, self.day(form.get("valid_from", "")), today())
                db.session.commit()
                flash(_("様式を公開しました。取込の形式として選べます。"), "success")
                return self.leave("/receipt-profiles/")
            tried = profiles.tried(self.session, actor(), typed, sample) if sample and not profiles.check(typed) else None
            db.session.commit()
        except (Refused, NotTyped) as refusal:
            db.session.rollback()
            flash(say(refusal.message), "error")
            return self._page(form, None, sample, None), 400
        return self._page(form, typed, sample, tried)

    def _codes(self) -> dict[str, dict[str, str]]:
        return profiles.codes(self.session, today())

    def _page(self, typed: Any, profile: Profile | None, sample: Sample | None, tried: Tried | None) -> str:
        width = typed.get("width", "0")
        return self.page(
            "receipts/profile.html", typed=typed, width=min(int(width), 200) if width.isascii() and width.isdigit() else 0, sample=sample,
            cells=profiles.cells_of(sample, profile) if sample and profile else [], tried=tried, choices=CHOICES, labels=LABELS,
            problems=profiles.check(profile) if profile and typed is request.form else [], fixed=FIXED, sums=SUMS, shown=SHOWN,
            coded=[item for item, kind in KIND_OF.items() if kind == "code"], places=PLACES_OF_TOTALS, character_sets=CHARACTER_SETS,
            agencies=AGENCIES, codes=profiles.codes(self.session, today(), str(get_locale())), on=today())


VIEWS = (ReceiptProfilesView,)
