"""給付の画面の床: the facts of one person's page, and of a list of receipts, by hand-written SQL and the least HTML; nobody logged in."""

from collections.abc import Callable, Sequence
from html import escape
from typing import Any, Final

import psycopg
from flask import Flask

Asked = tuple[str, dict[str, Any]]
_DAYS: Final = (  # what the page calls 経過: day, what, which, code, until
    "SELECT acceptance_date, 'application', acceptance_number, application_kind, NULL::date FROM application WHERE recipient_id = %(person)s",
    "SELECT s.assessed_at::date, 'assessment', NULL, s.tier, NULL FROM assessment s JOIN application a ON a.id = s.application_id WHERE a.recipient_id = %(person)s",
    "SELECT v.review_result_date, 'review', NULL, v.review_result, NULL FROM review v JOIN application a ON a.id = v.application_id WHERE a.recipient_id = %(person)s",
    "SELECT d.draft_date, 'draft', NULL, NULL, NULL FROM decision d JOIN application a ON a.id = d.application_id WHERE a.recipient_id = %(person)s",
    "SELECT d.sign_off_date, 'sign_off', NULL, d.sign_off, NULL FROM decision d JOIN application a ON a.id = d.application_id WHERE a.recipient_id = %(person)s",
    "SELECT coalesce(issue_date, valid_from), 'certification', recipient_number, certification, valid_to FROM certification WHERE recipient_id = %(person)s",
    "SELECT l.loss_date, 'loss', NULL, l.loss_reason, NULL FROM loss l JOIN application a ON a.id = l.application_id WHERE a.recipient_id = %(person)s",
    "SELECT acceptance_date, 'claim', acceptance_number, claim_reason, NULL FROM reimbursement_claim WHERE recipient_id = %(person)s",
    "SELECT issue_date, 'certificate', reprint_reason, NULL, NULL FROM certificate WHERE recipient_id = %(person)s",
    "SELECT dated, 'letter', kind || coalesce(document_number, ''), NULL, NULL FROM letter WHERE recipient_id = %(person)s AND NOT is_reprint",
    "SELECT printed_at::date, 'renewal', 'printed', NULL, NULL FROM renewal_notice WHERE recipient_id = %(person)s",
    "SELECT reminded_on, 'renewal', 'reminded', NULL, NULL FROM renewal_notice WHERE recipient_id = %(person)s",
    "SELECT came_back_on, 'renewal', 'came back', NULL, NULL FROM renewal_notice WHERE recipient_id = %(person)s")
_PERSON: Final = (
    """SELECT r.*, (SELECT name FROM disease WHERE number = r.disease_number ORDER BY valid_from DESC LIMIT 1), c.*, j.tier, j.reasons
       FROM recipient r LEFT JOIN certification c ON c.id = r.current_certification_id
       LEFT JOIN LATERAL (SELECT s.tier, s.reasons FROM assessment s JOIN application a ON a.id = s.application_id
         WHERE a.recipient_id = r.id AND a.id <= c.application_id AND s.tier IS NOT NULL ORDER BY a.id DESC LIMIT 1) j ON true
       WHERE r.id = %(person)s""",
    """SELECT o.id, o.name, o.recipient_number FROM recipient r JOIN recipient o
       ON o.birth_date = r.birth_date AND o.kana_key = r.kana_key AND o.id <> r.id WHERE r.id = %(person)s""",
    f"SELECT * FROM ({' UNION ALL '.join(_DAYS)}) AS d (day, kind, said, code, until) WHERE day IS NOT NULL ORDER BY day DESC",
    """SELECT c.application_id, c.valid_from, c.ended_on, c.is_cancelled, c.reasons, j.copay_cap_yen, j.reasons FROM certification c
       LEFT JOIN LATERAL (SELECT s.copay_cap_yen, s.reasons FROM assessment s JOIN application a ON a.id = s.application_id
         WHERE a.recipient_id = c.recipient_id AND a.id <= c.application_id AND s.tier IS NOT NULL ORDER BY a.id DESC LIMIT 1) j ON true
       WHERE c.recipient_id = %(person)s AND c.certification = '1'""",
    """SELECT treatment_month, receipts, total_yen, copay_yen, cap_yen, excess_yen FROM benefit_month
       WHERE recipient_id = %(person)s ORDER BY treatment_month DESC LIMIT 120""",
    "SELECT at, actor_name, action, reason FROM journal_entry WHERE recipient_id = %(person)s ORDER BY id DESC LIMIT 20",
    """SELECT id, acceptance_number, acceptance_date, claim_reason, claimed_yen, planned_yen, state FROM reimbursement_claim
       WHERE recipient_id = %(person)s ORDER BY acceptance_date DESC""",
    """SELECT number, wish, decision_reason FROM subject_request
       WHERE recipient_id = %(person)s AND kind = 'stop_use' AND decision IN ('whole', 'part')""",
    "SELECT since, ended_on, reason, ending_reason FROM protection WHERE recipient_id = %(person)s",
    """SELECT l.name, e.code, e.label FROM code_entry e JOIN code_list l ON l.id = e.list_id WHERE l.name IN
       ('sex', 'counter', 'tier', 'application_kind', 'review_result', 'sign_off', 'certification', 'loss_reason', 'claim_reason')""")
_LIST: Final = """
SELECT r.name, r.recipient_number, b.billing_month, b.treatment_month, b.setting, b.points, b.total_yen, b.copay_yen, b.facility_number
FROM benefit b JOIN recipient r ON r.id = b.recipient_id WHERE {where}
ORDER BY b.id DESC LIMIT 51"""
_COUNT: Final = "SELECT count(*) FROM (SELECT 1 FROM benefit b JOIN recipient r ON r.id = b.recipient_id WHERE {where} LIMIT 1001) AS found"


def of_person(person: int) -> tuple[Asked, ...]:
    """Every statement whose rows the page of a person shows to somebody who may see all of it."""
    return tuple((statement, {"person": person}) for statement in _PERSON)


def of_list(month: str, facility: str) -> tuple[Asked, ...]:
    """A list of receipts of one month and institution, and how many there are up to a thousand, as the page says it."""
    return of_filter("b.treatment_month = %(month)s AND b.facility_number = %(facility)s", {"month": month, "facility": facility})


def of_filter(where: str, values: dict[str, Any]) -> tuple[Asked, ...]:
    """The list under any condition over ``b`` (benefit) and ``r`` (recipient), and its count."""
    return (_LIST.format(where=where), values), (_COUNT.format(where=where), values)


def page(connection: psycopg.Connection[Any], asked: Sequence[Asked]) -> Callable[[], Any]:
    """What fetches the least page there can be: every row of *asked* a line of a table."""
    app = Flask("floor")

    @app.get("/")
    def show() -> str:
        tables = (connection.execute(statement, values).fetchall() for statement, values in asked)
        body = "".join("<table>" + "".join("<tr>" + "".join(f"<td>{escape(str(value))}</td>" for value in row) + "</tr>" for row in rows)
                       + "</table>" for rows in tables)
        return f"<!doctype html><html lang=ja><title>list</title>{body}"

    client = app.test_client()
    return lambda: client.get("/")
