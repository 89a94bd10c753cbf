"""⑧セキュリティ管理: the keys permits are checked with, the list they are checked against, and an alarm for what is not right."""

import os
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from exchange import match_list
from exchange.permit import PermitWrong, verify
from systems.interconnect.tables import Alarm, MatchEntry, TrustedKey

OUR_CITY: Final = "111007"
PREFECTURES_END: Final = "000"  # a municipal code ending so, before its check digit, is a prefecture
ALARMS: Final = {"permit": "許可証を確認できない", "list": "照合リストにない要求", "digest": "届いた内容の要約値が合わない",
                 "records": "提供等記録が相手と合わない", "unknown": "心当たりのない回答"}


def kind_of(institution: str) -> str:
    """governor for a prefecture, mayor for every other institution."""
    return "governor" if institution[2:5] == PREFECTURES_END else "mayor"


def distribute(session: Session, rows: tuple[match_list.MatchRow, ...]) -> None:
    """照合リストの配信: every row of the list is known; one that is known keeps its place."""
    for row in rows:
        session.execute(insert(MatchEntry).values(
            **{name: getattr(row.question, name) for name in match_list.Question.__dataclass_fields__}, basis=row.basis,
            use=row.use, valid_from=row.valid_from, valid_to=row.valid_to).on_conflict_do_update(
            index_elements=["inquirer_kind", "office_code", "procedure_code", "provider_kind", "information_code", "valid_from"],
            set_={"valid_to": row.valid_to}))
    session.flush()


def permitted(session: Session, inquirer: str, provider: str, values: Mapping[str, Any], on: date) -> bool:
    """照合: whether the list of the day names this question, every code alike."""
    return session.scalar(select(MatchEntry.id).where(
        MatchEntry.inquirer_kind == kind_of(inquirer), MatchEntry.provider_kind == kind_of(provider),
        MatchEntry.office_code == values["事務コード"], MatchEntry.procedure_code == values["事務手続コード"],
        MatchEntry.information_code == values["特定個人情報名コード"], MatchEntry.valid_from <= on,
        (MatchEntry.valid_to.is_(None)) | (MatchEntry.valid_to >= on)).limit(1)) is not None


def trust(session: Session, public_key: str) -> None:
    """鍵を登録する: permits signed with it count; those before it count no more."""
    known = list(session.scalars(select(TrustedKey).where(TrustedKey.state == "有効")))
    if [each.public_key for each in known] == [public_key]:
        return
    for each in known:
        each.state = "失効"
    session.execute(insert(TrustedKey).values(public_key=public_key, state="有効").on_conflict_do_update(
        index_elements=["public_key"], set_={"state": "有効"}))
    session.flush()


def check_permit(session: Session, permit: Mapping[str, Any], now: datetime, **expected: str) -> None:
    """許可証を確かめる: PermitWrong unless a key that counts signed it and it says what is *expected*."""
    published = _published()
    if published:
        trust(session, published)
    keys = session.scalars(select(TrustedKey.public_key).where(TrustedKey.state == "有効")).all()
    fault = PermitWrong("signature")
    for key in keys:
        try:
            verify(Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)), permit, now, **expected)
            return
        except PermitWrong as wrong:
            fault = wrong
    raise fault


def _published() -> str | None:
    """The key the network publishes now, where this installation was told to follow it (a trial)."""
    path = os.environ.get("NANBYO_PERMIT_KEY")
    return Path(path).read_text().strip() if path and Path(path).exists() else None


def alarm(session: Session, kind: str, subject: str) -> None:
    """警報: somebody must look; *subject* is a processing number, never a person."""
    session.add(Alarm(kind=kind, subject=subject))
    session.flush()


def close_alarm(session: Session, number: int, who: str, note: str) -> bool:
    """警報を閉じる, saying what was done; False where it is closed or not there."""
    found = session.get(Alarm, number, with_for_update=True)
    if found is None or found.closed_at is not None or not note.strip():
        return False
    found.closed_at, found.closed_by, found.note = datetime.now(UTC), who, note.strip()
    session.flush()
    return True
