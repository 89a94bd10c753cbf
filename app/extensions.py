"""The two things every room of the web application shares."""

from time import monotonic
from typing import Any

from flask_appbuilder import AppBuilder
from flask_appbuilder.models.sqla.base import SQLA
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import Engine, event
from sqlalchemy.exc import DisconnectionError

import models  # noqa: F401  # every table is known before anything asks for one
from models.items import Model

# Without our metadata Alembic would see an empty model and propose to drop every table.
db = SQLA(metadata=Model.metadata)
csrf = CSRFProtect()

RESTED_SECONDS = 1.0  # less than any restart of a database takes


def ping_the_rested(engine: Engine) -> None:
    """A connection that rested is asked whether it still answers; one used a moment ago is not, on every page twice."""

    @event.listens_for(engine, "checkin")
    def note(connection: Any, record: Any) -> None:
        record.info["used"] = monotonic()

    @event.listens_for(engine, "checkout")
    def ask(connection: Any, record: Any, proxy: Any) -> None:
        if monotonic() - record.info.get("used", monotonic()) > RESTED_SECONDS:
            try:
                engine.dialect.do_ping(connection)
            except engine.dialect.loaded_dbapi.Error:
                raise DisconnectionError from None


class Building(AppBuilder):  # type: ignore[misc]
    """FAB's host without the rooms it would add itself: JSON login, menu and OpenAPI endpoints, GET language switch."""

    def _add_admin_views(self) -> None:
        self._indexview = self.add_view_no_menu(self.indexview)
        self.sm.register_views()
