"""権限: FAB's users and roles behind our own door; one query tells what a person may do."""

from datetime import datetime
from typing import Any

from flask import g, session
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_appbuilder.security.sqla.models import User
from flask_login import current_user
from sqlalchemy import DateTime, and_, bindparam, exists, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB

from app.clock import now, today
from models.login import ChosenPassword, CommonAccount, TemporaryPassword
from rules.door import password_policy_of
from views.login import LoginView

# The user and her rights in one statement; every page of the office asks for both.
_RIGHTS = literal_column("""(
SELECT coalesce(jsonb_agg(jsonb_build_array(p.name, v.name)), '[]') FROM ab_user_role ur
  JOIN ab_permission_view_role pr ON pr.role_id = ur.role_id
  JOIN ab_permission_view pv ON pv.id = pr.permission_view_id
  JOIN ab_permission p ON p.id = pv.permission_id JOIN ab_view_menu v ON v.id = pv.view_menu_id
 WHERE ur.user_id = ab_user.id)""", JSONB).label("rights")
# Somebody else's password, or one that is older than the city lets it grow: it opens only its own change.
_IS_TEMPORARY = exists().where(TemporaryPassword.user_id == User.id).label("is_temporary")
_SINCE = bindparam("chosen_since", type_=DateTime(timezone=True))
_IS_OLD = and_(_SINCE.is_not(None), ~exists().where(CommonAccount.user_id == User.id), ~exists().where(
    ChosenPassword.user_id == User.id, ChosenPassword.chosen_at > _SINCE)).label("is_old")
_USER = select(User, _RIGHTS, _IS_TEMPORARY, _IS_OLD).where(User.id == bindparam("user_id"))


class OfficeSecurityManager(SecurityManager):
    """FAB's tables and decorators; its login, its JSON API, its self-registration and its all-powerful admin are gone."""

    def register_views(self) -> None:
        """Only our login; FAB's own would add a password-only JSON login and English role pages."""
        self.auth_view = self.appbuilder.add_view_no_menu(LoginView)

    def create_db(self) -> None:
        """Alembic owns every table."""

    def add_permissions_view(self, base_permissions: list[str], view_menu: str) -> None:
        """No view grants itself to anybody; seeds.roles lists every right."""

    def add_permissions_menu(self, view_menu_name: str) -> None:
        """The menu is app.menu; it has no permissions of its own."""

    def security_cleanup(self, baseviews: Any, menus: Any) -> None:
        """Nothing is swept: rights are rows the administrators own."""

    def has_access(self, permission_name: str, view_name: str) -> bool:
        """Whether the person of this request holds the right; asked of the database once a request."""
        return (permission_name, view_name) in rights_of_this_request(self.session)

    def is_item_public(self, permission_name: str, view_name: str) -> bool:
        """Nothing is public but the login page and /healthz."""
        return False

    def load_user(self, pk: str) -> Any:
        """The person of this session; nobody where the account was disabled meanwhile.

        Only the session's row says who is logged in: what another cookie, a header or the session's content names is nobody.
        """
        if session.person != int(pk):  # type: ignore[attr-defined]  # our own session, which Flask's type does not name
            return None
        row = self.session.execute(_USER, {"user_id": int(pk), "chosen_since": _oldest_allowed()}).one_or_none()
        if row is None or not row.User.is_active:
            return None
        g.rights, g.must_choose_password = _pairs(row.rights), row.is_temporary or row.is_old
        return row.User


def _oldest_allowed() -> datetime | None:
    """Since when a password must have been chosen; None where passwords do not expire."""
    lasts = password_policy_of(today()).expires_after
    return now() - lasts if lasts else None


def _pairs(rights: list[list[str]]) -> frozenset[tuple[str, str]]:
    return frozenset((permission, view) for permission, view in rights)


def rights_of_this_request(session: Any) -> frozenset[tuple[str, str]]:
    """Every (permission, view) pair of the logged-in person; empty for nobody."""
    if "rights" not in g:
        if current_user is None or not current_user.is_authenticated:
            return frozenset()
        g.rights = _pairs(session.execute(
            _USER, {"user_id": current_user.id, "chosen_since": None}).one().rights)
    rights: frozenset[tuple[str, str]] = g.rights
    return rights
