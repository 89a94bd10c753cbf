"""文字: every file that leaves is written by the table of 連携基盤; what it does not say stops the file and is asked about there."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from exchange.characters import (
    EMPTY,
    PLAIN,
    CharacterTable,
    TableWrong,
    Undecided,
    code_of,
    digest_of,
    read,
    read_again,
)
from exchange.soap import SoapFault
from exchange.table_file import write_table
from models.character import CharacterQuestion, CharacterTableFile
from models.neighbour import OutgoingMessage
from procedures import outbox
from procedures.refusal import Refused
from procedures.vault import Vault
from procedures.wire import Answer, Errand, Talks
from translations.wording import said

SYSTEM: Final = "characters"  # the contract of 連携基盤 under which letters are asked about
_OPENED: Final[dict[str, CharacterTable]] = {}


class LetterUndecided(Refused):
    """A letter that the destination lacks and nobody decided upon; names row and item, and nobody's name."""

    def __init__(self, row: int, item: str, letter: Undecided) -> None:
        super().__init__(said("%(row)s件目の「%(item)s」: %(why)s", row=f"{row:,}", item=item, why=letter.message))


def table(session: Session) -> CharacterTable:
    """いまの縮退の表; an empty one, which changes nothing, where none was taken over yet."""
    found = session.execute(select(CharacterTableFile.id, CharacterTableFile.sha256).order_by(
        CharacterTableFile.number.desc()).limit(1)).one_or_none()
    if found is None:
        return EMPTY
    if found.sha256 not in _OPENED:
        content = session.scalars(select(CharacterTableFile.content).where(CharacterTableFile.id == found.id)).one()
        _OPENED.clear()
        _OPENED[found.sha256] = read_again(content)
    return _OPENED[found.sha256]


def ask(session: Session, letter: Undecided) -> None:
    """判定を依頼する: once a letter and destination, in a transaction of its own, because the file that asked is refused."""
    with Session(session.get_bind()) as own:
        place = own.scalar(insert(CharacterQuestion).values(
            letter=code_of(letter.letter), destination=letter.destination).on_conflict_do_nothing().returning(CharacterQuestion.id))
        if place is not None:
            outbox.send(own, "MojiIrai", own.get_one(CharacterQuestion, place), None, system=SYSTEM)
        own.commit()


def rows_for(session: Session, destination: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[list[Any]]:
    """行を書く: each text as the destination can hold it; LetterUndecided names the first row and item that it cannot."""
    known = table(session)
    for place, row in enumerate(rows, start=1):
        yield [_cell(session, known, destination, place, headings, across, value) for across, value in enumerate(row)]


def write_file(session: Session, heading: Iterable[str], rows: Iterable[Sequence[Any]]) -> str:
    """表ファイル for whoever reads UTF-8; LetterUndecided before anything leaves."""
    headings = list(heading)
    return write_table(headings, rows_for(session, PLAIN, headings, rows))


def in_letters(session: Session, form: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[Sequence[Any]]:
    """表の行 for a file of this *form*; paper shows every letter it has a glyph for, as it is. LetterUndecided."""
    return list(rows) if form == "pdf" else list(rows_for(session, PLAIN, headings, rows))


def _cell(session: Session, known: CharacterTable, destination: str, place: int, headings: Sequence[str], across: int,
          value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return known.written(value, destination)
    except Undecided as letter:
        ask(session, letter)
        raise LetterUndecided(place, headings[across] if across < len(headings) else "", letter) from letter


def take_over(session: Session, raw: bytes, key: Ed25519PublicKey) -> bool:
    """縮退の表を取り込む: verified and newer than ours, it holds from the next file on; False where it is not newer. TableWrong."""
    found = read(raw, key)
    newest = session.scalar(select(func.max(CharacterTableFile.number))) or 0
    if found.number <= newest:
        return False
    session.add(CharacterTableFile(number=found.number, sha256=digest_of(raw), content=raw))
    session.flush()
    return True


def key_of(text: str) -> Ed25519PublicKey:
    """公開鍵 of 連携基盤, as its file says it; TableWrong."""
    try:
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(text.strip()))
    except ValueError as wrong:
        raise TableWrong("signature") from wrong


def refresh(session: Session, peer: Talks, key: Ed25519PublicKey) -> bool:
    """新しい表を取りに行く; True where one was taken over. SoapFault, Silent, TableWrong."""
    newest = session.scalar(select(func.max(CharacterTableFile.number))) or 0
    answer = peer.call("MojiHyo", str(uuid.uuid4()), outbox.OURSELVES, {"手元の版": newest})
    return take_over(session, str(answer["署名ファイル"]).encode(), key) if answer.get("署名ファイル") else False


def _say(session: Session, row: OutgoingMessage, vault: Vault, now: datetime) -> Mapping[str, Any]:
    question = session.get_one(CharacterQuestion, row.subject_id)
    return {"文字番号": question.letter, "出力先": question.destination}


def _heard(session: Session, row: OutgoingMessage, answer: Answer, now: datetime) -> None:
    """The answer is the next table."""


def _failed(session: Session, row: OutgoingMessage, fault: SoapFault) -> None:
    """An administrator sees it under 隣のシステム and sends it again."""


ERRANDS: Final = {"MojiIrai": Errand(_say, _heard, _failed)}
