"""一覧と詳細: list, search, columns and export of any recorded table, derived from its items and hosted by FAB.

A subclass names its datamodel and who may open it; what is shown, searched, labelled and hidden follows from the items.
"""

from typing import Any, ClassVar

from flask import Response, abort, flash, redirect, request, stream_with_context
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.clock import now, today
from app.words import language, say
from procedures import columns, export, filters, record, spreadsheet, terms
from procedures import desk as desks
from procedures import listing as lists
from procedures.refusal import Refused
from views.cells import cell
from views.list_page import ListPage, Place
from views.office_view import OfficeView, actor, allowed


class RecordView(OfficeView):
    """List and show of one recorded table; it has no way to add, edit or delete: that is done by keying."""

    datamodel: ClassVar[Any]
    title: ClassVar[str]
    orders: ClassVar[tuple[Any, ...]] = ()
    descending: ClassVar[bool] = True
    usual: ClassVar[tuple[Any, ...]] = ()
    default_view = "listed"
    listing: ClassVar[lists.Listing]
    label_columns: ClassVar[dict[str, str]]
    list_columns: ClassVar[list[str]]
    search_columns: ClassVar[list[str]]
    order_columns: ClassVar[list[str]]

    def __init_subclass__(cls, **values: Any) -> None:
        super().__init_subclass__(**values)
        if "datamodel" not in vars(cls):
            return
        cls.listing = lists.listing(cls.route_base.strip("/"), cls.title, cls.datamodel.obj, orders=cls.orders,
                                    descending=cls.descending, usual=cls.usual)
        cls.label_columns = {column.key: column.label for column in cls.listing.columns}
        cls.list_columns = [column.key for column in cls.listing.columns if column.listed]
        cls.search_columns = [column.key for column in cls.listing.columns]
        cls.order_columns = [order.key for order in cls.listing.orders]

    @expose("/")
    @allowed("read")
    def listed(self) -> Any:
        try:
            return self._shown(Place.of_request(request.args))
        except desks.NoSuchFilter as gone:
            flash(say(gone.message), "error")
            return redirect(f"{self.route_base}/")

    def _shown(self, place: Place, typed: dict[str, list[str]] | None = None, problem: str = "") -> str:
        desk = self._desk(place.token)
        asked = place.question(self.listing, desk, sees_withheld=self.may("see_withheld", "Recipients"))
        page = record.look(self.session, actor(), self.listing, asked)
        view = ListPage(self.route_base, self.listing, place, desk, asked, page, typed)
        return self.journalled("list/list.html", list=view, problem=problem, may_export=self.may("export"),
                                may_share=self.may("share", "Recipients"))

    def _desk(self, token: str | None, speaking: str | None = None) -> desks.Desk:
        return desks.desk(self.session, actor().user_id, self.listing.name, self.listing.columns, token, today(),
                          language=speaking or language())

    @expose("/search", methods=["POST"])
    @allowed("read")
    def search(self) -> Any:
        """The terms come in the body and are kept under a token; the answer's address holds nothing else."""
        place = Place.of_request(request.form)
        typed = request.form.to_dict(flat=False)
        try:
            wanted = self._terms(place, typed)
        except desks.NoSuchFilter as gone:
            flash(say(gone.message), "error")
            return redirect(f"{self.route_base}/")
        except Refused as refusal:
            return self._shown(place, typed, say(refusal.message)), 422
        token = filters.search(self.session, actor(), self.listing.name, wanted)
        self.session.commit()
        return redirect(place.with_token(token).address(self.route_base))

    def _terms(self, place: Place, typed: dict[str, list[str]]) -> terms.Terms:
        dropped = request.form.get("drop")
        if dropped:
            return {key: term for key, term in self._desk(place.token).terms.items() if key != dropped}
        if "clear" in typed:
            return {}
        if place.has_panel:
            return terms.read(self.listing.columns, typed)
        named = terms.read(self.listing.columns, typed)  # the box alone narrows what is already asked for
        return {key: term for key, term in self._desk(place.token).terms.items() if key != terms.QUICK} | named

    @expose("/tabs", methods=["POST"])
    @allowed("read")
    def keep(self) -> Any:
        place = Place.of_request(request.form)
        shared = "shared" in request.form and self.may("share", "Recipients")
        name = request.form.get("name", "").strip()
        return self.carry_out(lambda: filters.save(
            self.session, actor(), self.listing.name, place.token, name, is_shared=shared),
            _("検索条件を保存しました。"), place.address(self.route_base))

    @expose("/tabs/forget", methods=["POST"])
    @allowed("read")
    def forget(self) -> Any:
        return self.carry_out(lambda: filters.forget(
            self.session, actor(), self.listing.name, request.form.get("token", "")),
            _("保存した検索条件を消しました。"), f"{self.route_base}/")

    @expose("/columns", methods=["GET", "POST"])
    @allowed("read")
    def choose_columns(self) -> Any:
        place = Place.of_request(request.values)
        if request.method == "GET":
            desk = self._desk(None)
            return self.page("list/columns.html", listing=self.listing, place=place, desk=desk,
                             rows=ListPage.column_rows(self.listing, desk))
        wanted = sorted(request.form.getlist("column"), key=lambda key: _number(request.form.get(f"place.{key}", "")))
        chosen = [] if "usual" in request.form else wanted
        return self.carry_out(lambda: columns.choose(
            self.session, actor().user_id, self.listing.name, self.listing.columns, chosen,
            is_dense="dense" in request.form), _("表示する列を変更しました。"), place.address(self.route_base))

    @expose("/export", methods=["GET", "POST"])
    @allowed("export")
    def take_away(self) -> Any:
        place = Place.of_request(request.values)
        try:
            desk = self._desk(place.token, "ja")  # a file of the office is Japanese whoever takes it out
            asked = place.question(self.listing, desk, sees_withheld=self.may("see_withheld", "Recipients"))
            if request.method == "GET":
                return self._ask_purpose(place, desk, asked)
            taken = export.take(self.session, actor(), self.listing, asked, desk,
                                format=request.form.get("format", ""), purpose=request.form.get("purpose", ""), now=now())
        except export.NeedsSecondPerson as needs:
            self.session.rollback()
            flash(say(needs.ask(self.session, actor())), "error")
            self.session.commit()
            return redirect(place.address(f"{self.route_base}/export"))
        except Refused as refusal:
            self.session.rollback()
            flash(say(refusal.message), "error")
            return redirect(place.address(f"{self.route_base}/export"))
        self.session.commit()  # the journal is on disk before the first byte leaves
        return self._file(taken)

    def _ask_purpose(self, place: Place, desk: desks.Desk, asked: lists.Question) -> str:
        return self.page("list/export.html", list=ListPage(self.route_base, self.listing, place, desk, asked),
                         rows=export.count(self.session, self.listing, asked))

    def _file(self, taken: export.Taken) -> Response:
        if taken.format == "xlsx":
            body: Any = spreadsheet.as_xlsx(self.session, taken)
            kind, ending = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"
        else:
            body = stream_with_context(spreadsheet.as_csv(self.session, taken))
            kind, ending = "text/csv", "csv"
        name = f"{self.listing.name.replace('/', '-')}-{today():%Y%m%d}.{ending}"
        return Response(body, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})

    @expose("/<int:number>")
    @allowed("read")
    def show(self, number: int) -> Any:
        shown = record.see(self.session, actor(), self.listing, number,
                           sees_withheld=self.may("see_withheld", "Recipients"))
        if shown is None:
            abort(404)
        return self.journalled("list/show.html", listing=self.listing, shown=shown, desk=self._desk(None))

    def row_address(self, number: int, person: int | None) -> str:
        """Where a row of the list leads."""
        return f"{self.route_base}/{number}"

    def facts(self, shown: record.Seen, desk: desks.Desk) -> Any:
        """Label and text of every item of a shown row."""
        return [(_(column.label), cell(column, value, desk.labels, is_hidden=shown.is_hidden))
                for column, value in shown.values]


def _number(typed: str) -> int:
    return int(typed) if typed.isdecimal() else 999
