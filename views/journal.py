"""操作記録の画面: for the auditor; what is asked stays on the server, so that no address tells of a person."""

from datetime import date
from typing import Any

from flask import flash, redirect, request, session
from flask_appbuilder import expose
from werkzeug.wrappers import Response

from app.clock import JAPAN, today
from app.words import say
from procedures import journal_search
from procedures.journal_search import Conditions
from procedures.refusal import Refused
from rules.era_date import NotADate, parse_date
from rules.spelling import digits
from views import journal_words
from views.office_view import OfficeView, actor, allowed

ASKED = "journal"


class JournalView(OfficeView):
    """操作記録."""

    route_base = "/journal"
    class_permission_name = "Journal"
    default_view = "rows"

    @expose("/")
    @allowed("read")
    def rows(self) -> str:
        before = request.args.get("before", "")
        return self._rows(session.get(ASKED, {}), int(before) if before.isdecimal() and len(before) < 19 else None)

    @expose("/search", methods=["POST"])
    @allowed("read")
    def search(self) -> Response | tuple[str, int]:
        asked = {name: request.form.get(name, "").strip()[:60] for name in ("from", "to", "user", "action", "number")}
        try:
            self._conditions(asked)
        except (Refused, NotADate) as wrong:
            return self._rows(asked, None, say(wrong.message)), 422
        session[ASKED] = {name: text for name, text in asked.items() if text}
        return redirect("/journal/")

    @expose("/file", methods=["POST"])
    @allowed("export")
    def file(self) -> Any:
        try:
            text = journal_search.as_csv(self.session, actor(), self._conditions(session.get(ASKED, {})),
                                         request.form.get("reason", ""))
        except Refused as refusal:
            self.session.rollback()
            flash(say(refusal.message), "error")
            return redirect("/journal/")
        self.session.commit()
        return Response(text.encode("utf-8-sig"), mimetype="text/csv", headers={
            "Content-Disposition": f'attachment; filename="journal-{today():%Y%m%d}.csv"'})

    def _rows(self, typed: dict[str, str], before: int | None, problem: str = "") -> str:
        asked = Conditions() if problem else self._conditions(typed)
        found = journal_search.entries(self.session, actor(), asked, before)
        written = self.page("journal/rows.html", found=found, typed=typed, problem=problem, say=journal_words, japan=JAPAN,
                            users=journal_search.users(self.session), may_export=self.may("export"))
        self.session.commit()  # the look is on disk before a byte leaves
        return written

    def _conditions(self, typed: dict[str, str]) -> Conditions:
        """What was typed as conditions; NotADate, NobodyOfThatNumber."""
        user, action = typed.get("user", ""), typed.get("action", "")
        number = typed.get("number", "")
        return Conditions(
            _day(typed.get("from")), _day(typed.get("to")), int(user) if user.isdecimal() and len(user) < 10 else None,
            action if action in journal_words.ACTIONS else "",
            journal_search.person_of(self.session, digits(number)) if number else None)


def _day(typed: str | None) -> date | None:
    return parse_date(typed) if typed else None


VIEWS = (JournalView,)
