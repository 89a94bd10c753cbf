"""一人の画面: who, what is certified and why, what happened, what it cost, who looked."""

from collections.abc import Callable
from html import escape
from typing import Any

from flask import abort
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from app.clock import today
from app.words import language
from models.recipient import Recipient
from procedures import desk as desks
from procedures.columns import STATE_LABELS, columns_of
from procedures.letters import KINDS as LETTERS
from procedures.months import Month
from procedures.person import Person, open_page
from procedures.reimbursement_progress import LABELS as CLAIM_STATES
from views.cells import Labels, cell
from views.journal_words import ACTIONS
from views.office_view import OfficeView, actor, allowed

CODE_LISTS = ("sex", "counter", "tier", "application_kind", "review_result", "sign_off", "certification",
              "loss_reason", "claim_reason")
KINDS = {"application": _l("申請受理"), "assessment": _l("所得判定"), "review": _l("審査結果"), "draft": _l("起案"),
         "sign_off": _l("決裁"), "certification": _l("認定"), "certificate": _l("受給者証の印刷"),
         "letter": _l("通知"), "renewal_notice": _l("更新の案内"), "claim": _l("償還払の請求"), "loss": _l("資格喪失")}


class PersonView(OfficeView):
    """一人の画面."""

    route_base = "/person"
    class_permission_name = "Person"
    default_view = "show"

    @expose("/<int:number>")
    @allowed("read")
    def show(self, number: int) -> Any:
        person = open_page(self.session, actor(), number, with_money=self.may("read", "BenefitRecords"),
                           with_looks=self.may("see_looks"), with_claims=self.may("read", "Reimbursements"))
        if person is None:
            abort(404)
        labels = desks.labels(self.session, CODE_LISTS, language())
        hidden = person.ledger.is_withheld and not self.may("see_withheld", "Recipients")
        written = self.page(
            "person/show.html", person=person, facts=_facts(person, labels, is_hidden=hidden), labels=labels,
            kinds=KINDS, letters=LETTERS, actions=ACTIONS, claim_states=CLAIM_STATES, state=_(STATE_LABELS["recipient.state"][person.ledger.state]),
            days_left=_days_left(person), sees_income=self.may("read", "AssessmentRecords"), is_hidden=hidden,
            sees_cases=self.may("read", "CaseFile"), may_begin=self.may("write", "Work"),
            month_rows=_month_rows(number if self.may("read", "Benefit") else None))
        self.session.commit()  # the look is on disk before a byte leaves
        return written


def _facts(person: Person, labels: Labels, *, is_hidden: bool) -> list[tuple[str, str]]:
    """Label and text of what the ledger says of the person herself."""
    ledger = person.ledger
    found = [(_(column.label), cell(column, getattr(ledger, column.attribute.key), labels, is_hidden=is_hidden))
             for column in columns_of(Recipient) if column.attribute.key in _WHO]
    age = (today().year - ledger.birth_date.year
           - ((today().month, today().day) < (ledger.birth_date.month, ledger.birth_date.day)))
    return [*found, (_("年齢"), _("%(n)s歳", n=age)),
            (_("疾病"), f"{ledger.disease_number or ''} {ledger.disease or ''}".strip())]


def _month_rows(opens: int | None) -> Callable[[list[Month]], Markup]:
    """What writes the lines of months, each leading to its receipts where *opens* says whose; 120 of them cost a template too much."""
    month = f'<a href="/benefits/{opens}/month/%s">%s</a>' if opens else "%s"
    line = (f'<tr><td class="digits">{month}</td>' + '<td class="number">%s</td>' * 5 + "</tr>")

    def written(months: list[Month]) -> Markup:
        return Markup("\n".join(line % (*[escape(each.month)] * (2 if opens else 1), each.receipts, f"{each.total_yen:,}",
                                        f"{each.copay_yen:,}", "—" if each.cap_yen is None else f"{each.cap_yen:,}",
                                        f"<b>{each.excess_yen:,}</b>" if each.excess_yen else "") for each in months))

    return written


_WHO = frozenset({"file_number", "name_kana", "birth_date", "sex", "postal_code", "address", "phone", "counter"})


def _days_left(person: Person) -> int | None:
    held = person.certification
    valid_to = held.valid_to if held and held.ended_on is None else None
    return (valid_to - today()).days if valid_to else None


VIEWS = (PersonView,)
