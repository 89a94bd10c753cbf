"""入力: one sheet, one screen, both hands on the keyboard."""

from datetime import datetime
from secrets import token_urlsafe
from typing import Any

from flask import abort, flash, jsonify, redirect, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from app.clock import JAPAN, now, today
from app.extensions import db
from app.words import language, say
from models.sheet import Keying
from procedures.keying import claim, own_draft_of, save_draft, sheet_of, submit
from procedures.lookup import choices_of
from procedures.queue import sheet_at_hand
from procedures.refusal import Refused
from procedures.vault import stored_fields
from views.keying_words import KEYING_WORDS, names_on, words_of
from views.office_view import actor, allowed, vault
from views.queue import SheetView


class KeyingView(SheetView):
    """入力の画面."""

    route_base = "/keying"
    class_permission_name = "Keying"

    @expose("/<int:sheet_id>")
    @allowed("read")
    def sheet(self, sheet_id: int) -> Response | str:
        """票を見る: the clerk's own draft as she left it, or what she may begin; looking begins nothing."""
        if not self.may("write"):
            return redirect("/queue/")
        received = sheet_at_hand(self.session, actor(), sheet_id)
        try:
            keying = own_draft_of(self.session, actor(), received)
        except Refused as refusal:
            flash(say(refusal.message), "error")
            return redirect("/queue/")
        if keying is None:
            return self.page("begin.html", received=received, sheet=sheet_of(received))
        db.session.commit()  # the look is on disk before a byte leaves
        return self._page(keying, {})

    @expose("/<int:sheet_id>", methods=["POST"])
    @allowed("write")
    def begin(self, sheet_id: int) -> Response:
        """入力を始める: the sheet is this clerk's; a keying by another never reaches her page."""
        address = f"/keying/{sheet_id}"
        return self.carry_out(lambda: claim(self.session, actor(), sheet_id, now(), vault()), "", address, "/queue/")

    @expose("/draft/<int:keying_id>", methods=["POST"])
    @allowed("write")
    def draft(self, keying_id: int) -> Response | tuple[Response, int]:
        """下書き保存: JSON in, the time of saving out."""
        sent = request.get_json()
        if not _is_a_draft(sent):
            abort(400)
        try:
            save_draft(self.session, actor(), keying_id, sent["raw"], sent.get("unreadable"), now(), vault())
            db.session.commit()
        except Refused as refusal:
            db.session.rollback()
            return jsonify(message=say(refusal.message)), 409
        return jsonify(saved=f"{now():%H:%M}")

    @expose("/token")
    @allowed("write")
    def token(self) -> Response:
        """続きの合札: what a window that outlived its login needs to save what it still holds."""
        return jsonify(token=generate_csrf())

    @expose("/submit/<int:keying_id>", methods=["POST"])
    @allowed("write")
    def store(self, keying_id: int) -> Response | tuple[str, int]:
        """登録: on to the next sheet, or back to this one with what is to be corrected."""
        raw = {name[2:]: value for name, value in request.form.items() if name.startswith("f:")}
        unexpected = [name for name in request.form if not name.startswith("f:")
                      and name not in ("csrf_token", "form_key", "unreadable", "submission_key")]
        try:
            if unexpected:
                raise Refused(_("様式にない項目が送られました。画面を開き直してください。"))
            result = submit(self.session, actor(), keying_id, raw,
                            [name for name in request.form.get("unreadable", "").split(",") if name],
                            request.form.get("submission_key", ""), now(), today(), vault())
            db.session.commit()
        except Refused as refusal:
            db.session.rollback()
            flash(say(refusal.message), "error")
            return redirect("/queue/")
        if result.faults:
            return self._page(self.session.get_one(Keying, keying_id), result.faults), 400
        if result.differing:
            flash(_("%(n)s項目が一致しません。確認者に回しました。", n=result.differing), "success")
        elif result.state == "registered":
            flash(_("一致しました。登録しました。"), "success")
        else:
            flash(_("登録しました。2回目の入力を待ちます。"), "success")
        return self.next_sheet()

    def _page(self, keying: Any, faults: dict[str, str]) -> str:
        sheet = sheet_of(keying.sheet)
        return self.page(
            "keying.html", keying=keying, sheet=sheet, received=keying.sheet, faults=faults,
            fields=list(sheet.fields()), stored=stored_fields(self.session, keying.sheet_id, keying.turn), choices=choices_of(self.session, sheet, today(), language()),
            submission_key=token_urlsafe(16), japan_time=_japan_time, words=words_of(KEYING_WORDS),
            names=names_on(sheet))


def _japan_time(moment: datetime) -> str:
    return f"{moment.astimezone(JAPAN):%H:%M}"


def _is_a_draft(sent: Any) -> bool:
    """Texts by field and a list of fields; anything else was not sent by our screen."""
    if not isinstance(sent, dict) or not isinstance(sent.get("raw"), dict):
        return False
    names = sent.get("unreadable")
    return all(isinstance(text, str) for text in sent["raw"].values()) and (
        names is None or (isinstance(names, list) and all(isinstance(name, str) for name in names)))


VIEWS = (KeyingView,)
