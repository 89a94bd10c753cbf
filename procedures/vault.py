"""番号の保管: every 個人番号 lies sealed in its own schema; this room alone seals, compares and opens them.

AES-256-GCM with the row it belongs to as associated data, so that a ciphertext moved to another row opens nothing;
equality is asked of a keyed hash (HMAC-SHA-256 cut to 128 bits) under a key of its own. The keys come from the keyring,
each row says which one it needs (procedures/keyring.py); this is the one narrow door to them, and asks by reference to a row.
"""

import hmac
import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from models.number_report import IndividualNumber, NumberLine, NumberReport, SealedNumber
from procedures.keyring import KeyPair, Keyring
from procedures.number_store import in_store
from procedures.refusal import Refused
from rules.spelling import digits

SETTLED: Final = 3  # the turn of the settling person
_NONCE: Final = 12


class NoKeys(Refused):
    """This process was not given the keys of the numbering store."""

    message = "個人番号の鍵がないため、この票は扱えません。管理者に連絡してください。"


class Sealed(NamedTuple):
    """封じた一行: as the store holds it, with the words of the place it is bound to."""

    id: int
    ciphertext: bytes
    key_version: int
    place: str


class Vault:
    """金庫: the keys of the numbering store; without a master key it refuses everything."""

    def __init__(self, master: bytes | None = None, file: Path | None = None) -> None:
        self._ring = Keyring(master, file) if master else None

    def type_in(self, session: Session, sheet_id: int, field: str, turn: int, text: str) -> None:
        """下書きの番号: what was typed is kept sealed, whatever it is; blank takes it away."""
        with in_store(session):
            row = session.scalar(_typed_rows(sheet_id, turn).where(SealedNumber.field == field))
            if not text.strip():
                if row is not None:
                    session.delete(row)
                return
            row = row or SealedNumber(sheet_id=sheet_id, field=field, turn=turn)
            row.ciphertext = self._seal(text, draft_place(sheet_id, field, turn))
            row.key_version, row.blind_index = self.newest, self.fingerprint(text)
            session.add(row)

    def typed(self, session: Session, sheet_id: int, turn: int) -> dict[str, str]:
        """打った番号: field → text as typed in one turn; for judging it, never for showing it."""
        with in_store(session):
            rows = session.scalars(_typed_rows(sheet_id, turn)).all()
        return {row.field: self._open(row.ciphertext, draft_place(sheet_id, row.field, turn), row.key_version) for row in rows}

    def move(self, session: Session, sheet_id: int, turn: int, to: int) -> None:
        """移す: what was typed in one turn lies under another, sealed anew."""
        for field, text in self.typed(session, sheet_id, turn).items():
            self.type_in(session, sheet_id, field, to, text)
            self.type_in(session, sheet_id, field, turn, "")

    def tag(self, sheet_id: int, field: str, text: str) -> str:
        """突合の印: equal for equal numbers of the same place of the same paper, and telling nothing elsewhere."""
        return _hash(self._keys.tag_key, f"{sheet_id}|{field}|{digits(text)}").hex()

    def fingerprint(self, text: str) -> bytes:
        """照合用の鍵付きハッシュ: equal for the same number wherever it was written."""
        return _hash(self._keys.pair(self.newest).index, digits(text))

    def fingerprints_of(self, number: IndividualNumber) -> list[bytes]:
        """この番号の照合用ハッシュ under every key there is: while keys change, equal numbers lie under different ones."""
        plain = self.reveal(number)
        return [_hash(pair.index, plain) for pair in self._keys.pairs()]

    def keep(self, session: Session, line: NumberLine, text: str, now: datetime) -> None:
        """登録: the agreed number of *line*; the number this person had before on an earlier paper ends."""
        report = session.get_one(NumberReport, line.report_id)
        ended = _in_force(session, report.recipient_id, line)
        [(ciphertext, index)] = self.seal_lines({line.id: text}).values()
        with in_store(session):
            for earlier in ended:
                earlier.ended_at = now
            session.add(IndividualNumber(line_id=line.id, ciphertext=ciphertext, key_version=self.newest, blind_index=index))

    def seal_lines(self, numbers: Mapping[int, str]) -> dict[int, tuple[bytes, bytes]]:
        """封じる: line → ciphertext and keyed hash of its number, under the newest keys; nothing is written yet."""
        return {line: (self._seal(digits(text), number_place(line)), self.fingerprint(text)) for line, text in numbers.items()}

    def reveal(self, number: IndividualNumber) -> str:
        """番号を開く: the twelve digits; the caller has written into the journal who asked and why."""
        return self._open(number.ciphertext, number_place(number.line_id), number.key_version)

    def seal_anew(self, rows: Iterable[Sealed]) -> Iterator[tuple[int, bytes, bytes]]:
        """封じ直す: each row's number, its ciphertext and its keyed hash under the newest keys; nothing is written yet."""
        for row in rows:
            plain = self._open(row.ciphertext, row.place, row.key_version)
            yield row.id, self._seal(plain, row.place), self.fingerprint(plain)

    @property
    def newest(self) -> int:
        """The version under which everything is sealed from now on."""
        return self._keys.newest

    def _seal(self, text: str, belongs_to: str) -> bytes:
        nonce, version = os.urandom(_NONCE), self.newest
        return nonce + self._pair(version).data.encrypt(nonce, text.encode(), f"{belongs_to}|{version}".encode())

    def _open(self, sealed: bytes, belongs_to: str, version: int) -> str:
        return self._pair(version).data.decrypt(sealed[:_NONCE], sealed[_NONCE:], f"{belongs_to}|{version}".encode()).decode()

    def _pair(self, version: int) -> KeyPair:
        return self._keys.pair(version)

    @property
    def _keys(self) -> Keyring:
        if self._ring is None:
            raise NoKeys
        return self._ring


LOCKED: Final = Vault()


def empty_drafts(session: Session, sheet_id: int) -> None:
    """封じた下書きを捨てる: after agreement only the agreed number stays."""
    with in_store(session):
        session.execute(delete(SealedNumber).where(SealedNumber.sheet_id == sheet_id))


def stored_fields(session: Session, sheet_id: int, turn: int) -> set[str]:
    """入力済みの欄: which places hold a sealed number in one turn; not what it is."""
    with in_store(session):
        return set(session.scalars(_typed_rows(sheet_id, turn).with_only_columns(SealedNumber.field)))


def same_number_elsewhere(session: Session, number: IndividualNumber, recipient_id: int | None, vault: Vault) -> list[int]:
    """同じ番号: other recipients who hold this very number in force; a sign that two files are one person."""
    alike = vault.fingerprints_of(number)
    with in_store(session):
        lines = session.scalars(select(IndividualNumber.line_id).where(
            IndividualNumber.blind_index.in_(alike), IndividualNumber.ended_at.is_(None))).all()
    return sorted(session.scalars(select(NumberReport.recipient_id).distinct().join(
        NumberLine, NumberLine.report_id == NumberReport.id).where(
        NumberLine.id.in_(lines), NumberLine.holder == "1", NumberReport.recipient_id != recipient_id)))


def numbers_of(session: Session, recipient_id: int) -> list[tuple[NumberLine, IndividualNumber]]:
    """この人の番号: each person named on the recipient's papers whose number is in force, sealed as it is."""
    lines = session.scalars(select(NumberLine).join(NumberReport, NumberReport.id == NumberLine.report_id).where(
        NumberReport.recipient_id == recipient_id).order_by(NumberLine.holder, NumberLine.id)).all()
    with in_store(session):
        numbers = {number.line_id: number for number in session.scalars(select(IndividualNumber).where(
            IndividualNumber.line_id.in_([line.id for line in lines]), IndividualNumber.ended_at.is_(None)))}
    return [(line, numbers[line.id]) for line in lines if line.id in numbers]


def _typed_rows(sheet_id: int, turn: int) -> Select[tuple[SealedNumber]]:
    return select(SealedNumber).where(SealedNumber.sheet_id == sheet_id, SealedNumber.turn == turn)


def _in_force(session: Session, recipient_id: int | None, line: NumberLine) -> list[IndividualNumber]:
    """The number that the same person of the same recipient has now: the patient, or who has this very name."""
    if recipient_id is None:
        return []
    return [number for each, number in numbers_of(session, recipient_id)
            if each.holder == line.holder and (line.holder == "1" or each.holder_name == line.holder_name)]


def number_place(line_id: int) -> str:
    """The row a number belongs to: moved to another one its ciphertext opens nothing."""
    return f"number|{line_id}"


def draft_place(sheet_id: int, field: str, turn: int) -> str:
    """The same for what was typed and is not agreed yet."""
    return f"sealed|{sheet_id}|{field}|{turn}"


def _hash(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")[:16]
