"""通知の文面: the city's wording of every letter, with a preview, published as a new version from a day on."""

from collections.abc import Sequence

from flask import abort, flash, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.clock import now, today
from app.extensions import db
from app.words import say
from procedures import letters
from procedures.letter_facts import VALUE_NAMES
from procedures.model_row import Stale, differing
from procedures.refusal import Refused
from reports.letter import Address, LetterText, filled, letter_pdf, put_in
from views.case_view import city
from views.office_view import OfficeView, actor, allowed

LABELS = {"subject": _l("件名"), "body": _l("本文"), "closing": _l("教示・末尾")}
SAMPLE = dict.fromkeys(VALUE_NAMES, "〔差込み〕") | {"氏名": "見本 太郎", "申請日": "令和8年11月20日"}


class WordingsView(OfficeView):
    """文面の画面."""

    route_base = "/wordings"
    class_permission_name = "Wordings"
    default_view = "listed"

    @expose("/")
    @allowed("read")
    def listed(self) -> str:
        return self.page("wordings/list.html", kinds=letters.KINDS, newest={
            kind: letters.wording_in_force(self.session, kind, today()) for kind in letters.KINDS})

    @expose("/<kind>")
    @allowed("read")
    def edit(self, kind: str) -> str:
        wording = letters.wording_in_force(self.session, kind, today()) if kind in letters.KINDS else abort(404)
        return self._page(kind, _told(wording))

    @expose("/<kind>/preview", methods=["POST"])
    @allowed("read")
    def preview(self, kind: str) -> Response | tuple[str, int]:
        typed = request.form
        try:
            letters.check_wording(typed.get("subject", ""), typed.get("body", ""), typed.get("closing", ""))
        except Refused as refusal:
            flash(say(refusal.message), "error")
            return self._page(kind, typed, version=typed.get("version", "")), 400
        text = LetterText(
            Address("3300061", "見本県見本市見本区松町1番地", "見本 太郎"), f"{city().document_prefix}000号", today(),
            put_in(typed["subject"], SAMPLE), filled(typed["body"], SAMPLE),
            (("受給者番号", "0000000"), ("受診者氏名", "見本 太郎")), filled(typed.get("closing", ""), SAMPLE))
        return Response(letter_pdf([text], city(), now()), mimetype="application/pdf",
                        headers={"Content-Disposition": 'inline; filename="preview.pdf"'})

    @expose("/<kind>", methods=["POST"])
    @allowed("write")
    def publish(self, kind: str) -> Response | tuple[str, int]:
        typed = request.form
        try:
            letters.publish(self.session, actor(), kind if kind in letters.KINDS else abort(404), typed.get("subject", ""),
                            typed.get("body", ""), typed.get("closing", ""), self.day(typed.get("since", "")), today(), typed.get("version"))
            db.session.commit()
        except Refused as refusal:
            db.session.rollback()
            flash(say(refusal.message), "error")
            if isinstance(refusal, Stale):
                stored = _told(letters.newest_published(self.session, kind))
                return self._page(kind, typed, differing(
                    {str(LABELS[name]): text for name, text in stored.items()},
                    {str(LABELS[name]): typed.get(name, "") for name in stored})), 409
            return self._page(kind, typed, version=typed.get("version", "")), 400
        flash(_("文面を公開しました。"), "success")
        return self.leave("/wordings/")

    def _page(self, kind: str, typed: object, both: Sequence[object] = (), version: str = "") -> str:
        return self.page("wordings/edit.html", kind=kind, both=both,
                         version=version or letters.newest_wording(self.session, kind), label=letters.KINDS[kind].label, typed=typed,
                         names=VALUE_NAMES, on=today())


def _told(wording: letters.LetterWording) -> dict[str, str]:
    return {"subject": wording.subject, "body": wording.body, "closing": wording.closing}


VIEWS = (WordingsView,)
