"""⑫自己情報提供: what a person is told about herself, and to whom it was given, once the network has confirmed who she is."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.soap import SoapFault
from systems.frame.server import Caller
from systems.interconnect import disclosure_log, identifiers, replica
from systems.interconnect.tables import SelfRequest

LOOKS_BACK: Final = timedelta(days=7 * 366)


def asked_by_citizen(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """JikoJohoYokyu: by her code; SoapFault(identity) where nobody has confirmed who asks."""
    known = session.scalars(select(SelfRequest).where(SelfRequest.processing_number == values["処理通番"])).one_or_none()
    number = known.addressee_number if known else identifiers.addressee_of(session, values["符号"])
    return _tell(session, values, number, values["処理通番"], is_new=known is None)


def asked_at_counter(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """JTK_JikoJohoTeikyo: by 統合宛名番号, at the city's counter."""
    return _tell(session, values, values["統合宛名番号"], f"C{datetime.now(UTC).timestamp():.6f}".replace(".", ""), is_new=True)


def _tell(session: Session, values: Mapping[str, Any], number: str | None, processing_number: str, *,
          is_new: bool) -> dict[str, Any]:
    if str(values["本人確認済"]).lower() not in ("true", "1"):
        raise SoapFault("identity", "本人確認が済んでいません。")
    held = replica.current(session, number, values["特定個人情報名コード"]) if number else None
    # A person whom 支援措置 protects asks at the counter, where her own answer cannot reach somebody who took her card.
    outcome = "該当なし" if held is None or held.is_deleted else "不開示" if held.needs_a_person else "回答済"
    if is_new:
        session.add(SelfRequest(processing_number=processing_number, addressee_number=number,
                                information_code=values["特定個人情報名コード"], outcome=outcome))
        session.flush()
    now = datetime.now(UTC)
    records = disclosure_log.found(session, now - LOOKS_BACK, now, number) if number and outcome != "不開示" else []
    return {"回答区分": outcome, "特定個人情報": held.content if held is not None and outcome == "回答済" else None,
            "記録": [disclosure_log.spoken(each) for each in records]}
