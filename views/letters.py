"""通知の一括印刷: which letters are due, and all of a kind at once."""

from flask import request
from flask_appbuilder import expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from procedures import letter_job
from procedures.letters import KINDS
from views.office_view import OfficeView, actor, allowed


class LettersView(OfficeView):
    """通知."""

    route_base = "/letters"
    class_permission_name = "Letters"
    default_view = "listed"

    @expose("/")
    @allowed("read")
    def listed(self) -> str:
        return self.page("letters.html", due=letter_job.due(self.session, actor()), kinds=KINDS)

    @expose("/", methods=["POST"])
    @allowed("write")
    def print(self) -> Response:
        return self.carry_out(lambda: letter_job.ask_to_print(self.session, actor(), request.form.get("kind", "")),
                              _("まとめて印刷を始めます。終わると、ここで受け取れます。"), "/jobs/", "/letters/")


VIEWS = (LettersView,)
