"""外字配信: rules and decisions as one signed table, numbered; given out again whenever a decision changed it."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from exchange.characters import DESTINATIONS, CharacterTable, digest_of, sign
from systems.frame.files import lay_down
from systems.frame.screens import note
from systems.frame.server import Caller
from systems.frame.settings import Settings
from systems.frame.store import Common
from systems.platform import characters, shrinking
from systems.platform.service_tables import CharacterDecision, CharacterIssue

PUBLIC_KEY: Final = "characters.pub"  # beside the certificates, as everybody who verifies finds it
FOLDER: Final = "characters"
_ONE_AT_A_TIME: Final = 5_403_021


def signing_key(settings: Settings) -> Ed25519PrivateKey:
    """署名の鍵; made once, readable by its owner only, its public half beside the certificates."""
    path = settings.data_dir / "characters.key"
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        lay_down(path, Ed25519PrivateKey.generate().private_bytes_raw().hex().encode(), 0o600, replaces=False)
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text()))
    settings.tls_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    lay_down(settings.tls_dir / PUBLIC_KEY, key.public_key().public_bytes_raw().hex().encode(), 0o644)
    return key


def current(session: Session) -> CharacterIssue | None:
    """いまの版."""
    return session.scalars(select(CharacterIssue).order_by(CharacterIssue.number.desc()).limit(1)).one_or_none()


def is_behind(session: Session) -> bool:
    """Whether something was decided since the last table was given out."""
    last = current(session)
    return last is None or last.decisions != _decisions(session)


def issue(session: Session, tables: Common, key: Ed25519PrivateKey, now: datetime) -> CharacterIssue | None:
    """版を出す: what holds now, signed, under the next number; None where that is what was given out last."""
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ONE_AT_A_TIME})
    decisions = characters.all_decided(session)
    letters = {name: {**shrinking.rules(name), **decisions.get(name, {})} for name in DESTINATIONS}
    basis, last = _basis(letters), current(session)
    if last is not None and (last.basis, last.decisions) == (basis, _decisions(session)):
        return None
    number = 1 if last is None else last.number + 1
    content = sign(key, CharacterTable(number, letters), now, shrinking.SOURCE)
    made = CharacterIssue(number=number, basis=basis, sha256=digest_of(content), content=content,
                          decisions=_decisions(session))
    session.add(made)
    note(session, tables, "platform", "issued characters", str(number), detail={"decisions": made.decisions})
    session.flush()
    return made


def put_out(session: Session, folder: Path) -> bool:
    """置く: the newest table lies in the share as a file; True where it did not yet."""
    newest = current(session)
    if newest is None:
        return False
    place = folder / FOLDER / f"characters-{newest.number:05}.json"
    if place.exists():
        return False
    place.parent.mkdir(parents=True, exist_ok=True)
    lay_down(place, newest.content, 0o644)
    return True


def table_of(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """MojiHyo: the newest table where the caller has an older one."""
    newest = current(session)
    number = newest.number if newest else 0
    is_newer = newest is not None and number > int(values["手元の版"])
    return {"版": number, "署名ファイル": newest.content.decode() if newest and is_newer else None}


def asked(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """MojiIrai: the letter waits for two people, or is in the table already."""
    characters.ask(session, characters.letter_of(values["文字番号"]), values["出力先"], caller.system)
    return {"受付日時": datetime.now(UTC).isoformat()}


def _decisions(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(CharacterDecision)) or 0


def _basis(letters: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(letters, sort_keys=True).encode()).hexdigest()
