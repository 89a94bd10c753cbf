"""番号の保管: every 個人番号 lies sealed in its own schema; this room alone seals, compares and opens them.

AES-256-GCM with the row it belongs to as associated data, so that a ciphertext moved to another row opens nothing;
equality is asked of a keyed hash (HMAC-SHA-256 cut to 128 bits) under a key of its own. The keys come from the key file.
"""

import hashlib
import hmac
import os
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from models.number_report import IndividualNumber, NumberLine, NumberReport, SealedNumber
from procedures.refusal import Refused
from rules.spelling import digits

KEY_VERSION: Final = 1
SETTLED: Final = 3  # the turn of the settling person
_NONCE: Final = 12


class NoKeys(Refused):
    """This process was not given the keys of the numbering store."""

    message = "個人番号の鍵がないため、この票は扱えません。管理者に連絡してください。"


class Vault:
    """金庫: the keys of the numbering store; without a master key it refuses everything."""

    def __init__(self, master: bytes | None = None) -> None:
        self._data = AESGCM(_derived(b"number-data", master)) if master else None
        self._index = _derived(b"number-index", master) if master else b""

    def type_in(self, session: Session, sheet_id: int, field: str, turn: int, text: str) -> None:
        """下書きの番号: what was typed is kept sealed, whatever it is; blank takes it away."""
        row = session.scalar(_typed_rows(sheet_id, turn).where(SealedNumber.field == field))
        if not text.strip():
            if row is not None:
                session.delete(row)
            return
        row = row or SealedNumber(sheet_id=sheet_id, field=field, turn=turn)
        row.ciphertext = self._seal(text, f"sealed|{sheet_id}|{field}|{turn}")
        row.key_version, row.blind_index = KEY_VERSION, self.fingerprint(text)
        session.add(row)
        session.flush()

    def typed(self, session: Session, sheet_id: int, turn: int) -> dict[str, str]:
        """打った番号: field → text as typed in one turn; for judging it, never for showing it."""
        return {row.field: self._open(row.ciphertext, f"sealed|{sheet_id}|{row.field}|{turn}")
                for row in session.scalars(_typed_rows(sheet_id, turn))}

    def move(self, session: Session, sheet_id: int, turn: int, to: int) -> None:
        """移す: what was typed in one turn lies under another, sealed anew."""
        for field, text in self.typed(session, sheet_id, turn).items():
            self.type_in(session, sheet_id, field, to, text)
            self.type_in(session, sheet_id, field, turn, "")

    def tag(self, sheet_id: int, field: str, text: str) -> str:
        """突合の印: equal for equal numbers of the same place of the same paper, and telling nothing elsewhere."""
        return self._hash(f"{sheet_id}|{field}|{digits(text)}").hex()

    def fingerprint(self, text: str) -> bytes:
        """照合用の鍵付きハッシュ: equal for the same number wherever it was written."""
        return self._hash(digits(text))

    def keep(self, session: Session, line: NumberLine, text: str, now: datetime) -> None:
        """登録: the agreed number of *line*; the number this person had before on an earlier paper ends."""
        report = session.get_one(NumberReport, line.report_id)
        for earlier in _in_force(session, report.recipient_id, line):
            earlier.ended_at = now
        session.add(IndividualNumber(
            line_id=line.id, ciphertext=self._seal(digits(text), f"number|{line.id}"), key_version=KEY_VERSION,
            blind_index=self.fingerprint(text)))
        session.flush()

    def reveal(self, number: IndividualNumber) -> str:
        """番号を開く: the twelve digits; the caller has written into the journal who asked and why."""
        return self._open(number.ciphertext, f"number|{number.line_id}")

    def _seal(self, text: str, belongs_to: str) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, text.encode(), f"{belongs_to}|{KEY_VERSION}".encode())

    def _open(self, sealed: bytes, belongs_to: str) -> str:
        return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], f"{belongs_to}|{KEY_VERSION}".encode()).decode()

    @property
    def _cipher(self) -> AESGCM:
        if self._data is None:
            raise NoKeys
        return self._data

    def _hash(self, text: str) -> bytes:
        if not self._index:
            raise NoKeys
        return hmac.digest(self._index, text.encode(), "sha256")[:16]


LOCKED: Final = Vault()


def empty_drafts(session: Session, sheet_id: int) -> None:
    """封じた下書きを捨てる: after agreement only the agreed number stays."""
    session.execute(delete(SealedNumber).where(SealedNumber.sheet_id == sheet_id))


def stored_fields(session: Session, sheet_id: int, turn: int) -> set[str]:
    """入力済みの欄: which places hold a sealed number in one turn; not what it is."""
    return {row.field for row in session.scalars(_typed_rows(sheet_id, turn))}


def same_number_elsewhere(session: Session, number: IndividualNumber, recipient_id: int | None) -> list[int]:
    """同じ番号: other recipients who hold this very number in force; a sign that two files are one person."""
    query = select(NumberReport.recipient_id).join(NumberLine, NumberLine.report_id == NumberReport.id).join(
        IndividualNumber, IndividualNumber.line_id == NumberLine.id).where(
        IndividualNumber.blind_index == number.blind_index, IndividualNumber.ended_at.is_(None),
        NumberLine.holder == "1", NumberReport.recipient_id != recipient_id)
    return sorted({found for found in session.scalars(query) if found is not None})


def numbers_of(session: Session, recipient_id: int) -> list[tuple[NumberLine, IndividualNumber]]:
    """この人の番号: each person named on the recipient's papers whose number is in force, sealed as it is."""
    return [(row[0], row[1]) for row in session.execute(
        select(NumberLine, IndividualNumber).join(IndividualNumber, IndividualNumber.line_id == NumberLine.id)
        .join(NumberReport, NumberReport.id == NumberLine.report_id)
        .where(NumberReport.recipient_id == recipient_id, IndividualNumber.ended_at.is_(None))
        .order_by(NumberLine.holder, NumberLine.id))]


def _typed_rows(sheet_id: int, turn: int) -> Select[tuple[SealedNumber]]:
    return select(SealedNumber).where(SealedNumber.sheet_id == sheet_id, SealedNumber.turn == turn)


def _in_force(session: Session, recipient_id: int | None, line: NumberLine) -> list[IndividualNumber]:
    """The number that the same person of the same recipient has now: the patient, or who has this very name."""
    if recipient_id is None:
        return []
    return [number for each, number in numbers_of(session, recipient_id)
            if each.holder == line.holder and (line.holder == "1" or each.holder_name == line.holder_name)]


def _derived(purpose: bytes, master: bytes) -> bytes:
    return hashlib.sha256(purpose + b"|" + str(KEY_VERSION).encode() + b"|" + master).digest()
