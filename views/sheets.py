"""様式エディタの画面: versions of every sheet, the draft with its items in the paper's order, the preview, publishing."""

from types import SimpleNamespace
from typing import Any, Final

from flask import abort, flash, redirect, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.clock import now, today
from app.words import language, say
from forms.keying_form import CHECKS
from forms.sheet import Sheet, UnknownItem
from forms.sheet_design import arranged, differences, offered
from models.sheet import SheetKind, SheetVersion
from procedures import sheet_editor
from procedures.lookup import choices_of
from procedures.refusal import Refused
from rules.era_date import NotADate, era_text, parse_date
from views.keying_words import KEYING_WORDS, names_on, words_of
from views.office_view import OfficeView, actor, allowed

ACTS: Final = {
    "section_added": _l("区分を加えた"), "section_removed": _l("区分を外した"), "rows": _l("行数を変えた"),
    "blank_allowed": _l("区分を「記入があるときだけ」にした"), "blank_refused": _l("区分を「いつも」にした"),
    "added": _l("項目を加えた"), "removed": _l("項目を外した"), "section_changed": _l("項目を別の区分に移した"),
    "moved": _l("順を変えた"), "required": _l("必須にした"), "optional": _l("必須でなくした"),
    "conditional": _l("条件つきで必須にした"), "fixed": _l("固定値にした"), "unfixed": _l("固定値をやめた"),
    "help": _l("説明を変えた"), "check_added": _l("点検を加えた"), "check_removed": _l("点検を外した"),
}
CHECK_NAMES: Final = {
    "dates_in_order": _l("生年月日が申請日より後でない"), "one_main_disease": _l("主たる疾病は一つだけ"),
    "names_its_person": _l("申請受理番号か受給者番号のどちらかがある"),
    "account_is_complete": _l("振込先がそろっている (ゆうちょは記号・番号でもよい)"),
    "bills_are_possible": _l("証明書の診療日と金額が成り立つ"), "months_once": _l("同じ診療年月は一行だけ"),
}
_LONGEST: Final = 400


class SheetsView(OfficeView):
    """様式エディタ."""

    route_base = "/sheets"
    class_permission_name = "Sheets"
    default_view = "overview"

    @expose("/")
    @allowed("read")
    def overview(self) -> str:
        return self.page("sheets/overview.html", kinds=sheet_editor.overview(self.session, today()), era_text=era_text)

    @expose("/<string:name>/")
    @allowed("read")
    def versions(self, name: str) -> str:
        kind = self._kind(name)
        return self.page("sheets/versions.html", kind=kind, versions=sheet_editor.versions_of(self.session, kind),
                         era_text=era_text, today=today(), in_words=in_words, draft=self._draft(kind),
                         drafted_by=sheet_editor.editor_of(self.session, self._draft(kind)))

    @expose("/<string:name>/<int:number>/preview")
    @allowed("read")
    def preview(self, name: str, number: int) -> str:
        """試し: the version as a clerk sees it; what is typed there goes nowhere."""
        version = sheet_editor.version_numbered(self.session, self._kind(name), number) or abort(404)
        sheet = Sheet.from_definition(version.definition)
        keying = SimpleNamespace(id=0, turn=1, raw={}, unreadable=[], saved_at=None)
        received = SimpleNamespace(id=0, scan=None, acceptance_number=_("試し"), batch=None)
        return self.page("keying.html", keying=keying, sheet=sheet, received=received, faults={}, stored=frozenset(),
                         fields=list(sheet.fields()), choices=choices_of(self.session, sheet, today(), language()),
                         submission_key="", japan_time=str, words=words_of(KEYING_WORDS), names=names_on(sheet),
                         preview=f"/sheets/{name}/")

    @expose("/<string:name>/draft")
    @allowed("write")
    def draft(self, name: str) -> str | Response:
        kind = self._kind(name)
        draft = self._draft(kind)
        return self._editor(kind, draft) if draft else redirect(f"/sheets/{name}/")

    @expose("/<string:name>/draft/open", methods=["POST"])
    @allowed("write")
    def begin(self, name: str) -> Response:
        kind = self._kind(name)
        sheet_editor.open_draft(self.session, actor(), kind)
        self.session.commit()
        return redirect(f"/sheets/{name}/draft")

    @expose("/<string:name>/draft/take-over", methods=["POST"])
    @allowed("write")
    def take_over(self, name: str) -> Response:
        kind = self._kind(name)
        return self.carry_out(lambda: sheet_editor.take_over(self.session, actor(), kind),
                              _("下書きを引き取りました。"), f"/sheets/{name}/draft")

    @expose("/<string:name>/draft", methods=["POST"])
    @allowed("write")
    def store(self, name: str) -> Any:
        """Every button saves what stands in the form first, then does what it says."""
        kind, act = self._kind(name), request.form.get("act", "save")
        version = int(request.form.get("version", "0")) if request.form.get("version", "").isdecimal() else 0
        definition = arranged(_definition(kind), act)
        try:
            sheet_editor.save_draft(self.session, actor(), kind, definition, version)
            self.session.commit()
        except Refused as refusal:
            self.session.rollback()
            is_stale = isinstance(refusal, sheet_editor.DraftChangedMeanwhile)
            stored = self._draft(kind) if is_stale else None
            typed = self._as_typed(kind, definition, stored.version if stored else version)
            return self._editor(kind, typed, say(refusal.message), _beside(stored, typed) if stored else []), 409
        if act == "save":
            flash(_("下書きを保存しました。"), "success")
        return redirect(f"/sheets/{name}/{'publish' if act == 'publish' else 'draft' + _anchor(act)}")

    @expose("/<string:name>/publish")
    @allowed("write")
    def confirm(self, name: str) -> str | Response:
        kind = self._kind(name)
        draft = self._draft(kind)
        return self._confirm(kind, draft) if draft else redirect(f"/sheets/{name}/")

    @expose("/<string:name>/publish", methods=["POST"])
    @allowed("write")
    def publish(self, name: str) -> Any:
        kind, typed = self._kind(name), request.form.get("effective_from", "")
        try:
            begins = parse_date(typed)
        except NotADate as wrong:
            return self._confirm(kind, self._draft(kind), typed, say(wrong.message)), 422
        try:
            version = int(request.form.get("version", "0") or 0)
            sheet_editor.publish(self.session, actor(), kind, begins, version, today(), now())
            self.session.commit()
        except Refused as refusal:
            self.session.rollback()
            return self._confirm(kind, self._draft(kind), typed, say(refusal.message)), 422
        flash(_("公開しました。%(day)sから受け付ける票に使います。", day=era_text(begins)), "success")
        return redirect(f"/sheets/{name}/")

    @expose("/<string:name>/draft/discard", methods=["POST"])
    @allowed("write")
    def discard(self, name: str) -> Response:
        kind, version = self._kind(name), int(request.form.get("version", "0") or 0)
        return self.carry_out(lambda: sheet_editor.discard(self.session, actor(), kind, version),
                              _("下書きを捨てました。"), f"/sheets/{name}/")

    @expose("/<string:name>/<int:number>/withdraw", methods=["POST"])
    @allowed("write")
    def withdraw(self, name: str, number: int) -> Response:
        kind = self._kind(name)
        return self.carry_out(lambda: sheet_editor.withdraw(self.session, actor(), kind, number, today()),
                              _("公開を取り消しました。"), f"/sheets/{name}/")

    def _kind(self, name: str) -> SheetKind:
        return sheet_editor.kind_named(self.session, name) or abort(404)

    def _draft(self, kind: SheetKind) -> SheetVersion | None:
        return sheet_editor.draft_of(self.session, kind)

    def _as_typed(self, kind: SheetKind, definition: dict[str, Any], version: int) -> Any:
        """What the refused form said; the stored draft where it said what no sheet can say."""
        try:
            Sheet.from_definition(definition)
        except UnknownItem:
            return self._draft(kind)
        return SimpleNamespace(number=0, version=version, definition=definition)

    def _editor(self, kind: SheetKind, draft: Any, problem: str = "", beside: Any = ()) -> str:
        sheet = Sheet.from_definition(draft.definition)
        holder = sheet_editor.editor_of(self.session, self._draft(kind))
        is_mine = getattr(self._draft(kind), "edited_by", None) == actor().user_id
        choosers = [asked for section in sheet.sections for asked in section.asked if asked.item.kind in ("code", "bool")]
        return self.page("sheets/editor.html", kind=kind, draft=draft, sheet=sheet, problem=problem, beside=beside, holder=holder,
                         is_mine=is_mine, offered=offered(sheet), choosers=choosers, checks=CHECKS,
                         check_names=CHECK_NAMES, faults=sheet_editor.faults(self.session, draft, today()))

    def _confirm(self, kind: SheetKind, draft: Any, typed: str = "", problem: str = "") -> str:
        return self.page("sheets/publish.html", kind=kind, draft=draft, typed=typed, problem=problem, in_words=in_words,
                         changes=sheet_editor.changes_of(self.session, draft),
                         faults=sheet_editor.faults(self.session, draft, today()))


def _beside(stored: SheetVersion, typed: Any) -> list[str]:
    """先の変更と入力: what the typed draft would change of the one that was saved first."""
    return [in_words(change) for change in differences(Sheet.from_definition(stored.definition), Sheet.from_definition(typed.definition))]


def in_words(change: Any) -> str:
    """A change of a sheet as one line."""
    what = str(CHECK_NAMES[change.what]) if change.what in CHECK_NAMES else say(change.what)
    told = f"{ACTS[change.act]}: {what}"
    return f"{told} ({change.detail})" if change.detail else told


def _anchor(act: str) -> str:
    """Where the eye was: the section that the button stood in."""
    where = act.partition(":")[2].partition(".")[0]
    return f"#s{where}" if where.isdecimal() else ""


def _definition(kind: SheetKind) -> dict[str, Any]:
    """The form as a definition; how many sections and items it has is told by the form itself."""
    sent, sections = request.form, []
    for s in range(_count(sent.get("sections", ""))):
        asked = [_asked(f"s{s}.a{a}.") for a in range(_count(sent.get(f"s{s}.items", "")))]
        if sent.get("act") == f"item-add:{s}" and sent.get(f"s{s}.add"):
            asked.append({"key": sent[f"s{s}.add"], "required": False, "help": ""})
        rows = sent.get(f"s{s}.rows", "")
        sections.append({"title": sent.get(f"s{s}.title", "").strip()[:_LONGEST], "asked": asked,
                         "rows": int(rows) if rows.isdecimal() and len(rows) < 4 else 0,
                         "blank_allowed": f"s{s}.blank_allowed" in sent})
    return {"name": kind.name, "application_kind": kind.application_kind, "label": kind.label, "checks": [name for name in CHECKS if name in sent.getlist("checks")],
            "sections": sections}


def _asked(prefix: str) -> dict[str, Any]:
    sent = request.form
    need = sent.get(f"{prefix}need", "")
    asked: dict[str, Any] = {"key": sent.get(f"{prefix}key", ""), "required": need in ("always", "when"),
                             "help": sent.get(f"{prefix}help", "").strip()[:_LONGEST]}
    if need == "when":
        codes = sent.get(f"{prefix}codes", "").replace("、", ",").replace(" ", ",")
        asked["when"] = {"key": sent.get(f"{prefix}other", ""), "codes": [code for code in codes.split(",") if code]}
    if sent.get(f"{prefix}fixed", "").strip():
        asked["fixed"] = sent[f"{prefix}fixed"].strip()[:_LONGEST]
    return asked


def _count(text: str) -> int:
    return min(int(text), 200) if text.isdecimal() and len(text) < 5 else 0


VIEWS = (SheetsView,)
