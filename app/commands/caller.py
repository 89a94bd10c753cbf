"""命令の利用者: on whose behalf a command acts; the same rights as on the screen."""

import getpass

from flask_appbuilder.security.sqla.models import User
from flask_login import login_user

from app.extensions import db
from procedures.refusal import Refused


def caller(username: str | None) -> User:
    """Log in whom ``--as`` names; without it manager1 of a trial, or whoever works at this terminal."""
    user = known(username or ("manager1" if known("manager1") else getpass.getuser()))
    if user is None or not user.active:
        raise Refused("その利用者はいません。--as で利用者名を指定してください。")
    login_user(user)
    return user


def known(username: str) -> User | None:
    """Return the user of that name."""
    return db.session.query(User).filter_by(username=username).one_or_none()
