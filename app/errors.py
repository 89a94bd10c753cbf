"""エラー画面: what went wrong and what to do now, without a word of the database or of a person."""

import logging

from flask import Flask, Request, redirect, render_template, request, session
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from markupsafe import escape
from sqlalchemy.exc import DataError, DBAPIError, NoResultFound
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from app.extensions import db
from app.words import say
from models.journal import UNSEALED_CODE
from procedures.refusal import Refused

log = logging.getLogger("nanbyo")
AT_THE_DOOR = {"LoginView.login", "LoginView.logout", "LoginView.language", "ProviderView.begin", "ProviderView.finish"}
WORDS = {
    400: _l("送られた内容を読み取れませんでした。前の画面に戻り、もう一度操作してください。"),
    401: _l("ログインが切れました。別の窓でログインすると、この画面の続きができます。"),
    403: _l("この操作の権限がありません。必要なときは権限の管理者に相談してください。"),
    404: _l("その画面または記録はありません。一覧から選び直してください。"),
    405: _l("この方法では開けません。画面のボタンから操作してください。"),
    409: _l("ほかの人が先に変更しました。最新の内容を確かめて、もう一度操作してください。"),
    503: _l("操作記録の封印が1分以上止まっているため、受給者の情報を表示できません。システムの管理者に連絡してください。入力中の内容は保存できます。"),
    413: _l("ファイルが大きすぎます。25MB以下にしてください。"),
    423: _l("画面が閉じています。本人を確かめると、この画面の続きができます。"),
}


def wants_a_page(request: Request) -> bool:
    """Whether a person waits for this answer in a window; pictures and scripts do not ask for HTML by name."""
    return "text/html" in request.headers.get("Accept", "text/html")


def add_error_pages(app: Flask) -> None:
    """Give *app* its error pages; an unexpected fault is logged by its kind, never by its content."""

    @app.errorhandler(CSRFError)
    def csrf(error: CSRFError) -> tuple[str, int] | Response:
        if not current_user.is_authenticated:
            # A script that saves in the background gets no session: its cookie would end a login in another window.
            if not wants_a_page(request):
                return _page(401, str(WORDS[401]))
            # After a login that ended, the browser stays where it is with everything typed, and its page covers itself.
            return ("", 204) if session.is_over and request.endpoint not in AT_THE_DOOR else redirect("/login/")  # type: ignore[attr-defined]  # our own session, which Flask's type does not name
        return _page(400, _("画面を開いてから時間がたちました。前の画面に戻り、もう一度操作してください。"))

    app.register_error_handler(HTTPException, _known)
    app.register_error_handler(Exception, _unexpected)
    app.register_error_handler(NoResultFound, _gone)
    app.register_error_handler(Refused, _refused)

def _known(error: HTTPException) -> tuple[str, int] | Response | HTTPException:
    code = error.code or 500
    if code < 400:
        return error
    return _page(code, str(WORDS.get(code, WORDS[400])))


def _unexpected(error: Exception) -> tuple[str, int]:
    db.session.rollback()
    kind = type(error.orig).__name__ if isinstance(error, DBAPIError) else type(error).__name__
    if isinstance(error, DBAPIError):
        log.error("%s %s: %s", request.method, request.endpoint, kind)
        if getattr(error.orig, "sqlstate", None) == UNSEALED_CODE:
            return _page(503, str(WORDS[503]))
        if isinstance(error, DataError):  # a character that no text can hold, a number beyond every number
            return _page(400, str(WORDS[400]))
    else:
        log.exception("%s %s: %s", request.method, request.endpoint, kind)
    return _page(500, _("処理を終えられませんでした。何も保存されていません。もう一度操作し、続くときは管理者に連絡してください。"))


def _gone(error: NoResultFound) -> tuple[str, int]:
    db.session.rollback()
    return _page(404, str(WORDS[404]))


def _refused(error: Refused) -> tuple[str, int]:
    """A refusal that no screen caught is still said in its own words."""
    db.session.rollback()
    return _page(409, say(error.message))


def _page(code: int, message: str) -> tuple[str, int]:
    if not wants_a_page(request):
        return escape(message), code
    return render_template("error.html", code=code, message=message), code
