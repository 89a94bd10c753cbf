"""番号の金庫: the only place where a 個人番号 is sealed, found and opened; it leaves it only to the caller it was opened for.

AES-256-GCM with the row it belongs to as associated data: moved to another row it opens nothing. Equal numbers are found by a
keyed hash (HMAC-SHA-256 cut to 128 bits); without the key it tells nothing.
"""

import hmac
import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from systems.numberlink.keys import NONCE, Keys
from systems.numberlink.tables import Integrated, SealedNumber


class Vault:
    """金庫."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def blind_index(self, number: str) -> bytes:
        """Equal for equal numbers."""
        return hmac.digest(self._keys.index, number.encode(), "sha256")[:16]

    def seal(self, session: Session, person: Integrated, number: str, who: str, assured_by: str) -> SealedNumber:
        """封じる: *number* is the number of *person* from now on."""
        index, version = self.blind_index(number), self._keys.newest
        row = SealedNumber(integrated_id=person.id, blind_index=index, key_version=version, entered_by=who,
                           assured_by=assured_by, ciphertext=self._sealed(number, person.id, index, version))
        session.add(row)
        session.flush()
        return row

    def holder(self, session: Session, number: str) -> SealedNumber | None:
        """Whose number it is, or was; None where nobody had it."""
        return session.scalars(select(SealedNumber).where(
            SealedNumber.blind_index == self.blind_index(number))).one_or_none()

    def open(self, row: SealedNumber) -> str:
        """開く: the twelve digits; the caller has written down who asked and why."""
        return self._keys.data(row.key_version).decrypt(
            row.ciphertext[:NONCE], row.ciphertext[NONCE:], _place(row.integrated_id, row.blind_index, row.key_version)).decode()

    def seal_anew(self, session: Session, most: int) -> int:
        """封じ直す: up to *most* rows that lie under an older key lie under the newest; return how many."""
        version = self._keys.newest
        rows = session.scalars(select(SealedNumber).where(SealedNumber.key_version < version).order_by(SealedNumber.id)
                               .limit(most).with_for_update(skip_locked=True)).all()
        for row in rows:
            number = self.open(row)
            row.ciphertext, row.key_version = self._sealed(number, row.integrated_id, row.blind_index, version), version
        session.flush()
        return len(rows)

    def new_key(self) -> int:
        """鍵を替える: everything is sealed under a new key from now on; return its version."""
        return self._keys.add()

    def _sealed(self, number: str, integrated_id: int, index: bytes, version: int) -> bytes:
        nonce = secrets.token_bytes(NONCE)
        return nonce + self._keys.data(version).encrypt(nonce, number.encode(), _place(integrated_id, index, version))


def current(session: Session, integrated_id: int) -> SealedNumber | None:
    """The number a person has now, sealed; None for nobody's."""
    return session.scalars(select(SealedNumber).where(
        SealedNumber.integrated_id == integrated_id, SealedNumber.ended_at.is_(None))).one_or_none()


def _place(integrated_id: int, index: bytes, version: int) -> bytes:
    return f"sealed_number|{integrated_id}|{index.hex()}|{version}".encode()
