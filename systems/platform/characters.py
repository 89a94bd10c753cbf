"""日本語資源: the register of letters, and how each is written where a destination lacks it; two people decide, versions stay."""

import re
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from exchange.characters import DESTINATIONS, PRIVATE, holds, is_allowed, pieces
from exchange.soap import SoapFault
from systems.platform import shrinking
from systems.platform.service_tables import Character, CharacterDecision, CharacterQuestion

MJ_NUMBER: Final = re.compile(r"MJ[0-9]{6}")
CODE: Final = re.compile(r"(?:U\+[0-9A-F]{4,6})(?: U\+[0-9A-F]{4,6})?")
LARGEST_PICTURE: Final = 64 * 1024
PICTURE_STARTS: Final = {"image/png": b"\x89PNG\r\n\x1a\n"}


def letter_of(code: str) -> str:
    """The letter a number names; SoapFault(letter) where it names none, or more than one."""
    written = code.strip().upper()
    if not CODE.fullmatch(written):
        raise SoapFault("letter", "文字番号は U+9089 か U+9089 U+E0100 の形にしてください。")
    try:
        letter = "".join(chr(int(each[2:], 16)) for each in written.split())
        letter.encode()
    except ValueError as wrong:
        raise SoapFault("letter", "この番号の文字はありません。") from wrong
    return one_letter(letter)


def one_letter(text: str) -> str:
    """*text* if it is one letter, with or without its selector; SoapFault(letter)."""
    if len(list(pieces(text))) != 1 or text.isspace() or not text.isprintable() and not PRIVATE.search(text):
        raise SoapFault("letter", "文字を一つだけ入れてください。")
    return text


def register(session: Session, letter: str, mj_number: str, note: str, picture: bytes, by: str) -> Character:
    """登録する: the letter is in the register; SoapFault(known, mj_number, picture)."""
    if mj_number and not MJ_NUMBER.fullmatch(mj_number):
        raise SoapFault("mj_number", "")
    kind = next((name for name, start in PICTURE_STARTS.items() if picture.startswith(start)), None)
    if picture and (kind is None or len(picture) > LARGEST_PICTURE):
        raise SoapFault("picture", "")
    if session.scalar(select(Character.id).where(Character.letter == one_letter(letter))) is not None:
        raise SoapFault("known", "")
    made = Character(letter=letter, mj_number=mj_number or None, note=note.strip(), picture=picture or None,
                     picture_type=kind, registered_by=by)
    session.add(made)
    session.flush()
    return made


def ask(session: Session, letter: str, destination: str, by: str) -> CharacterQuestion | None:
    """判定を求める: it waits for two people, once; None where the letter is written as it is, by rule or as decided.

    The letter is in the register from then on.
    """
    if destination not in DESTINATIONS:
        raise SoapFault("destination", "")
    session.execute(insert(Character).values(letter=one_letter(letter), registered_by=by).on_conflict_do_nothing())
    if holds(letter, destination) or decided(session, letter, destination) or shrinking.rule(letter, destination):
        return None
    session.execute(insert(CharacterQuestion).values(
        letter=letter, destination=destination, asked_by=by).on_conflict_do_nothing())
    return session.scalars(select(CharacterQuestion).where(
        CharacterQuestion.letter == letter, CharacterQuestion.destination == destination)).one()


def review(session: Session, letter: str, destination: str, by: str) -> CharacterQuestion:
    """見直す: a letter that was decided, or is shrunk by rule, is decided anew; until then nothing changes."""
    if destination not in DESTINATIONS or holds(one_letter(letter), destination):
        raise SoapFault("destination", "")
    known = session.scalars(select(CharacterQuestion).where(
        CharacterQuestion.letter == letter, CharacterQuestion.destination == destination).with_for_update()).one_or_none()
    if known is None:
        known = CharacterQuestion(letter=letter, destination=destination, asked_by=by)
        session.add(known)
    elif known.state == "decided":
        known.state, known.instead, known.proposed_by, known.reason, known.asked_by = "waiting", None, None, "", by
    session.flush()
    return known


def propose(session: Session, question: CharacterQuestion, instead: str, reason: str, by: str) -> None:
    """案を出す: what would be written, and why; SoapFault(state, instead, reason)."""
    if question.state != "waiting":
        raise SoapFault("state", "")
    if not is_allowed(question.letter, instead, question.destination):
        raise SoapFault("instead", "")
    if not reason.strip():
        raise SoapFault("reason", "")
    question.state, question.instead, question.reason, question.proposed_by = "proposed", instead, reason.strip(), by
    session.flush()


def decide(session: Session, question: CharacterQuestion, by: str, *, agrees: bool) -> CharacterDecision | None:
    """決める, by another person: a new version of the decision, or back to where it waited; SoapFault(state, same_person)."""
    if question.state != "proposed" or question.instead is None or question.proposed_by is None:
        raise SoapFault("state", "")
    if question.proposed_by == by:
        raise SoapFault("same_person", "")
    if not agrees:
        question.state, question.instead, question.proposed_by = "waiting", None, None
        session.flush()
        return None
    number = session.scalar(select(func.count()).select_from(CharacterDecision).where(
        CharacterDecision.letter == question.letter, CharacterDecision.destination == question.destination)) or 0
    made = CharacterDecision(letter=question.letter, destination=question.destination, number=number + 1,
                             instead=question.instead, reason=question.reason, proposed_by=question.proposed_by, decided_by=by)
    question.state = "decided"
    session.add(made)
    session.flush()
    return made


def decided(session: Session, letter: str, destination: str) -> CharacterDecision | None:
    """The decision that holds now."""
    return session.scalars(select(CharacterDecision).where(
        CharacterDecision.letter == letter, CharacterDecision.destination == destination)
        .order_by(CharacterDecision.number.desc()).limit(1)).one_or_none()


def all_decided(session: Session, until: datetime | None = None) -> dict[str, dict[str, str]]:
    """By destination, what is written for each letter as decided; the newest version of each."""
    found: dict[str, dict[str, str]] = {}
    for each in session.scalars(select(CharacterDecision).where(
            CharacterDecision.at <= until if until else CharacterDecision.id > 0).order_by(CharacterDecision.number)):
        found.setdefault(each.destination, {})[each.letter] = each.instead
    return found
