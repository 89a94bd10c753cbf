"""宛名との結び付け: whose register row a person on the ledger has; found where exactly one fits, else chosen by an officer."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from models.addressee import Addressee
from models.application import Application
from models.journal import Action
from models.person import Patient
from models.recipient import Recipient
from procedures import journal, recipient
from procedures.actor import Actor
from procedures.model_row import check_version
from procedures.protection import hidden_among
from procedures.refusal import Refused
from procedures.register_work import tell_what_the_register_says
from procedures.work import tell

MOST = 12
_NEWEST = """SELECT DISTINCT ON (a.municipality, a.file_number) a.* FROM addressee a
  WHERE {} ORDER BY a.municipality, a.file_number, a.history_number DESC"""


class NoSuchAddressee(Refused):
    """The number is nobody's."""

    message = "その整理番号の人は宛名にありません。候補から選び直してください。"


class LinkedToAnother(Refused):
    """One register row is one person."""

    message = "その整理番号は、別の受給者と結び付いています。同じ人が二重に登録されていないか確かめてください。"


@dataclass(frozen=True)
class Candidates:
    """宛名の候補 of a person; *hidden* are those whose whereabouts this officer may not see."""

    person: Recipient
    rows: tuple[Addressee, ...]
    hidden: frozenset[str]


def candidates_for(session: Session, actor: Actor, recipient_id: int) -> Candidates | None:
    """宛名の候補: the newest state of everybody born on the same day, those whose name is the same first; journalled."""
    person = session.get(Recipient, recipient_id)
    if person is None:
        return None
    rows = list(session.scalars(select(Addressee).from_statement(text(
        f"SELECT * FROM ({_NEWEST.format('a.birth_date = :birth')}) b"
        " ORDER BY search_key(b.name) = search_key(:name) DESC, b.file_number LIMIT :most")),
        {"birth": person.birth_date, "name": person.name, "most": MOST}))
    hidden = set() if actor.sees_withheld else hidden_among(session, [row.file_number for row in rows])
    ours = session.scalars(select(Recipient.id).where(Recipient.file_number.in_([row.file_number for row in rows])))
    journal.record(session, actor, Action.SAW, person, recipient_id=recipient_id,
                   detail={"register": len(rows), "recipients": sorted(ours)})
    return Candidates(person, tuple(rows), frozenset(hidden))


def link(session: Session, actor: Actor, recipient_id: int, file_number: str, on: date, seen: str | None = None) -> Recipient:
    """結び付ける: the person's newest paper and the ledger bear the number; what the register says becomes work.

    NoSuchAddressee, LinkedToAnother; Stale where the ledger's row is not the one (*seen*) that was on the screen.
    """
    if seen is not None:
        check_version(session.get_one(Recipient, recipient_id, with_for_update=True, populate_existing=True), seen)
    if session.scalar(select(Addressee.id).where(Addressee.file_number == file_number).limit(1)) is None:
        raise NoSuchAddressee
    if session.scalar(select(Recipient.id).where(Recipient.file_number == file_number, Recipient.id != recipient_id).limit(1)):
        raise LinkedToAnother
    patient = session.scalars(select(Patient).join(Application, Application.id == Patient.application_id).where(
        Application.recipient_id == recipient_id).order_by(
        Application.acceptance_date.desc(), Application.id.desc()).limit(1)).one()
    patient.patient_file_number = file_number
    session.flush()
    person = recipient.refresh(session, recipient_id)
    journal.record(session, actor, Action.CHANGED, patient, recipient_id=recipient_id, detail={"register": "linked"})
    tell_what_the_register_says(session, on, "r.id = :person", {"person": recipient_id})
    session.flush()
    return person


def link_where_one_fits(session: Session) -> int:
    """まだ結び付いていない人: whom exactly one register row fits, and nobody else, has its number; return how many."""
    rows = session.execute(text("""
        SELECT r.id, min(a.file_number) AS file_number FROM recipient r
          JOIN addressee a ON a.birth_date = r.birth_date AND search_key(a.name) = search_key(r.name)
        WHERE r.file_number IS NULL AND r.state IN ('applying', 'certified', 'held')
          AND NOT EXISTS (SELECT 1 FROM recipient o WHERE o.file_number = a.file_number)
        GROUP BY r.id HAVING count(DISTINCT a.file_number) = 1""")).all()
    claimed = [row.file_number for row in rows]
    for row in rows:
        if claimed.count(row.file_number) > 1:  # two people of ours look alike: an officer decides whose row it is
            continue
        session.execute(text("""
            UPDATE patient SET patient_file_number = :number, version = version + 1 WHERE id = (
              SELECT p.id FROM patient p JOIN application a ON a.id = p.application_id WHERE a.recipient_id = :id
              ORDER BY a.acceptance_date DESC, a.id DESC LIMIT 1)"""), {"number": row.file_number, "id": row.id})
        recipient.refresh(session, row.id)
    return len(rows)


def tell_alike(session: Session, person: Recipient, on: date) -> None:
    """似た人を知らせる: others on the ledger of the same birth date and reading become work; never merged automatically."""
    for other in look_alikes(session, person):
        tell(session, person.id, "look_alike", f"recipient:{other.id}", on, {"other": other.recipient_number or other.id})


def look_alikes(session: Session, person: Recipient) -> list[Recipient]:
    """似た人: others on the ledger with the same birth date and a name that reads the same."""
    return list(session.scalars(select(Recipient).where(
        Recipient.id != person.id, Recipient.birth_date == person.birth_date, Recipient.kana_key == person.kana_key)))
