"""規則の数字の画面: every figure with its law, unit, source and status; a change shows what it changes before it holds."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import yaml
from flask import abort, flash, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.clock import today
from app.extensions import db
from app.words import language, on_day, say
from procedures.impact import Impact, impact_of
from procedures.model_row import Stale, differing
from procedures.parameters import load_parameters, newest_of, publish, read_typed
from procedures.refusal import Refused
from rules import parameters
from views.case_view import city
from views.office_view import OfficeView, actor, allowed


class ParametersView(OfficeView):
    """規則の数字."""

    route_base = "/parameters"
    class_permission_name = "Parameters"
    default_view = "listed"

    @expose("/")
    @allowed("read")
    def listed(self) -> str:
        return self.page("parameters/listed.html", label=_label, names=parameters.names(), about=parameters.about, rows=parameters.rows,
                         on=today(), city=city())

    @expose("/<name>")
    @allowed("read")
    def one(self, name: str) -> str:
        return self._page(name, "", "", None)

    @expose("/<name>", methods=["POST"])
    @allowed("write")
    def change(self, name: str) -> str | Response | tuple[str, int]:
        """影響を見る, then 公開する: what is published was seen."""
        typed, source = request.form.get("rows", ""), request.form.get("source", "")
        try:
            rows = read_typed(name, typed)
            if request.form.get("step") != "publish" or request.form.get("seen") != typed:
                return self._page(name, typed, source, impact_of(self.session, name, rows, city()))
            publish(self.session, actor(), name, rows, source, today(), request.form.get("version"))
            db.session.commit()
        except Refused as refusal:
            db.session.rollback()
            flash(say(refusal.message), "error")
            if isinstance(refusal, Stale):
                load_parameters(self.session)
                return self._page(name, typed, source, None, _both(name, rows)), 409
            return self._page(name, typed, source, None), 400
        flash(_("数字を公開しました。適用開始日から使われます。"), "success")
        return self.leave(f"/parameters/{name}")

    def _page(self, name: str, typed: str, source: str, impact: Impact | None, both: Any = ()) -> str:
        if name not in parameters.names():
            abort(404)
        return self.page("parameters/one.html", name=name, about=parameters.about(name), rows=parameters.rows(name),
                         typed=typed or _like_now(name), source=source, impact=impact, label=_label, lines=_lines,
                         both=both, version=newest_of(self.session, name))


def _both(name: str, typed: dict[date, dict[str, Any]]) -> Any:
    """先の変更と入力: the figures that hold from the typed days on, as somebody else published them, beside what was typed."""
    published = parameters.rows(name)
    newest = max(published)
    return differing({on_day(day): published.get(day, published[newest]) for day in typed}, {on_day(day): row for day, row in typed.items()})


def _label(name: str, what: str = "label") -> str:
    """名前か単位 in the reader's language."""
    about = parameters.about(name)
    return about[f"{what}_en"] if language() == "en" else about[what]


def _lines(name: str, row: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """項目の行: what each item of a row is called, its key as it is typed, and its figure in words."""
    called = {} if language() == "en" else parameters.items(name)
    return [(called.get(str(key), str(key)), str(key), _said(called, value)) for key, value in row.items()]


def _said(called: Mapping[str, str], value: Any) -> str:
    comma = ", " if language() == "en" else "、"
    if isinstance(value, Mapping):
        return comma.join(f"{called.get(str(key), key)} {_said(called, each)}" for key, each in value.items())
    if isinstance(value, list):
        return comma.join(str(each) for each in value)
    if isinstance(value, bool):
        return _("はい") if value else _("いいえ")
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, date):
        return on_day(value)
    return called.get(str(value), str(value)) if value is not None else _("なし")


def _like_now(name: str) -> str:
    """The row in force as a new one would be typed, from the first of the next month on."""
    on = today()
    row = parameters.figures(name, on)
    first = date(on.year + on.month // 12, on.month % 12 + 1, 1)
    return f"{first}: {yaml.safe_dump(row, allow_unicode=True, default_flow_style=True, sort_keys=False, width=1000)}".strip()


VIEWS = (ParametersView,)
