"""⑩システム管理: runs and their outcome, reconciliation with the network by month, and the purge of what is past its time."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from exchange.soap import SoapFault
from systems.frame.outbox import send
from systems.frame.server import Caller
from systems.frame.store import Outgoing
from systems.interconnect import disclosure_log, security
from systems.interconnect.tables import COMMON, Disclosure, Inquiry, ProvisionRequest, Purge, Run

# 保管期間: records seven years (番号法23条, 施行令29条; the article of the order is unverified), answers thirty days (ours).
KEPT_YEARS: Final = {"records": 7}
KEPT_DAYS: Final = {"answers": 30}


def runs(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """SYM_BatchJokyo: the latest runs."""
    return {"ジョブ": [{"ジョブ名": each.name, "状態": each.state, "開始": each.at.isoformat(),
                       "終了": each.finished_at.isoformat() if each.finished_at else None, "件数": each.count}
                     for each in session.scalars(select(Run).order_by(Run.id.desc()).limit(50))]}


def statistics(session: Session) -> dict[str, int]:
    """業務統計: inquiries and requests by state."""
    counted = {f"照会 {state}": number for state, number in session.execute(
        select(Inquiry.state, func.count()).group_by(Inquiry.state))}
    return counted | {f"提供 {state}": number for state, number in session.execute(
        select(ProvisionRequest.state, func.count()).group_by(ProvisionRequest.state))}


def begin_reconciliation(session: Session, month: date) -> Run:
    """突合を始める: the network is asked for its records of *month* (its first day)."""
    until = (month + timedelta(days=32)).replace(day=1)
    run = Run(name="提供等記録の突合", state="実行", detail={"month": month.isoformat()})
    session.add(run)
    session.flush()
    send(session, COMMON.outgoing, "network", "KirokuShogo", {
        "自": f"{month.isoformat()}T00:00:00+09:00", "至": f"{until.isoformat()}T00:00:00+09:00"}, "reconcile", run.id)
    return run


def reconciled(session: Session, row: Outgoing, answer: Mapping[str, Any] | SoapFault) -> None:
    """突合の結果: every record on one side only, or told otherwise, is named; one alarm for the run."""
    run = session.get_one(Run, row.subject_id, with_for_update=True)
    run.finished_at = datetime.now(UTC)
    if isinstance(answer, SoapFault):
        run.state = "異常"
        return
    ours = [disclosure_log.spoken(each) for each in disclosure_log.found(
        session, datetime.fromisoformat(row.content["自"]), datetime.fromisoformat(row.content["至"]))]
    found = disclosure_log.differences(ours, answer.get("記録") or [])
    run.state, run.count, run.detail = "正常", len(ours), {**(run.detail or {}), "differences": found}
    if found:
        security.alarm(session, "records", str(run.id))
    session.flush()


def ask_for_purge(session: Session, who: str, kind: str, today: date) -> Purge:
    """削除を求める: what is past its time on *today*; nothing is deleted yet. KeyError for an unknown kind."""
    before = (today.replace(year=today.year - KEPT_YEARS[kind], day=min(today.day, 28)) if kind in KEPT_YEARS
              else today - timedelta(days=KEPT_DAYS[kind]))
    purge = Purge(kind=kind, before=before, asked_by=who)
    session.add(purge)
    session.flush()
    return purge


def approve_purge(session: Session, who: str, number: int) -> Purge | None:
    """削除する: by a second person; how many and the digest of their numbers are kept as proof. None: not possible."""
    purge = session.get(Purge, number, with_for_update=True)
    if purge is None or purge.done_at is not None or purge.asked_by == who:
        return None
    purge.approved_by = who
    limit = datetime.combine(purge.before, datetime.min.time(), UTC)
    gone = _delete_records(session, limit) if purge.kind == "records" else _empty_answers(session, limit)
    purge.done_at, purge.count = datetime.now(UTC), len(gone)
    purge.digest = hashlib.sha256("\n".join(sorted(gone)).encode()).hexdigest()
    session.flush()
    return purge


def _delete_records(session: Session, limit: datetime) -> list[str]:
    return list(session.scalars(delete(Disclosure).where(Disclosure.asked_at < limit).returning(Disclosure.processing_number)))


def _empty_answers(session: Session, limit: datetime) -> list[str]:
    old = list(session.scalars(select(Inquiry).where(Inquiry.answered_at < limit, Inquiry.answer.is_not(None)).with_for_update()))
    for each in old:
        each.answer = None
    return [each.processing_number for each in old]
