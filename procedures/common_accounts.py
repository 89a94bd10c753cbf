"""共通認証の利用者: which accounts log in by the city's directory or provider; they have no password here."""

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import delete
from sqlalchemy.orm import Session

from models.login import ChosenPassword, CommonAccount, TemporaryPassword
from procedures.passwords import end_sessions


def kind_of(session: Session, user: User) -> str:
    """一つ目の認証: directory, provider, or password where it is kept here."""
    found = session.get(CommonAccount, user.id)
    return found.kind if found else "password"


def hand_over(session: Session, user: User, kind: str) -> None:
    """共通認証に任せる: the account's password here is gone, its logins end; the next one binds it to the person there."""
    session.execute(delete(CommonAccount).where(CommonAccount.user_id == user.id))
    for table in (TemporaryPassword, ChosenPassword):
        session.execute(delete(table).where(table.user_id == user.id))
    user.password = None
    session.add(CommonAccount(user_id=user.id, kind=kind))
    session.flush()
    end_sessions(session, user.id)
