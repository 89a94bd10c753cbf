"""審査会: sessions, agenda by review group, the board's opinions, and the papers for its members."""

from flask import request
from flask_appbuilder import expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.clock import now, today
from app.words import language
from procedures import board
from procedures.board_papers import board_papers
from procedures.lookup import codes_of
from views.case_view import city
from views.office_view import OfficeView, actor, allowed


class BoardView(OfficeView):
    """審査会の画面."""

    route_base = "/board"
    class_permission_name = "Board"
    default_view = "listed"

    @expose("/")
    @allowed("read")
    def listed(self) -> str:
        return self.page("board/sessions.html", sessions=board.sessions(self.session), waiting=board.count_waiting(self.session),
                         words=self._words())

    @expose("/", methods=["POST"])
    @allowed("write")
    def plan(self) -> Response:
        return self.carry_out(lambda: board.plan(
            self.session, actor(), self.day(request.form.get("held_on", "")), request.form.get("place", "")),
            _("審査会を設けました。"), "/board/")

    @expose("/<int:number>")
    @allowed("read")
    def agenda(self, number: int) -> str:
        held, rows = board.agenda(self.session, actor(), number)
        return self.journalled("board/agenda.html", held=held, rows=rows, waiting=board.waiting(self.session, actor()),
                               words=self._words())

    @expose("/<int:number>/add", methods=["POST"])
    @allowed("write")
    def add(self, number: int) -> Response:
        chosen = [int(each) for each in request.form.getlist("cases") if each.isdigit()]
        return self.carry_out(lambda: board.put_on(self.session, actor(), number, chosen), _("議題に載せました。"),
                              f"/board/{number}")

    @expose("/<int:number>/off/<int:item>", methods=["POST"])
    @allowed("write")
    def off(self, number: int, item: int) -> Response:
        return self.carry_out(lambda: board.take_off(self.session, actor(), item), _("議題から外しました。"),
                              f"/board/{number}")

    @expose("/<int:number>/answer/<int:item>", methods=["POST"])
    @allowed("write")
    def answer(self, number: int, item: int) -> Response:
        form = request.form
        meets = {"1": True, "0": False}.get(form.get("meets_criteria", ""))
        return self.carry_out(lambda: board.record_answer(
            self.session, actor(), item, form.get("result", ""), meets, form.get("opinion", ""), today()),
            _("審査会の結果を登録しました。"), f"/board/{number}")

    @expose("/<int:number>/close", methods=["POST"])
    @allowed("write")
    def close(self, number: int) -> Response:
        return self.carry_out(lambda: board.close(self.session, actor(), number, today()), _("審査会を閉じました。"),
                              f"/board/{number}")

    @expose("/<int:number>/papers", methods=["POST"])
    @allowed("write")
    def papers(self, number: int) -> Response:
        return self.paper(lambda: board_papers(self.session, actor(), number, city(), now()), f"board-{number}",
                          f"/board/{number}")

    def _words(self) -> dict[str, dict[str, str]]:
        return codes_of(self.session, {"review_group", "review_result", "application_kind"}, today(), language())


VIEWS = (BoardView,)
