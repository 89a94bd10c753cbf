"""⑨職員認証・権限管理: who of the city's staff uses this server, as what; every login, logout and look is written down."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash

from exchange.soap import SoapFault
from systems.frame.screens import NOBODY, note
from systems.frame.server import Caller
from systems.interconnect.tables import COMMON

# 役割 → what it may do on the screens.
ROLES: Final = {"inquirer": "照会を見る", "confirmer": "提供を確認・決裁する", "records": "提供等記録を見る", "operator": "運用を見る・行う"}
DEMO: Final = (("manager1", "管理 一郎", ("inquirer", "confirmer", "records")), ("reviewer1", "審査 史子", ("inquirer", "confirmer")),
               ("auditor1", "監査 正", ("records",)), ("admin1", "権限 管理", ("operator",)), ("admin2", "運用 次郎", ("operator",)))


def log_in(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """SCM_Login: 認証トークン is "利用者名:パスワード" over a channel that both certificates protect."""
    username, _, password = values["認証トークン"].partition(":")
    known = session.scalars(select(COMMON.staff).where(COMMON.staff.username == username)).one_or_none()
    if not check_password_hash(known.password if known else NOBODY, password) or known is None or not known.is_active:
        raise SoapFault("login", "利用者名かパスワードが違います。")
    token = secrets.token_urlsafe(32)
    session.add(COMMON.sessions(token_sha256=_hashed(token), username=username, seen_at=datetime.now(UTC)))
    note(session, COMMON, username, "login", caller.system)
    return {"セッションID": token, "権限": list(known.roles)}


def log_out(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """SCM_Logout: the session is dead at once."""
    found = session.scalars(select(COMMON.sessions).where(
        COMMON.sessions.token_sha256 == _hashed(values["セッションID"]), COMMON.sessions.ended_at.is_(None))).one_or_none()
    if found is None:
        raise SoapFault("session", "このセッションはありません。")
    found.ended_at = datetime.now(UTC)
    note(session, COMMON, found.username, "logout", caller.system)
    return {"結果": "終了"}


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
