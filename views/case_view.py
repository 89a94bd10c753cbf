"""案件の画面の土台: a list of what waits at this step, and one case with what must be known to decide."""

from typing import Any

from flask import current_app, request
from flask_appbuilder import expose

from app.clock import today
from app.extensions import db
from app.words import language
from procedures.case import PAGE, Case, Step, case_of, counts_at, due_of, waiting_at
from procedures.city import City, city_of
from procedures.lookup import codes_of
from procedures.progress import LABELS
from views.office_view import OfficeView, actor, allowed


def city() -> City:
    """This installation's city."""
    return city_of(current_app.config["OFFICE"].city_file)


class CaseView(OfficeView):
    """The step's list; what it shows of persons is journalled before it leaves."""

    default_view = "listed"
    steps: tuple[Step, ...] = ()
    afterwards: tuple[Step, ...] = ()  # what was done last here, shown below what waits
    title = ""
    template = "cases.html"

    @expose("/")
    @allowed("read")
    def listed(self) -> str:
        """待っている申請の一覧."""
        counts = counts_at(self.session, self.steps)
        kind, page = request.args.get("kind", ""), request.args.get("page", 0, type=int)
        kind, page = kind if kind in counts else "", max(page, 0)
        rows = waiting_at(self.session, actor(), self.steps, kind=kind or None, page=page)
        if self.afterwards and not page:
            rows = [*rows, *waiting_at(self.session, actor(), self.afterwards, kind=kind or None, most=50, newest_first=True)]
        db.session.commit()
        total = counts[kind] if kind else sum(counts.values())
        return self.page(self.template, rows=rows, title=self.title, labels=LABELS, counts=counts, kind=kind, at=page,
                         total=total, pages=(total + PAGE - 1) // PAGE, on=today(), due_of=due_of,
                         kinds=codes_of(self.session, {"application_kind"}, today(), language())["application_kind"],
                         me=actor().user_id)

    def labels(self) -> dict[str, str]:
        """The words for every state."""
        return dict(LABELS)

    def case(self, application_id: int) -> Case:
        """One case; the look is committed before anything is shown."""
        case = case_of(self.session, actor(), application_id, today(), language())
        db.session.commit()
        return case

    def show(self, template: str, application_id: int, **values: Any) -> str:
        """Render one case."""
        return self.page(template, case=self.case(application_id), labels=LABELS, **values)
