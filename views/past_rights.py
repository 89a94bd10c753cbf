"""ある日の権限の画面: who could see and do what on a day that is past."""

from datetime import datetime, time, timedelta
from typing import Any

from flask import request
from flask_appbuilder import expose

from app.clock import JAPAN, today
from app.words import say
from procedures.past_rights import on_day
from procedures.refusal import Refused
from procedures.rights import BY_CODE
from views.office_view import OfficeView, actor, allowed
from views.roles import role_name, words


class PastRightsView(OfficeView):
    """ある日の権限."""

    route_base = "/past-rights"
    class_permission_name = "PastRights"
    default_view = "on_day"

    @expose("/")
    @allowed("read")
    def on_day(self) -> Any:
        typed, problem, day = request.args.get("day", ""), "", today()
        try:
            day = self.day(typed) if typed.strip() else day
            if day > today():
                raise Refused("今日までの日を入力してください。")
        except Refused as refusal:
            problem, day = say(refusal.message), today()
        begins = datetime.combine(day, time(), JAPAN)
        holders = on_day(self.session, actor(), begins, begins + timedelta(days=1))
        written = self.page("past_rights.html", holders=holders, day=day, typed=typed, problem=problem, words=words, role_name=role_name,
                            numbers=BY_CODE["numbers.see"])
        self.session.commit()
        return written, 422 if problem else 200


VIEWS: tuple[Any, ...] = (PastRightsView,)
