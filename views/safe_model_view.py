"""安全な台帳の画面: the list, show page, add and edit form that FAB generates from a model, its measured traps closed."""

from typing import Any, ClassVar

from flask import abort, flash, g, redirect, request, session
from flask_appbuilder import ModelView, expose
from flask_appbuilder.models.filters import Filters
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.words import say
from procedures.model_row import RowRefused, Stale, check_version, differing, guarded
from rules.era_date import NotADate, era_text, parse_date
from views.model_form import OfficeConverter
from views.office_view import OfficeView, allowed

LARGEST_PAGE = 100
DEEPEST_PAGE = 100_000
LONGEST_WORDS = 100
NOT_WRITTEN = frozenset({"csrf_token", "form_key", "version"})


class OrderedInterface(SQLAInterface):  # type: ignore[misc]  # the base has no types
    """FAB's reader of a table; every order ends with the row's number, so that no page repeats a row of another."""

    def get_columns_list(self) -> list[str]:
        """Columns FAB may filter by; it knows no lists of values."""
        return [name for name in super().get_columns_list()
                if name not in self.list_columns or type(self.list_columns[name].type).__name__ != "ARRAY"]

    def apply_order_by(self, query: Any, order_column: str, order_direction: str, *args: Any, **kwargs: Any) -> Any:
        if order_column:
            query = super().apply_order_by(query, order_column, order_direction, *args, **kwargs)
        return query.order_by(*self.natural_order(bool(order_column)))

    def natural_order(self, is_sorted: bool) -> Any:
        """What orders rows that are equal, or all of them where nothing was asked."""
        return (self.obj.id,)


class SafeModelView(OfficeView, ModelView):
    """FAB's ModelView as the office may use it; decision 0005 lists trap by trap what is different and why."""

    exclude_route_methods: ClassVar[set[str]] = {"delete", "download", "action", "action_post"}
    list_template = "model/list.html"
    show_template = "model/show.html"
    add_template = edit_template = "model/form.html"
    page_size = LARGEST_PAGE

    def _init_forms(self) -> None:
        """Forms of our own fields; search is not a form of FAB's."""
        converter = OfficeConverter(self.datamodel)
        labels = self.label_columns
        self.add_form = self.add_form or converter.create_form(labels, self.add_columns)
        self.edit_form = self.edit_form or converter.create_form(labels, self.edit_columns)

    @property
    def _filters(self) -> Filters:
        """The conditions of this request only; FAB keeps one object for all users of a view."""
        held: dict[str, Filters] = g.setdefault("filters", {})
        if self.endpoint not in held:
            held[self.endpoint] = self.datamodel.get_filters(self.search_columns)
        return held[self.endpoint]

    @_filters.setter
    def _filters(self, made_at_start: Filters) -> None:
        """FAB makes one at start; nobody uses it."""

    @expose("/list/")
    @allowed("read")
    def list(self) -> str:
        """一覧: a page of rows, with what narrows it in sight; a column that is not shown orders nothing."""
        column, direction = self._order()
        page, size = (self._number(name, most) for name, most in (("page", DEEPEST_PAGE), ("psize", LARGEST_PAGE)))
        size = size or self.page_size
        chips, problem = self._narrow()
        count, rows = self.datamodel.query(self._filters.get_joined_filters(self._base_filters), column, direction,
                                           page=page, page_size=size)
        return self.page(self.list_template, rows=rows, count=count, at=page, size=size, order=column,
                         direction=direction, chips=chips, problem=problem, shown=shown, typed=self._typed(),
                         operators=self._filters.get_search_filters(), name=type(self).__name__, **self.more())

    @expose("/search", methods=["POST"])
    @allowed("read")
    def search(self) -> Response:
        """探す: the terms stay on the server, so that no address, history or log holds them."""
        terms = {column: [request.form.get(f"op:{column}", "0"), request.form[f"is:{column}"].strip()[:LONGEST_WORDS]]
                 for column in self.search_columns if request.form.get(f"is:{column}", "").strip()}
        if request.form.get("drop") in terms:
            del terms[request.form["drop"]]
        session[self._search_key()] = {} if "clear" in request.form else terms
        return redirect(f"{self.address()}/list/")

    @expose("/show/<int:pk>")
    @allowed("read")
    def show(self, pk: int) -> str:
        return self.page(self.show_template, row=self._row(pk), shown=shown, **self.more())

    @expose("/add", methods=["GET", "POST"])
    @allowed("write")
    def add(self) -> Any:
        if request.method == "POST":
            return self._store(None, self.add_form(request.form))
        return self._form(None, self.add_form(data=self.first_values()))

    @expose("/edit/<int:pk>", methods=["GET", "POST"])
    @allowed("write")
    def edit(self, pk: int) -> Any:
        row = self._row(pk)
        if request.method == "POST":
            return self._store(row, self.edit_form(request.form))
        return self._form(row, self.edit_form(obj=row))

    @expose("/action_post", methods=["POST"])
    @allowed()
    def action_post(self) -> Any:
        """選んだ行への操作: only rows that this view may show at all, and only by whom the action is allowed."""
        action = self.actions.get(request.form.get("action", "")) or abort(400)
        if not self.appbuilder.sm.has_access(self.get_action_permission_name(action.name), self.class_permission_name):
            abort(403)
        return action.func([self._row(int(pk)) for pk in request.form.getlist("rowid") if pk.isdecimal()])

    def keep(self, row: Any, form: Any) -> Any:
        """書く: put the form's values into *row*, or into a new one; RowRefused where it would not be right."""
        if row is not None:
            check_version(row, request.form["version"])
        row = row if row is not None else self.datamodel.obj()
        form.populate_obj(row)
        self.session.add(row)
        return row

    def address(self) -> str:
        """Where this view stands."""
        return str(self.route_base)

    def first_operator(self, column: str) -> int:
        """Which of FAB's ways to compare a column stands first in its choice."""
        return 0

    def more(self) -> dict[str, Any]:
        """What a subclass gives its templates besides."""
        return {}

    def first_values(self) -> dict[str, Any]:
        """What stands in an empty add form."""
        return {}

    def fixed_columns(self) -> tuple[str, ...]:
        """Columns that an edit shows and never changes."""
        return ()

    def _store(self, row: Any, form: Any) -> Any:
        """Everything or nothing: whatever is wrong, the session is clean and what was typed is on the screen again."""
        self._refuse_foreign(form, row)
        fault = None
        if form.validate():
            try:
                guarded(self.session, lambda: self.keep(row, form))
                self.session.commit()
            except RowRefused as refusal:
                fault = refusal
            else:
                flash(_("保存しました。"), "success")
                return redirect(f"{self.address()}/list/")
        self.session.rollback()
        return self._form(row, form, fault), 422

    def _refuse_foreign(self, form: Any, row: Any) -> None:
        """Every field of the form and not one more; a missing one would else be stored as blank."""
        fields = {field.name for field in form}
        ticks = {field.name for field in form if field.type == "BooleanField"}
        sent = set(request.form)
        expected = fields | ({"version"} if row is not None else set())
        if sent - fields - NOT_WRITTEN or expected - ticks - sent:
            abort(400)

    def _form(self, row: Any, form: Any, fault: RowRefused | None = None) -> str:
        faults = {name: str(messages[0]) for name, messages in form.errors.items()}
        if fault:
            faults[fault.column] = say(fault.message)
        both: Any = []
        version = request.form.get("version", row.version if row is not None else "")
        if isinstance(fault, Stale):
            both, version = self._both(row, form), row.version
        return self.page(self.edit_template, row=row, form=form, faults=faults, fixed=self.fixed_columns() if row else (),
                         version=version, both=both, **self.more())

    def _both(self, row: Any, form: Any) -> Any:
        """先の変更と入力: what somebody else stored meanwhile beside what was typed, where they differ."""
        labels = {field.name: field.label.text for field in form if field.name not in self.fixed_columns()}
        return differing({label: shown(getattr(row, name)) for name, label in labels.items()},
                         {label: shown(form[name].data) for name, label in labels.items()})

    def _row(self, pk: int) -> Any:
        """One row, within the view's own conditions."""
        return self.datamodel.get(pk, self._base_filters) or abort(404)

    def _order(self) -> tuple[str, str]:
        name = type(self).__name__
        column = request.args.get(f"_oc_{name}", "")
        if column and column not in self.order_columns:
            abort(400)
        return column, "desc" if request.args.get(f"_od_{name}") == "desc" else "asc"

    def _number(self, what: str, most: int) -> int:
        text = request.args.get(f"{what}_{type(self).__name__}", "")
        return min(int(text), most) if text.isascii() and text.isdecimal() and len(text) < 10 else 0

    def _narrow(self) -> tuple[Any, str]:
        """Put the kept terms into this request's filters; what is in force in words, and what could not be read."""
        chips, problem = [], ""
        for column, (operator, typed) in self._typed().items():
            filters = self._filters.get_search_filters().get(column, [])
            place = int(operator) if operator.isdecimal() and int(operator) < len(filters) else 0
            try:
                value = parse_date(typed).isoformat() if self.datamodel.is_date(column) else typed
            except NotADate as wrong:
                problem = f"{self.label_columns[column]}: {say(wrong.message)}"
                continue
            self._filters.add_filter_index(column, place, value)
            chips.append((column, self.label_columns[column], filters[place].name, typed))
        return chips, problem

    def _typed(self) -> dict[str, Any]:
        kept: dict[str, Any] = session.get(self._search_key(), {})
        return {column: term for column, term in kept.items() if column in self._filters.get_search_filters()}

    def _search_key(self) -> str:
        return f"search {self.address()}"


def shown(value: Any) -> str:
    """A value of a master as a list shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("はい") if value else ""
    return era_text(value) if hasattr(value, "isoformat") else str(value)
