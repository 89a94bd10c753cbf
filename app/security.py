"""権限: FAB's users and roles behind our own door; one query tells what a person may do."""

from typing import Any

from flask import g
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_login import current_user
from sqlalchemy import text

from views.login import LoginView

_RIGHTS = text("""
SELECT p.name, v.name FROM ab_user_role ur JOIN ab_permission_view_role pr ON pr.role_id = ur.role_id
  JOIN ab_permission_view pv ON pv.id = pr.permission_view_id
  JOIN ab_permission p ON p.id = pv.permission_id JOIN ab_view_menu v ON v.id = pv.view_menu_id
 WHERE ur.user_id = :user_id""")


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
        """The person of this session; nobody where the account was disabled meanwhile."""
        user = self.session.get(self.user_model, int(pk))
        return user if user is not None and user.is_active else None


def rights_of_this_request(session: Any) -> frozenset[tuple[str, str]]:
    """Every (permission, view) pair of the logged-in person; empty for nobody."""
    if "rights" not in g:
        if current_user is None or not current_user.is_authenticated:
            return frozenset()
        g.rights = frozenset((row[0], row[1]) for row in session.execute(_RIGHTS, {"user_id": current_user.id}))
    rights: frozenset[tuple[str, str]] = g.rights
    return rights
