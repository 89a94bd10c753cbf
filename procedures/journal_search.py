"""操作記録を調べる: by day, by clerk, by act, by person seen; the search is itself an entry of the journal."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import ColumnElement, Select, select, text
from sqlalchemy.orm import Session

from models.application import Application
from models.journal import Action, JournalEntry
from models.recipient import Recipient
from procedures import journal
from procedures.actor import Actor, full_name
from procedures.characters import write_file
from procedures.refusal import Refused

JAPAN: Final = ZoneInfo("Asia/Tokyo")
PAGE: Final = 100
LONGEST_FILE: Final = 50_000
SHORTEST_REASON: Final = 4
# Entries that showed one person: about herself, on a list or in a file among others, on her papers before she was on the
# ledger, and her rows of the resident register.
# One index answers each part.
_SHOWED: Final = """journal_entry.id IN (
 SELECT e.id FROM journal_entry e WHERE e.recipient_id = :person
 UNION SELECT e.id FROM journal_entry e WHERE e.detail ? 'recipients'
   AND (e.detail -> 'recipients') @> to_jsonb(ARRAY[CAST(:person AS bigint)])
 UNION SELECT e.id FROM journal_entry e WHERE e.subject_kind = 'received_sheet' AND e.subject_id IN (
   SELECT sheet_id FROM application WHERE recipient_id = :person UNION SELECT sheet_id FROM number_report WHERE recipient_id = :person
   UNION SELECT sheet_id FROM reimbursement_claim WHERE recipient_id = :person)
 UNION SELECT e.id FROM addressee a JOIN journal_entry e ON e.detail ? 'ids' AND (e.detail -> 'ids') @> to_jsonb(ARRAY[a.id])
   AND e.detail ->> 'listing' = 'records/addressees'
  WHERE a.file_number IN (
   SELECT p.patient_file_number FROM patient p JOIN application c ON c.id = p.application_id WHERE c.recipient_id = :person))"""


class NobodyOfThatNumber(Refused):
    """The number is nobody's."""

    message = "その番号の受給者・申請はありません。受給者番号か申請受理番号を確かめてください。"


class NoReason(Refused):
    """An export of the journal without its reason."""

    message = "出力の目的を4文字以上で入力してください。"


class TooMany(Refused):
    """More entries than one file takes."""

    message = "記録が多すぎます。期間を短くするか条件を足して、5万件以下にしてください。"


@dataclass(frozen=True)
class Conditions:
    """条件: days both included; blank or None: not asked."""

    begins: date | None = None
    ends: date | None = None
    user_id: int | None = None
    action: str = ""
    person: int | None = None  # the ledger's number, found by :func:`person_of`

    @property
    def asked(self) -> list[str]:
        """Names of what is asked; the journal keeps these, never the values."""
        return [name for name in ("begins", "ends", "user_id", "action", "person") if getattr(self, name)]


@dataclass(frozen=True)
class Found:
    """一頁: entries, newest first, 受給者番号 by ledger number, and before which entry the next page begins."""

    entries: list[JournalEntry]
    numbers: dict[int, str]
    onward: int | None


def person_of(session: Session, number: str) -> int:
    """だれの番号か: the ledger's number of whoever has this 受給者番号 or 申請受理番号; NobodyOfThatNumber."""
    found = session.scalar(select(Recipient.id).where(Recipient.recipient_number == number)) or session.scalar(
        select(Application.recipient_id).where(Application.acceptance_number == number))
    if found is None:
        raise NobodyOfThatNumber
    return found


def entries(session: Session, actor: Actor, asked: Conditions, before: int | None = None) -> Found:
    """記録の一頁, newest first; that it was looked at is itself recorded, with the persons it named."""
    query = _where(select(JournalEntry), asked).order_by(JournalEntry.id.desc()).limit(PAGE + 1)
    if before is not None:
        query = query.where(JournalEntry.id < before)
    found = list(session.scalars(query))
    shown = found[:PAGE]
    numbers = _numbers(session, shown)
    journal.record(session, actor, Action.LISTED, detail={
        "listing": "journal", "rows": len(shown), "filtered_by": asked.asked, "recipients": sorted(numbers)})
    return Found(shown, numbers, shown[-1].id if len(found) > PAGE else None)


def as_csv(session: Session, actor: Actor, asked: Conditions, reason: str) -> str:
    """出力: every entry the conditions name, newest first; journalled with its reason. NoReason, TooMany."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise NoReason
    found = list(session.scalars(_where(select(JournalEntry), asked).order_by(JournalEntry.id.desc())
                                 .limit(LONGEST_FILE + 1)))
    if len(found) > LONGEST_FILE:
        raise TooMany
    numbers = _numbers(session, found)
    journal.record(session, actor, Action.EXPORTED, reason=reason.strip(), detail={
        "listing": "journal", "rows": len(found), "filtered_by": asked.asked, "recipients": sorted(numbers)})
    return write_file(session, ("記録番号", "日時", "利用者番号", "利用者", "端末", "画面", "操作", "対象", "対象番号", "受給者番号", "理由・目的", "内容"),
                       (_written(entry, numbers) for entry in found))


def _written(entry: JournalEntry, numbers: dict[int, str]) -> tuple[Any, ...]:
    return (entry.id, f"{entry.at.astimezone(JAPAN):%Y-%m-%d %H:%M:%S}", entry.actor_id, entry.actor_name,
            entry.terminal, entry.screen, entry.action, entry.subject_kind, entry.subject_id,
            numbers.get(entry.recipient_id or 0, entry.recipient_id), entry.reason, entry.detail)


def users(session: Session) -> list[tuple[int, str]]:
    """利用者: everybody who has or had an account, for the choice on the screen."""
    return [(user.id, f"{full_name(user)} ({user.username})")
            for user in session.scalars(select(User).order_by(User.username))]


def _where(query: Select[Any], asked: Conditions) -> Select[Any]:
    if asked.begins:
        query = query.where(JournalEntry.at >= datetime.combine(asked.begins, time(), JAPAN))
    if asked.ends:
        query = query.where(JournalEntry.at < datetime.combine(asked.ends + timedelta(days=1), time(), JAPAN))
    if asked.user_id:
        query = query.where(JournalEntry.actor_id == asked.user_id)
    if asked.action:
        query = query.where(JournalEntry.action == asked.action)
    if asked.person:
        query = query.where(showed(asked.person))
    return query


def showed(person: int) -> ColumnElement[bool]:
    """その人を見せた記録: the condition of every entry that showed the person of this ledger number to somebody."""
    return text(f"({_SHOWED})").bindparams(person=person)  # type: ignore[return-value]  # a text with its values bound


def _numbers(session: Session, shown: Iterable[JournalEntry]) -> dict[int, str]:
    """受給者番号 of those whom the entries are about; an entry never says a name."""
    ids = {entry.recipient_id for entry in shown if entry.recipient_id}
    rows = session.execute(select(Recipient.id, Recipient.recipient_number).where(Recipient.id.in_(ids))).tuples()
    return {number: written or "" for number, written in rows}
