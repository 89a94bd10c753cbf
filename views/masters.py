"""台帳の画面: code lists and masters, for administrators; dated rows, the source, the city's own code, no deleting."""

from typing import Any

from flask import abort, flash, g, redirect, request
from flask_appbuilder import expose
from flask_appbuilder.models.sqla.filters import FilterEqualFunction
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.clock import today
from models.codes import Bank, BankBranch, CodeEntry, Disease, Facility, Insurer, Municipality, RequiredAttachment
from procedures import master_file, masters
from procedures.import_report import Report
from procedures.masters import Master
from views.office_view import OfficeView, actor, allowed
from views.safe_model_view import OrderedInterface, SafeModelView

CONTAINS = 2  # its place among FAB's ways to compare a text: begins, ends, contains …


class MasterInterface(OrderedInterface):
    """A master's rows in the order the office counts them: 9 before 10, code lists as they are printed."""

    def natural_order(self, is_sorted: bool) -> Any:
        return (self.obj.id,) if is_sorted else masters.natural_order(self.obj)


class OverviewView(OfficeView):
    """コード表と台帳."""

    route_base = "/masters"
    class_permission_name = "Masters"
    default_view = "overview"

    @expose("/")
    @allowed("read")
    def overview(self) -> str:
        tables, lists = masters.overview(self.session, today())
        return self.page("masters/overview.html", tables=tables, lists=lists)


class MasterView(SafeModelView):
    """一つの台帳: FAB reads it from the model; what may be stored is judged by procedures.masters."""

    class_permission_name = "Masters"
    list_template = "masters/list.html"
    noun = ""

    def _init_properties(self) -> None:
        """Lists, forms, search and order are the model's own columns under their own labels."""
        columns = masters.columns_of(self.datamodel.obj)
        names = [column.name for column in columns]
        self.list_columns = self.show_columns = self.add_columns = self.edit_columns = self.order_columns = names
        self.search_columns = names
        self.label_columns = {column.name: _l(column.label) for column in columns}
        super()._init_properties()

    @expose("/file")
    @allowed("read")
    def file(self) -> Response:
        master = self.master()
        text = master_file.as_csv(self.session, actor(), master)
        self.session.commit()
        return Response(text.encode("utf-8-sig"), mimetype="text/csv", headers={
            "Content-Disposition": f'attachment; filename="{master.noun}-{today():%Y%m%d}.csv"'})

    @expose("/take-in", methods=["POST"])
    @allowed("write")
    def take_in(self) -> Any:
        master, file = self.master(), request.files.get("file")
        if file is None or not file.filename or not master_file.can_import(master):
            flash(_("取り込むファイルを選んでください。"), "error")
            return redirect(f"{self.address()}/list/")
        g.report = report = master_file.take_in(self.session, actor(), master, file.filename, file.read())
        self.session.commit()
        return self.list(), 200 if report.is_clean else 422

    def keep(self, row: Any, form: Any) -> Any:
        typed = {field.name: ("1" if field.data else "") if field.type == "BooleanField" else request.form[field.name]
                 for field in form}
        typed["version"] = request.form.get("version", "")
        return masters.save(self.session, actor(), self.master(), typed, row)

    def master(self) -> Master:
        """The master of this view."""
        return masters.open_master(self.session, self.noun) or abort(404)

    def more(self) -> dict[str, Any]:
        master, report = self.master(), g.get("report")
        assert report is None or isinstance(report, Report)
        return {"master": master, "today": today(), "report": report, "can_import": master_file.can_import(master)}

    def first_operator(self, column: str) -> int:
        return CONTAINS if column == self.master().title else 0

    def first_values(self) -> dict[str, Any]:
        return {"valid_from": today()}

    def fixed_columns(self) -> tuple[str, ...]:
        return self.master().keys


class DiseasesView(MasterView):
    """指定難病."""

    datamodel = MasterInterface(Disease)
    route_base = "/masters/diseases"
    noun = "diseases"


class FacilitiesView(MasterView):
    """指定医療機関."""

    datamodel = MasterInterface(Facility)
    route_base = "/masters/facilities"
    noun = "facilities"


class InsurersView(MasterView):
    """保険者."""

    datamodel = MasterInterface(Insurer)
    route_base = "/masters/insurers"
    noun = "insurers"


class MunicipalitiesView(MasterView):
    """市区町村."""

    datamodel = MasterInterface(Municipality)
    route_base = "/masters/municipalities"
    noun = "municipalities"


class BanksView(MasterView):
    """金融機関."""

    datamodel = MasterInterface(Bank)
    route_base = "/masters/banks"
    noun = "banks"


class BranchesView(MasterView):
    """金融機関の支店."""

    datamodel = MasterInterface(BankBranch)
    route_base = "/masters/branches"
    noun = "branches"


class AttachmentsView(MasterView):
    """必要な添付書類."""

    datamodel = MasterInterface(RequiredAttachment)
    route_base = "/masters/attachments"
    noun = "attachments"


def _open_list() -> int:
    """The code list that the address of this request names."""
    return g.codes_view.master().code_list.id  # type: ignore[no-any-return]  # what it holds has no types


class CodesView(MasterView):
    """コード表: one view for all lists; the address names the list, and no row of another is ever shown or written."""

    datamodel = MasterInterface(CodeEntry)
    route_base = "/masters/codes/<string:noun>"
    base_filters = [["list_id", FilterEqualFunction, _open_list]]  # noqa: RUF012  # FAB's own declaration

    def create_blueprint(self, *args: Any, **kwargs: Any) -> Any:
        """Take the list's name out of every address before a method sees it."""
        made = super().create_blueprint(*args, **kwargs)
        made.url_value_preprocessor(self._open)
        return made

    def _open(self, endpoint: str | None, values: dict[str, Any] | None) -> None:
        g.codes_view, g.code_list_name = self, (values or {}).pop("noun", "")

    def master(self) -> Master:
        if "code_list" not in g:
            found = masters.open_master(self.session, g.code_list_name)
            g.code_list = found if found is not None and found.code_list is not None else abort(404)
        return g.code_list  # type: ignore[no-any-return]  # what it holds has no types

    def address(self) -> str:
        return f"/masters/codes/{g.code_list_name}"


VIEWS = (OverviewView, DiseasesView, FacilitiesView, InsurersView, MunicipalitiesView, BanksView, BranchesView,
         AttachmentsView, CodesView)
