"""④情報提供: the core's provision data is handed on to 中間サーバ unchanged; what was handed on stays here as a digest only."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exchange.information import digest_of, plain
from exchange.reference import new_reference
from exchange.soap import SoapFault
from systems.frame.outbox import send
from systems.frame.server import Caller
from systems.frame.store import Outgoing
from systems.numberlink import addressees
from systems.numberlink.tables import COMMON, Integrated, Provided


def register(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """TeikyoToroku: taken in and on its way; SoapFault(version) for one that is not newer than the last."""
    number, information = values["統合宛名番号"], plain(values["特定個人情報"]) or {}
    person = session.get_one(Integrated, addressees.person(session, number).id, with_for_update=True)
    code, version = str(information["特定個人情報名コード"]), int(values["版"])
    newest = session.scalar(select(func.max(Provided.version)).where(
        Provided.integrated_id == person.id, Provided.information_code == code, Provided.state != "差戻"))
    if newest is not None and version <= newest:
        raise SoapFault("version", f"版が新しくありません。いまの版は {newest} です。")
    given = Provided(
        reference=new_reference("T"), integrated_id=person.id, information_code=code, kind=values["登録区分"], version=version,
        needs_a_person=values["自動応答不可フラグ"].lower() in ("true", "1"), digest=digest_of(information), state="受付")
    session.add(given)
    session.flush()
    send(session, COMMON.outgoing, "interconnect", "DBM_FukuhonToroku", {
        "統合宛名番号": number, "登録区分": given.kind, "版": version, "自動応答不可フラグ": given.needs_a_person,
        "特定個人情報": information}, "provided", given.id)
    return {"受付番号": given.reference}


def left(session: Session, row: Outgoing, answer: Mapping[str, Any] | SoapFault) -> None:
    """受付→登録済, or 差戻 with the code of the fault; the outbox forgets what it carried, unless it was never heard."""
    given = session.get_one(Provided, row.subject_id, with_for_update=True)
    given.fault = answer.code if isinstance(answer, SoapFault) else None
    if isinstance(answer, SoapFault) and answer.side == "Server":
        return  # given up: somebody sends it again (運用)
    given.state = "差戻" if isinstance(answer, SoapFault) else "登録済"
    row.content = {"統合宛名番号": row.content["統合宛名番号"], "要約値": given.digest}
    session.flush()
