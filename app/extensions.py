"""The two things every room of the web application shares."""

from flask_appbuilder import AppBuilder
from flask_appbuilder.models.sqla.base import SQLA
from flask_wtf.csrf import CSRFProtect

import models  # noqa: F401  # every table is known before anything asks for one
from models.items import Model

# Without our metadata Alembic would see an empty model and propose to drop every table.
db = SQLA(metadata=Model.metadata)
csrf = CSRFProtect()


class Building(AppBuilder):  # type: ignore[misc]  # the base has no types
    """FAB's host without the rooms it would add itself: JSON login, menu and OpenAPI endpoints, GET language switch."""

    def _add_admin_views(self) -> None:
        self._indexview = self.add_view_no_menu(self.indexview)
        self.sm.register_views()
