"""台帳の画面: code lists and masters, for administrators; dated rows, the source, the city's own code, no deleting."""

from typing import Any

from flask import abort, flash, redirect, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.clock import today
from procedures import master_file, masters
from procedures.import_report import Report
from procedures.masters import Master, RowRefused
from rules.era_date import era_text
from views.office_view import OfficeView, actor, allowed


class MastersView(OfficeView):
    """コード表と台帳."""

    route_base = "/masters"
    class_permission_name = "Masters"
    default_view = "overview"

    @expose("/")
    @allowed("read")
    def overview(self) -> str:
        tables, lists = masters.overview(self.session, today())
        return self.page("masters/overview.html", tables=tables, lists=lists)

    @expose("/<string:noun>/")
    @allowed("read")
    def rows(self, noun: str) -> str:
        return self._rows(self._master(noun))

    @expose("/<string:noun>/new")
    @allowed("write")
    def new(self, noun: str) -> str:
        return self._form(self._master(noun), None, {"valid_from": today().isoformat()})

    @expose("/<string:noun>/<int:number>")
    @allowed("read")
    def show(self, noun: str, number: int) -> str:
        master = self._master(noun)
        row = self._row(master, number)
        return self._form(master, row, {column.name: _typed(getattr(row, column.name)) for column in master.columns})

    @expose("/<string:noun>/new", methods=["POST"])
    @allowed("write")
    def add(self, noun: str) -> Any:
        return self._save(self._master(noun), None)

    @expose("/<string:noun>/<int:number>", methods=["POST"])
    @allowed("write")
    def change(self, noun: str, number: int) -> Any:
        master = self._master(noun)
        return self._save(master, self._row(master, number))

    @expose("/<string:noun>/file")
    @allowed("read")
    def file(self, noun: str) -> Response:
        master = self._master(noun)
        text = master_file.as_csv(self.session, actor(), master)
        self.session.commit()
        return Response(text.encode("utf-8-sig"), mimetype="text/csv", headers={
            "Content-Disposition": f'attachment; filename="{master.noun}-{today():%Y%m%d}.csv"'})

    @expose("/<string:noun>/file", methods=["POST"])
    @allowed("write")
    def take_in(self, noun: str) -> Any:
        master, file = self._master(noun), request.files.get("file")
        if file is None or not file.filename or not master_file.can_import(master):
            flash(_("取り込むファイルを選んでください。"), "error")
            return redirect(f"/masters/{master.noun}/")
        report = master_file.take_in(self.session, actor(), master, file.filename, file.read())
        self.session.commit()
        return self._rows(master, report), 200 if report.is_clean else 422

    def _master(self, noun: str) -> Master:
        return masters.open_master(self.session, noun) or abort(404)

    def _row(self, master: Master, number: int) -> Any:
        return masters.row_of(self.session, master, number) or abort(404)

    def _rows(self, master: Master, report: Report | None = None) -> str:
        words, after = request.args.get("q", ""), request.args.get("after", "")
        rows, onward = masters.rows_of(self.session, master, words,
                                       int(after) if after.isdecimal() and len(after) < 19 else None)
        return self.page("masters/rows.html", master=master, rows=rows, words=words, onward=onward, report=report,
                         today=today(), shown=_shown, can_import=master_file.can_import(master))

    def _form(self, master: Master, row: Any, typed: dict[str, str], fault: RowRefused | None = None) -> str:
        return self.page("masters/form.html", master=master, row=row, typed=typed, fault=fault)

    def _save(self, master: Master, row: Any) -> Any:
        typed = request.form.to_dict()
        number = row.id if row is not None else None
        try:
            masters.save(self.session, actor(), master, typed, row)
            self.session.commit()
        except RowRefused as refusal:
            self.session.rollback()
            kept = masters.row_of(self.session, master, number) if number else None
            return self._form(master, kept, typed, refusal), 422
        flash(_("保存しました。"), "success")
        return redirect(f"/masters/{master.noun}/")


def _typed(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else ""
    return "" if value is None else str(value)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return _("はい") if value else ""
    return era_text(value) if hasattr(value, "isoformat") else _typed(value)


VIEWS = (MastersView,)
