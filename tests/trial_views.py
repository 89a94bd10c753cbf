"""試しの画面: two tables as FAB reads them through SafeModelView, without a subclass's own judgement."""

from flask_appbuilder import action
from flask_appbuilder.models.sqla.filters import FilterStartsWith

from models.codes import Bank, Municipality
from views.safe_model_view import OrderedInterface, SafeModelView


class TrialView(SafeModelView):
    """A table as FAB reads it, without a subclass's own judgement; only banks whose number begins with 0."""

    datamodel = OrderedInterface(Bank)
    route_base = "/trial"
    class_permission_name = "Masters"
    base_filters = [["number", FilterStartsWith, "0"]]  # noqa: RUF012  # FAB reads them from the class
    list_columns = ["number", "name", "valid_from"]  # noqa: RUF012  # FAB reads them from the class
    order_columns = ["number"]  # noqa: RUF012  # FAB reads them from the class
    search_columns = ["number", "name", "valid_from"]  # noqa: RUF012  # FAB reads them from the class
    add_columns = edit_columns = ["number", "name", "name_kana", "valid_from", "valid_to", "source"]  # noqa: RUF012  # FAB reads them from the class
    exclude_route_methods = {"delete", "download", "action"}  # noqa: RUF012  # FAB reads them from the class
    method_permission_name = {"count": "write"}  # noqa: RUF012  # FAB reads them from the class

    @action("count", "数える")
    def count(self, rows):
        return f"{len(rows)} 行"


class FlagView(SafeModelView):
    """A table with a flag that may not be NULL."""

    datamodel = OrderedInterface(Municipality)
    route_base = "/flags"
    class_permission_name = "Masters"
    add_columns = edit_columns = ["number", "name", "is_designated_city", "valid_from", "source"]  # noqa: RUF012  # FAB reads them from the class
