"""廃棄: a list by one person, approved by another, removed as it was approved, and the proof that stays."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from models.disposal import Disposal
from models.job import Job
from models.journal import Action
from models.recipient import Recipient
from procedures import journal
from procedures.actor import Actor
from procedures.jobs import ask_for
from procedures.number_store import PARENTS, rows_of
from procedures.refusal import Overstepped, Refused
from procedures.retention import KINDS, OURS, binds, leaves_below, period_of, statement

JOB: Final = "dispose"
MOST_SHOWN: Final = 500


class NothingPast(Refused):
    """Nothing of this kind is past its period."""

    message = "保存期間を過ぎた記録はありません。"


class ListedAlready(Refused):
    """One list of a kind at a time."""

    message = "この種類の廃棄の一覧が、すでに承認か廃棄を待っています。"


class NotWaiting(Refused):
    """The list was decided already."""

    message = "この一覧はもう処理されています。一覧を開き直してください。"


class ListersOwn(Overstepped):
    """Two people dispose of a record."""

    message = "一覧を作った人は承認できません。ほかの人に回してください。"


@dataclass(frozen=True)
class Unit:
    """対象の一件: a number of the main table and what an officer knows it by."""

    number: int
    words: str


def make_list(session: Session, actor: Actor, kind: str, on: date) -> Disposal:
    """廃棄の一覧を作る: every row that would go is named now, before anybody approves. NothingPast, ListedAlready."""
    if kind not in OURS:
        raise NothingPast
    if session.scalar(select(Disposal.id).where(Disposal.kind == kind, Disposal.state.in_(("listed", "approved")))):
        raise ListedAlready
    period = period_of(kind, on)
    below = leaves_below(session, period.cutoff) if kind == "journal" else None
    made = Disposal(kind=kind, cutoff=period.cutoff, units=0, row_count=0, rows_sha256="", leaves_below=below, listed_by=actor.user_id,
                    period=f"{period.years}年 ({period.law}、{period.since.isoformat()}から、{'確認済み' if period.is_verified else '未確認'})")
    session.add(made)
    session.flush()
    for table in KINDS[kind].tables.keys() - PARENTS.keys():
        session.execute(text("INSERT INTO disposal_row (disposal_id, table_name, row_id) SELECT :id, :table, rows.id FROM ("
                             + statement(kind, table) + ") AS rows"), {"id": made.id, "table": table, **binds(period.cutoff)})
    for table in KINDS[kind].tables.keys() & PARENTS.keys():
        _list_numbers(session, made, table)
    counts = dict(session.execute(text("SELECT table_name, count(*) FROM disposal_row WHERE disposal_id = :id GROUP BY 1"),
                                  {"id": made.id}).tuples().all())
    made.units = counts.get(KINDS[kind].main, 0) if below is None else _entries_below(session, below)
    made.row_count = sum(counts.values()) or made.units
    if not made.row_count:
        raise NothingPast
    session.flush()
    # The guard takes the hash in the transaction that made the list, and never another one.
    session.execute(text("UPDATE disposal SET rows_sha256 = disposal_hash(id) WHERE id = :id"), {"id": made.id})
    session.refresh(made)
    journal.record(session, actor, Action.LISTED, made, detail={
        "disposal": made.id, "kind": kind, "rows": made.units, "rows_sha256": made.rows_sha256, "recipients": _people(session, made)})
    session.flush()
    return made


def units(session: Session, actor: Actor, disposal_id: int) -> tuple[Disposal, list[Unit]] | None:
    """一覧の中身, as far as a page goes: of a person her number and name; whom it named is journalled. None where there is none."""
    found = session.get(Disposal, disposal_id)
    if found is None:
        return None
    rows = session.execute(text(_WORDS.get(found.kind, _PLAIN)), {
        "id": found.id, "main": KINDS[found.kind].main, "most": MOST_SHOWN}).all()
    people = [row.number for row in rows] if found.kind == "case_file" else []
    journal.record(session, actor, Action.LISTED, found, detail={"disposal": found.id, "rows": len(rows), "recipients": people})
    return found, [Unit(row.number, row.words) for row in rows]


def decide(session: Session, actor: Actor, disposal_id: int, approve: bool, reason: str, now: datetime) -> Disposal:
    """承認・却下する: an approved list is carried out by a job of its own; one that cannot be is given up. ListersOwn, NotWaiting."""
    found = session.get(Disposal, disposal_id, with_for_update=True, populate_existing=True)
    if found is None or found.state not in (("listed",) if approve else ("listed", "approved")):
        raise NotWaiting
    if found.listed_by == actor.user_id:
        raise ListersOwn
    if not approve and not reason.strip():
        raise Refused("却下の理由を入力してください。")
    found.decided_by, found.decided_at = found.decided_by or actor.user_id, found.decided_at or now
    found.state, found.decision_reason = "approved" if approve else "rejected", reason.strip() or None
    session.flush()
    journal.record(session, actor, Action.DECIDED, found, detail={"disposal": found.id, "kind": found.kind, "approved": approve},
                   reason=reason.strip())
    if approve:
        ask_for(session, actor, JOB, {"disposal": found.id})
    else:
        session.execute(text("DELETE FROM disposal_row WHERE disposal_id = :id"), {"id": found.id})
    session.flush()
    return found


def carry_out(session: Session, actor: Actor, disposal_id: int) -> Disposal:
    """廃棄する: exactly what was approved is gone, and counts, hash and both people stay. NotWaiting where it is not approved."""
    found = session.get(Disposal, disposal_id, with_for_update=True, populate_existing=True)
    if found is None or found.state != "approved":
        raise NotWaiting
    found.files = list(session.scalars(text(
        "SELECT sha256 FROM scan WHERE id IN (SELECT row_id FROM disposal_row WHERE disposal_id = :id AND table_name = 'scan')"),
        {"id": found.id})) or None
    session.flush()
    session.execute(text("DELETE FROM benefit_month WHERE recipient_id IN (SELECT row_id FROM disposal_row"  # sums of rows that go
                         " WHERE disposal_id = :id AND table_name = 'recipient')"), {"id": found.id})
    session.execute(text("SELECT carry_out_disposal(:id)"), {"id": found.id})
    session.expire_all()
    journal.record(session, actor, Action.DISPOSED, found, detail={
        "disposal": found.id, "kind": found.kind, "counts": found.counts, "rows_sha256": found.rows_sha256,
        "listed_by": found.listed_by, "decided_by": found.decided_by, "leaves_below": found.leaves_below})
    session.flush()
    return found


def remove_files(session: Session, disposal_id: int, remove: Callable[[str], None]) -> int:
    """ファイルを消す: after the rows are gone for good, their files go too; a second call finds nothing left."""
    found = session.get_one(Disposal, disposal_id, with_for_update=True)
    gone = found.files or []
    for name in gone:
        remove(name)
    found.files = None
    session.flush()
    return len(gone)


def all_disposals(session: Session, most: int = 100) -> list[Disposal]:
    """廃棄の一覧と証跡, the newest first; nobody is named."""
    return list(session.scalars(select(Disposal).order_by(Disposal.id.desc()).limit(most)))


class DisposalJob:
    """廃棄のやり方: one transaction for the rows, then the files."""

    def __init__(self, remove: Callable[[str], None]) -> None:
        self.remove = remove

    def plan(self, session: Session, job: Job) -> int:
        """One list, one step."""
        return 1

    def step(self, session: Session, job: Job) -> int:
        """Carry it out in the name of who approved it."""
        user = session.execute(text("SELECT id, last_name || ' ' || first_name AS name FROM ab_user WHERE id = :id"),
                               {"id": job.requested_by}).one()
        carry_out(session, Actor(user.id, user.name, "job"), job.params["disposal"])
        return 1

    def finish(self, session: Session, job: Job) -> str | None:
        """The files of what is gone."""
        remove_files(session, job.params["disposal"], self.remove)
        return None


_PLAIN: Final = ("SELECT row_id AS number, '' AS words FROM disposal_row WHERE disposal_id = :id AND table_name = :main"
                 " ORDER BY row_id LIMIT :most")
_WORDS: Final = {
    "case_file": """SELECT r.id AS number, concat_ws('　', r.recipient_number, r.name) AS words FROM disposal_row d
        JOIN recipient r ON r.id = d.row_id WHERE d.disposal_id = :id AND d.table_name = :main ORDER BY r.id LIMIT :most""",
    "sheet": """SELECT s.id AS number, s.acceptance_number AS words FROM disposal_row d JOIN received_sheet s ON s.id = d.row_id
        WHERE d.disposal_id = :id AND d.table_name = :main ORDER BY s.id LIMIT :most""",
    "scan": """SELECT s.id AS number, string_agg(p.acceptance_number, ' ') AS words FROM disposal_row d JOIN scan s ON s.id = d.row_id
        JOIN received_sheet p ON p.scan_id = s.id WHERE d.disposal_id = :id AND d.table_name = :main GROUP BY s.id ORDER BY s.id
        LIMIT :most"""}


def _list_numbers(session: Session, made: Disposal, table: str) -> None:
    """What lies in the numbering store goes with the listed rows it belongs to; no other role sees which."""
    parents = session.scalars(text("SELECT row_id FROM disposal_row WHERE disposal_id = :id AND table_name = :table"),
                              {"id": made.id, "table": PARENTS[table]}).all()
    session.execute(text("INSERT INTO disposal_row (disposal_id, table_name, row_id) SELECT :id, :table, unnest(CAST(:rows AS bigint[]))"),
                    {"id": made.id, "table": table, "rows": rows_of(session, table, parents)})


def _people(session: Session, made: Disposal) -> list[Any]:
    if made.kind != "case_file":
        return []
    return list(session.scalars(select(Recipient.id).where(text(
        "recipient.id IN (SELECT row_id FROM disposal_row WHERE disposal_id = :id AND table_name = 'recipient')")
        .bindparams(id=made.id))))


def _entries_below(session: Session, below: int) -> int:
    return int(session.scalar(text("SELECT count(*) FROM journal_leaf l JOIN journal_entry e ON e.id = l.entry_id"
                                   " WHERE l.leaf_index < :below"), {"below": below}) or 0)
