"""⑥情報提供データベース管理: the replica of what the city provides, by version; an older one never overwrites a newer."""

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.information import digest_of, plain
from exchange.soap import SoapFault
from systems.frame.server import Caller
from systems.interconnect.tables import Replica


def register(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """DBM_FukuhonToroku: 新規・更新・削除 by person, information and version; SoapFault(version) for one that is not newer."""
    information = plain(values["特定個人情報"])
    if information is None:
        raise SoapFault("schema", "特定個人情報がありません。")
    known = current(session, values["統合宛名番号"], information["特定個人情報名コード"], lock=True)
    version = int(values["版"])
    if known is not None and version <= known.version:
        raise SoapFault("version", f"版が新しくありません。いまの版は {known.version} です。")
    if known is not None:
        known.is_current = False
        session.flush()
    made = Replica(addressee_number=values["統合宛名番号"], information_code=information["特定個人情報名コード"], version=version,
                   is_current=True, is_deleted=values["登録区分"] == "削除",
                   needs_a_person=str(values["自動応答不可フラグ"]).lower() in ("true", "1"), content=information,
                   digest=digest_of(information))
    session.add(made)
    session.flush()
    return {"受付番号": f"R{made.id:010}"}


def current(session: Session, addressee_number: str, information_code: str, *, lock: bool = False) -> Replica | None:
    """いまの副本 of one person; None where there is none yet."""
    query = select(Replica).where(Replica.addressee_number == addressee_number, Replica.is_current,
                                  Replica.information_code == information_code)
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def reconcile(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """DBM_FukuhonShogo: how many replicas there are and one digest over all, to be compared with the original's."""
    lines = session.execute(select(Replica.addressee_number, Replica.digest).where(
        Replica.information_code == values["特定個人情報名コード"], Replica.is_current, ~Replica.is_deleted)
        .order_by(Replica.addressee_number)).all()
    summed = hashlib.sha256("".join(f"{number} {digest}\n" for number, digest in lines).encode()).hexdigest()
    return {"件数": len(lines), "要約値": summed}


def of_version(session: Session, addressee_number: str, information_code: str, version: int) -> Replica:
    """The replica as it was in that version."""
    return session.scalars(select(Replica).where(
        Replica.addressee_number == addressee_number, Replica.information_code == information_code,
        Replica.version == version)).one()
