"""出力: a list exactly as it is shown, for a purpose, journalled before a byte leaves."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exchange.characters import CP932, PLAIN, PRIVATE_USE
from models.journal import Action
from models.recipient import Recipient
from procedures import journal, two_person
from procedures.actor import Actor
from procedures.characters import LetterUndecided, rows_for
from procedures.columns import STATE_LABELS, WITHHELD, Column
from procedures.desk import Desk
from procedures.listing import Listing, Question, base, selection
from procedures.pii_uses import judge_export
from procedures.refusal import Refused
from rules.bulk import is_bulk
from translations.wording import said

FORMATS: Final = ("csv", "csv_cp932", "xlsx")
LONGEST_XLSX: Final = 200_000
CHUNK: Final = 1000


class PurposeMissing(Refused):
    """Nobody takes a list away without saying what for."""

    def __init__(self) -> None:
        super().__init__("出力の目的を入力してください。目的は操作記録に残ります。")


class UnknownFormat(Refused):
    """A format that is not offered."""

    def __init__(self) -> None:
        super().__init__("出力の形式は csv か xlsx を選んでください。")


class TooLong(Refused):
    """More rows than a workbook of this size should hold."""

    def __init__(self) -> None:
        super().__init__(said("xlsx は %(most)s 件までです。条件で絞り込むか、csv を選んでください。", most=f"{LONGEST_XLSX:,}"))


class NotInCharacterSet(Refused):
    """A letter that Shift_JIS lacks and nobody decided upon yet; it is never replaced silently."""

    def __init__(self, undecided: LetterUndecided) -> None:
        super().__init__(said("%(why)s 急ぐときは UTF-8 の csv か xlsx を選んでください。", why=undecided.message))


class NeedsSecondPerson(Refused):
    """So many rows leave only when another person has agreed to this very file; ``ask`` puts the question."""

    def __init__(self, content: dict[str, Any], purpose: str) -> None:
        super().__init__("件数が多いため、もう一人の承認が要ります。依頼を出しましたので、承認されたら同じ条件で出力してください。")
        self.content, self.purpose = content, purpose

    def ask(self, session: Session, actor: Actor) -> str:
        """依頼する: open for a second person, in the caller's transaction; return what the person is told."""
        try:
            two_person.ask(session, actor, two_person.BULK_EXPORT, self.content, self.purpose)
        except (two_person.AskedAlready, two_person.NoReasonGiven) as refusal:
            return refusal.message
        return self.message


@dataclass(frozen=True)
class Taken:
    """出力したもの: the journalled permission to write the rows out."""

    listing: Listing
    asked: Question
    desk: Desk
    format: str
    rows: int


def count(session: Session, listing: Listing, asked: Question) -> int:
    """Return exactly how many rows an export would hold."""
    rows = base(listing, [listing.model.id], asked.terms, sees_withheld=asked.sees_withheld).subquery()
    return session.execute(select(func.count()).select_from(rows)).scalar_one()


def take(session: Session, actor: Actor, listing: Listing, asked: Question, desk: Desk, *, format: str,
         purpose: str, now: datetime) -> Taken:
    """Journal an export and return it; the caller commits before writing the first byte. NeedsSecondPerson."""
    if not purpose.strip():
        raise PurposeMissing
    if format not in FORMATS:
        raise UnknownFormat
    judge_export(column.pii for column in asked.columns)
    rows = count(session, listing, asked)
    if format == "xlsx" and rows > LONGEST_XLSX:
        raise TooLong
    taken = Taken(listing, asked, desk, format, rows)
    _judge_letters(session, taken)
    if is_bulk(rows, now.date()):
        _use_agreement(session, actor, listing, asked, format, purpose, now)
    journal.record(session, actor, Action.EXPORTED, reason=purpose.strip()[:400], detail={
        "listing": listing.name, "format": format, "rows": rows, "items": [column.key for column in asked.columns],
        "filtered_by": sorted(asked.terms), **whom(session, listing, asked)})
    return taken


def _use_agreement(session: Session, actor: Actor, listing: Listing, asked: Question, format: str, purpose: str,
                   now: datetime) -> None:
    """The second person's agreement to these conditions and columns, used up by this file; NeedsSecondPerson."""
    content = {"listing": listing.name, "format": format, "items": [column.key for column in asked.columns],
               "conditions": two_person.digest_of(asked.terms), "filtered_by": sorted(asked.terms)}
    try:
        two_person.use(session, actor, two_person.BULK_EXPORT, content, now)
    except two_person.NotConfirmed as missing:
        raise NeedsSecondPerson(content, purpose) from missing


def whom(session: Session, listing: Listing, asked: Question) -> dict[str, list[int]]:
    """だれが出力されるか: the ledger numbers of everybody in an export, or the rows' own where the list has no ledger."""
    if not listing.has_person:
        return {"ids": list(session.scalars(base(listing, [listing.model.id], asked.terms,
                                                 sees_withheld=asked.sees_withheld)))}
    return {"recipients": list(session.scalars(base(
        listing, [Recipient.id], asked.terms, sees_withheld=asked.sees_withheld).where(Recipient.id.is_not(None)).distinct()))}


def _judge_letters(session: Session, taken: Taken) -> None:
    """Every letter can be written, before the first byte leaves; LetterUndecided, NotInCharacterSet."""
    if taken.format != "csv_cp932" and not _has_private_letters(session, taken):
        return
    try:
        deque(cells(session, taken), maxlen=0)
    except LetterUndecided as undecided:
        raise (NotInCharacterSet(undecided) if taken.format == "csv_cp932" else undecided) from undecided


def _has_private_letters(session: Session, taken: Taken) -> bool:
    """Whether anything in it is a letter that only its maker knows; the database reads quicker than we do."""
    asked = taken.asked
    row = func.concat_ws(" ", *selection(taken.listing, asked.columns)[4:])
    found = base(taken.listing, [taken.listing.model.id], asked.terms, sees_withheld=asked.sees_withheld).where(
        row.op("~")(PRIVATE_USE)).limit(1)
    return session.execute(found).first() is not None


def cells(session: Session, taken: Taken) -> Iterator[list[Any]]:
    """Yield the rows of an export as values, texts as the format can hold them, in the list's order, never all at once."""
    destination = CP932 if taken.format == "csv_cp932" else PLAIN
    return rows_for(session, destination, [str(column.label) for column in taken.asked.columns], _cells(session, taken))


def _cells(session: Session, taken: Taken) -> Iterator[list[Any]]:
    asked, columns = taken.asked, taken.asked.columns
    sort, number = asked.order.attribute, taken.listing.model.id
    by = (number,) if sort.key == "id" else (sort, number)
    statement = base(taken.listing, selection(taken.listing, columns), asked.terms, sees_withheld=asked.sees_withheld)
    statement = statement.order_by(*(each.desc() if asked.order.descending else each.asc() for each in by))
    for row in session.execute(statement.execution_options(yield_per=CHUNK)):
        hidden = row.withheld and not asked.sees_withheld
        yield [WITHHELD if hidden and column.tells_where else plain(column, value, taken.desk)
               for column, value in zip(columns, row[4:], strict=True)]


def plain(column: Column, value: Any, desk: Desk) -> Any:
    """Return a value as people read it: the label of a code, yes or no, the parts of a list joined."""
    if value is None:
        return ""
    if column.kind == "state":
        return STATE_LABELS[column.key].get(value, value)
    labels = desk.labels.get(column.codes or "", {})
    if isinstance(value, list):
        return "・".join(labels.get(code, code) for code in value)
    if isinstance(value, bool):
        return "該当" if value else "非該当"
    return labels.get(value, value) if column.codes else value
