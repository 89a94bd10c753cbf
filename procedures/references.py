"""紙の上の番号: whether the 受給者番号 or 申請受理番号 written on a paper names somebody or something we know."""

from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forms.sheet import Sheet
from models.recipient import Recipient
from models.sheet import ReceivedSheet
from rules.spelling import digits

_UNKNOWN: Final = {
    "written_recipient_number": "この受給者番号は台帳にありません。原本の番号を確かめ、原本が誤っていれば受付に返戻してください。",
    "written_acceptance_number": "この申請受理番号は受付簿にありません。一緒に出された申請書で確かめてください。",
}


def acceptance_number_of(session: Session, written: str) -> str | None:
    """申請受理番号 as we gave it out, whatever hyphens, width or case somebody wrote; None where we gave out none."""
    plain = digits(written).upper()
    return session.scalar(select(ReceivedSheet.acceptance_number).where(
        func.replace(ReceivedSheet.acceptance_number, "-", "") == plain)) if plain else None


def unknown(session: Session, sheet: Sheet, raw: Mapping[str, str]) -> dict[str, str]:
    """知らない番号: field name → sentence for each written number that leads nowhere; blank ones are judged elsewhere."""
    return {place.name: _UNKNOWN[place.item.attribute] for place in sheet.fields()
            if place.item.attribute in _KNOWN and raw.get(place.name, "").strip()
            and not _KNOWN[place.item.attribute](session, raw[place.name])}


def _is_a_recipient(session: Session, written: str) -> bool:
    return session.scalar(select(Recipient.id).where(Recipient.recipient_number == digits(written))) is not None


def _was_received(session: Session, written: str) -> bool:
    return acceptance_number_of(session, written) is not None


_KNOWN: Final[dict[str, Callable[[Session, str], bool]]] = {
    "written_recipient_number": _is_a_recipient, "written_acceptance_number": _was_received}
