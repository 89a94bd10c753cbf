"""償還払の通知: what the city tells whoever claimed: granted, refused, held or taken back, with the amount and every reason."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.application import Application
from models.journal import Action
from models.letter import Letter
from models.recipient import Recipient
from models.reimbursement import PaymentDecision, ReimbursementCalculation, ReimbursementClaim
from procedures import journal
from procedures.actor import Actor
from procedures.city import City
from procedures.claim_parts import other_months
from procedures.letter_address import to_applicant
from procedures.letter_facts import VALUE_NAMES, month_words
from procedures.letters import KINDS, NoSuchLetter, issue
from procedures.lookup import codes_of, name_of
from procedures.protection import demand_sight
from procedures.reimbursement import claim_for_update, decision_of
from procedures.reimbursement_facts import facility_names
from reports.letter import Address, LetterText, filled, put_in
from rules.era_date import era_text

OF_STATE: Final = {"granted": "payment_granted", "paid": "payment_granted", "returned": "payment_granted",
                   "refused": "payment_refused", "held": "payment_held"}
REVOKED: Final = "payment_revoked"
SHOWN_DIGITS: Final = 3  # of the account number on paper that goes by post


def letter_of(session: Session, claim: ReimbursementClaim, decision: PaymentDecision | None) -> str | None:
    """出せる通知: the one that says what was decided last; None where nothing is decided.

    A grant that was taken back is told of only where the letter of the grant went out.
    """
    if decision is None or decision.taken_back_by is None:
        return OF_STATE.get(claim.state)
    told = session.scalar(select(Letter.id).where(
        Letter.claim_id == claim.id, Letter.kind == "payment_granted", Letter.created_at >= decision.created_at).limit(1))
    return REVOKED if told else None


def print_claim_letter(session: Session, actor: Actor, claim_id: int, city: City, on: date, now: datetime) -> bytes:
    """通知を出す: the letter is a row with its number and hash; printed again it is the same letter. NoSuchLetter, Withheld."""
    claim, decision = claim_for_update(session, claim_id), decision_of(session, claim_id)
    kind = letter_of(session, claim, decision)
    if kind is None or decision is None:
        raise NoSuchLetter
    demand_sight(session, actor, int(claim.recipient_id or 0))
    letter = Letter(kind=kind, claim_id=claim.id, recipient_id=claim.recipient_id)

    def text(wording: Any) -> LetterText:
        values = values_of(session, claim, decision, letter.dated)
        known = facts_of(session, claim, decision, letter.dated)
        facts = tuple(each for name in KINDS[kind].facts for each in known.get(name, ()) if each[1])
        return LetterText(_to_claimer(session, claim), letter.document_number, letter.dated, put_in(wording.subject, values),
                          filled(wording.body, values), facts, filled(wording.closing, values))

    pdf = issue(session, actor, letter, text, city, on, now, since=decision.created_at)
    journal.record(session, actor, Action.PRINTED, claim, detail={"letter": kind, "reprint": letter.is_reprint})
    return pdf


def values_of(session: Session, claim: ReimbursementClaim, decision: PaymentDecision, dated: date) -> dict[str, str]:
    """差込みの値: every name of VALUE_NAMES, blank where a claim has none."""
    person = session.get_one(Recipient, claim.recipient_id)
    reasons = codes_of(session, {"decision_reason"}, dated)["decision_reason"]
    return dict.fromkeys(VALUE_NAMES, "") | {
        "氏名": person.name, "受給者番号": person.recipient_number or "", "申請受理番号": claim.acceptance_number,
        "申請日": era_text(claim.application_date), "通知日": era_text(dated), "請求金額": f"{claim.claimed_yen:,}円",
        "支給額": f"{decision.amount_yen:,}円", "決定の理由": reasons.get(decision.reason, ""),
        "支給決定日": era_text(decision.sign_off_date) if decision.sign_off_date and decision.result != "hold" else ""}


def facts_of(session: Session, claim: ReimbursementClaim, decision: PaymentDecision,
             dated: date) -> dict[str, list[tuple[str, str]]]:
    """記: lines of label and text by name; amounts by month as they were counted, what was left out with its reason."""
    values = values_of(session, claim, decision, dated)
    months = session.get_one(ReimbursementCalculation, decision.calculation_id).content["months"]
    is_granted = bool(decision.amount_yen)
    return {
        "number": [("申請受理番号", values["申請受理番号"])], "recipient_number": [("受給者番号", values["受給者番号"])],
        "name": [("受診者氏名", values["氏名"])], "claimed": [("請求金額", values["請求金額"])],
        "months": [(month_words(each["month"]), f"{each['refund_yen']:,}円" if is_granted else f"支払額{each['paid_yen']:,}円")
                   for each in months],
        "granted": [("支給決定額", values["支給額"])], "why": [("理由", values["決定の理由"])],
        "refused": [("支給しない額", f"{claim.claimed_yen - decision.amount_yen:,}円")]
        if is_granted and claim.claimed_yen > decision.amount_yen else [],
        "revoked": [("取り消す支給決定", f"{era_text(decision.sign_off_date)} {decision.amount_yen:,}円")] if decision.sign_off_date else [],
        "taken_back": [("取消の理由", decision.take_back_reason or "")],
        "parts": [("別に決定する月", f"{'、'.join(month_words(month) for month in months_of)} (申請受理番号 {number})")
                  for number, months_of in other_months(session, claim)],
        "left_out": list(_left_out(session, months, dated)),
        "awaited": [("確かめる内容", decision.remarks or "、".join(
            f"{month_words(each['month'])}の{each['high_cost_why']}" for each in months if each["decision"] == "hold"))],
        "account": [("振込先", _account(session, claim, dated))]}


def _left_out(session: Session, months: list[dict[str, Any]], dated: date) -> Iterator[tuple[str, str]]:
    """Each bill that gives nothing back, by day, institution and reason."""
    reasons = codes_of(session, {"decision_reason"}, dated)["decision_reason"]
    lines = [line for each in months for line in each["lines"] if line["reason"]]
    names = facility_names(session, {line["facility"] for line in lines})
    for line in lines:
        day, place = era_text(date.fromisoformat(line["day"])), names.get(line["facility"], line["facility"])
        yield "支給の対象としないもの", f"{day} {place} ({reasons.get(line['reason'], '')})"


def _account(session: Session, claim: ReimbursementClaim, dated: date) -> str:
    """Bank and branch by name, the account by its last digits: the letter may be opened by somebody else."""
    kinds = codes_of(session, {"account_kind"}, dated)["account_kind"]
    bank = name_of(session, "bank", claim.bank, dated) or claim.bank
    branch = name_of(session, "branch", claim.bank_branch, dated, claim.bank) or claim.bank_branch
    hidden = "*" * (len(claim.account_number) - SHOWN_DIGITS) + claim.account_number[-SHOWN_DIGITS:]
    return f"{bank} {branch} {kinds.get(claim.account_kind, '')} {hidden} {claim.account_holder_kana or ''}"


def _to_claimer(session: Session, claim: ReimbursementClaim) -> Address:
    """宛先: the applicant of the newest application, as with every letter about the person."""
    application = session.scalars(select(Application).where(Application.recipient_id == claim.recipient_id).order_by(
        Application.acceptance_date.desc(), Application.id.desc()).limit(1)).one()
    return to_applicant(session, application)
