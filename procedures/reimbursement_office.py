"""償還払の確認: what an officer finds out about a claim before it can be decided, each with its source, each journalled."""

from datetime import date

from sqlalchemy.orm import Session

from models.journal import Action
from models.reimbursement import ReimbursementBill, ReimbursementClaim, ReimbursementMonth
from procedures import journal
from procedures.actor import Actor
from procedures.model_row import Stale, check_version
from procedures.refusal import Refused
from procedures.reimbursement import claim_for_update
from procedures.reimbursement_calculation import EXCLUSIONS
from procedures.reimbursement_facts import by_month
from procedures.reimbursement_progress import demand_open


class NoSource(Refused):
    """What an officer notes has a source."""

    message = "何で確かめたかを入力してください (書類の名前・日付・相手)。"


def note_high_cost(session: Session, actor: Actor, claim_id: int, month: str, yen: int, source: str, on: date,
                   seen: str | None = None) -> None:
    """高額療養費の決定を記録する: what the insurer pays of a month, 0 where it pays nothing; a held claim can go on. NoSource, Stale."""
    claim = _open(session, claim_id, source)
    if month not in by_month(claim):
        raise Refused("この請求に、その診療年月の証明書はありません。")
    if yen < 0:
        raise Refused("0以上の整数を入力してください。")
    row = next((each for each in claim.months if each.treatment_month == month), None)
    if seen is not None and str(row.version if row else 0) != seen:
        raise Stale
    if row is None:
        row = ReimbursementMonth(claim_id=claim.id, treatment_month=month,
                                 position=max((each.position for each in claim.months), default=-1) + 1)
        session.add(row)
    row.decided_yen, row.decided_on, row.decided_source = yen, on, source.strip()
    _done(session, actor, claim, "high_cost")


def noted(session: Session, claim_id: int, bill_id: int = 0, month: str = "") -> dict[str, str]:
    """記録してあること: what each form of these findings would write over, as text, by the name of its field."""
    claim = session.get_one(ReimbursementClaim, claim_id)
    row = next((each for each in claim.months if each.treatment_month == month), None)
    bill = next((each for each in claim.bills if each.id == bill_id), None)
    return {"yen": "" if row is None or row.decided_yen is None else str(row.decided_yen),
            "decided_source": (row.decided_source if row else None) or "", "reason": (bill.exclusion if bill else None) or "",
            "exclusion_note": (bill.exclusion_note if bill else None) or "", "overlap_note": (bill.overlap_note if bill else None) or "",
            "proxy_note": claim.proxy_note or "", "forwarded": f"{claim.forwarding_date or ''}", "arrived": f"{claim.head_office_date or ''}"}


def exclude(session: Session, actor: Actor, claim_id: int, bill_id: int, reason: str, source: str, seen: str | None = None) -> None:
    """対象外にする: a bill that another rule or scheme keeps out, with its evidence; a blank *reason* takes it in again. NoSource, Stale."""
    claim = _open(session, claim_id, source)
    bill = _bill(claim, bill_id, seen)
    if reason and reason not in EXCLUSIONS:
        raise Refused("対象外の理由を一覧から選んでください。")
    bill.exclusion, bill.exclusion_note = reason or None, source.strip() if reason else None
    _done(session, actor, claim, "exclusion")


def clear_overlap(session: Session, actor: Actor, claim_id: int, bill_id: int, source: str, seen: str | None = None) -> None:
    """重複を確かめた: why the bill is not paid twice although something else of that month and institution exists. NoSource, Stale."""
    claim = _open(session, claim_id, source)
    _bill(claim, bill_id, seen).overlap_note = source.strip()
    _done(session, actor, claim, "overlap")


def note_proxy(session: Session, actor: Actor, claim_id: int, source: str, seen: str | None = None) -> None:
    """委任状を確かめた: the account is somebody else's, and there is a letter of attorney that says so. NoSource, Stale."""
    claim = _open(session, claim_id, source)
    _as_seen(claim, seen)
    claim.proxy_note = source.strip()
    _done(session, actor, claim, "proxy")


def forward(session: Session, actor: Actor, claim_id: int, forwarded_on: date, arrived_on: date | None, branch: str,
            seen: str | None = None) -> None:
    """進達: when the counter sent the paper on and when it reached the head office (8〜11). Stale, or a sentence about the days."""
    claim = claim_for_update(session, claim_id)
    _as_seen(claim, seen)
    if forwarded_on < claim.acceptance_date or (arrived_on and arrived_on < forwarded_on):
        raise Refused("申請受理日・進達日・本庁受領日の順に合いません。日付を確かめてください。")
    claim.forwarding, claim.forwarding_date, claim.head_office_date = "1", forwarded_on, arrived_on
    claim.branch = branch or claim.branch
    _done(session, actor, claim, "forwarding")


def _open(session: Session, claim_id: int, source: str) -> ReimbursementClaim:
    if not source.strip():
        raise NoSource
    claim = claim_for_update(session, claim_id)
    demand_open(claim)
    return claim


def _as_seen(row: ReimbursementClaim | ReimbursementBill, seen: str | None) -> None:
    """A caller without a screen saw nothing that could be stale."""
    if seen is not None:
        check_version(row, seen)


def _bill(claim: ReimbursementClaim, bill_id: int, seen: str | None) -> ReimbursementBill:
    bill = next((each for each in claim.bills if each.id == bill_id), None)
    if bill is None:
        raise Refused("この請求に、その証明書の行はありません。画面を開き直してください。")
    _as_seen(bill, seen)
    return bill


def _done(session: Session, actor: Actor, claim: ReimbursementClaim, what: str) -> None:
    session.flush()
    session.refresh(claim, ["months", "bills"])
    journal.record(session, actor, Action.CHANGED, claim, detail={"noted": what})
