"""算定書: the calculation of a claim on paper, as it was stored, for the file and for whoever signs."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from models.journal import Action
from models.recipient import Recipient
from procedures import journal
from procedures.actor import Actor
from procedures.city import City
from procedures.letter_facts import month_words
from procedures.lookup import codes_of
from procedures.refusal import Refused
from procedures.reimbursement import claim_for_update
from procedures.reimbursement_calculation import latest
from procedures.reimbursement_facts import facility_names
from reports.calculation import CalculationText, calculation_pdf


class NothingCounted(Refused):
    """There is no calculation to print."""

    message = "まだ算定されていません。先に算定してください。"


def print_calculation(session: Session, actor: Actor, claim_id: int, city: City, now: datetime) -> bytes:
    """算定書を印刷する: the newest stored calculation, journalled. NothingCounted."""
    claim, stored = claim_for_update(session, claim_id), latest(session, claim_id)
    if stored is None:
        raise NothingCounted
    person = session.get_one(Recipient, claim.recipient_id)
    facilities = facility_names(session, {bill.facility_number for bill in claim.bills})
    words = codes_of(session, {"decision_reason", "setting", "claim_reason"}, stored.calculated_on)
    months = [month | {"title": month_words(month["month"]), "lines": [line | {
        "facility": facilities.get(line["facility"], line["facility"]), "day": date.fromisoformat(line["day"]),
        "until": date.fromisoformat(line["until"]) if line["until"] else None,
        "setting": words["setting"].get(line["setting"], ""), "reason": words["decision_reason"].get(line["reason"], "")}
        for line in month["lines"]]} for month in stored.content["months"]]
    journal.record(session, actor, Action.PRINTED, claim, detail={"calculation": stored.number})
    return calculation_pdf(CalculationText(
        claim.acceptance_number, claim.acceptance_date, person.recipient_number or "", person.name,
        words["claim_reason"].get(claim.claim_reason, ""), claim.claimed_yen, stored.number, stored.calculated_on,
        stored.decision, stored.refund_yen, words["decision_reason"].get(stored.reason, ""), tuple(months)), city, now)
