"""突合: the third person chooses by the paper."""

from contextlib import suppress

from flask import flash, redirect, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.clock import now, today
from app.extensions import db
from app.words import language, on_day, say
from procedures.comparison import Open, open_differences, settle
from procedures.refusal import Refused
from rules.era_date import NotADate, parse_date
from views.office_view import actor, allowed, vault
from views.queue import SheetView


class SettlementView(SheetView):
    """相違の確認の画面."""

    route_base = "/settlement"
    class_permission_name = "Settlement"

    @expose("/<int:sheet_id>")
    @allowed("read")
    def sheet(self, sheet_id: int) -> Response | str:
        return self._page(sheet_id, {}, {})

    @expose("/<int:sheet_id>", methods=["POST"])
    @allowed("settle")
    def decide(self, sheet_id: int) -> Response | tuple[str, int] | str:
        decisions = {name[7:]: (choice, request.form.get(f"typed:{name[7:]}", ""),
                                request.form.get(f"again:{name[7:]}", ""))
                     for name, choice in request.form.items() if name.startswith("choice:")}
        try:
            faults = settle(self.session, actor(), sheet_id, decisions, now(), today(), vault())
            if faults:
                db.session.rollback()
                return self._page(sheet_id, decisions, faults), 400
            db.session.commit()
        except Refused as refusal:
            db.session.rollback()
            flash(say(refusal.message), "error")
            return redirect("/queue/")
        flash(_("確定しました。登録しました。"), "success")
        return self.next_sheet()

    def _page(self, sheet_id: int, decisions: dict[str, tuple[str, str, str]], faults: dict[str, str]) -> Response | str:
        try:
            received, items = open_differences(self.session, actor(), sheet_id, today(), language())
        except Refused as refusal:
            db.session.rollback()
            flash(say(refusal.message), "error")
            return redirect("/queue/")
        marked = [(each, _marks(each.a, each.b), _marks(each.b, each.a)) for each in items]
        agreed = sum(1 for _field in received.keyings[0].answers) - len(items)
        return self.journalled("settlement.html", received=received, items=marked, decisions=decisions, faults=faults,
                         agreed=max(agreed, 0), means=_meaning, label=received.sheet_version.definition["label"])


def _meaning(each: Open, raw: str | None) -> str:
    """What a value that is a code or a day stands for; nothing for one that speaks for itself."""
    if each.field.kind == "date" and raw:
        with suppress(NotADate):
            return on_day(parse_date(raw))
    return each.choices.get(raw or "", "")


def _marks(value: str | None, other: str | None) -> list[tuple[str, bool]]:
    """The characters of *value*, each with whether it differs from the other's at its place from either end."""
    if value is None:
        return []
    other = other or ""
    head = 0
    while head < min(len(value), len(other)) and value[head] == other[head]:
        head += 1
    # A variation selector belongs to the character before it: both are marked, or the mark would be invisible.
    while head and (_selects(value[head:]) or _selects(other[head:])):
        head -= 1
    tail = 0
    while tail < min(len(value), len(other)) - head and value[-1 - tail] == other[-1 - tail]:
        tail += 1
    end = len(value) - tail
    while _selects(value[end:]):
        end += 1
    parts = [(value[:head], False), (value[head:end], True), (value[end:], False)]
    return [(text, differs) for text, differs in parts if text]


def _selects(rest: str) -> bool:
    """Whether *rest* begins with a variation selector."""
    return "\ufe00" <= rest[:1] <= "\ufe0f" or "\U000e0100" <= rest[:1] <= "\U000e01ef"


VIEWS = (SettlementView,)
