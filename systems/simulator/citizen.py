"""住民の代役: opens and answers notices, and asks what a city holds and gave away about her (マイナポータル)."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.soap import SoapFault
from systems.frame.outbox import send
from systems.frame.store import Outgoing
from systems.simulator.tables import COMMON, CitizenNotice, Question


def open_notice(session: Session, number: int, reply: str) -> CitizenNotice | None:
    """開封・回答: our city hears of it; a cancelled notice cannot be opened any more (None)."""
    notice = session.get(CitizenNotice, number, with_for_update=True)
    if notice is None or notice.state not in ("送信済", "開封"):
        return None
    notice.opened_at = notice.opened_at or datetime.now(UTC)
    notice.state, notice.reply = ("回答済", reply) if reply and notice.wants_reply else ("開封", notice.reply)
    send(session, COMMON.outgoing, "interconnect", "OshiraseJokyo", {"お知らせ": {
        "処理通番": notice.processing_number, "お知らせ状態": notice.state, "開封日時": notice.opened_at.isoformat(),
        "回答": notice.reply}}, "nothing", notice.id)
    return notice


def ask_about_herself(session: Session, code: str) -> Question:
    """自己情報の請求: her identity was confirmed by the network; the answer comes back to her."""
    number = uuid.uuid4().hex.upper()
    asked = Question(processing_number=number, direction="theirs", code=code, permit={}, state="照会中")
    session.add(asked)
    session.flush()
    send(session, COMMON.outgoing, "interconnect", "JikoJohoYokyu", {
        "処理通番": number, "符号": code, "特定個人情報名コード": "NANBYO01", "本人確認済": True}, "herself", asked.id)
    return asked


def heard(session: Session, row: Outgoing, answer: Mapping[str, Any] | SoapFault) -> None:
    """What our city told her, or why it did not."""
    asked = session.scalars(select(Question).where(Question.id == row.subject_id).with_for_update()).one()
    asked.state = f"エラー {answer.code}" if isinstance(answer, SoapFault) else str(answer["回答区分"])
    if not isinstance(answer, SoapFault):
        asked.answer = {"情報": _plain(answer.get("特定個人情報")), "記録": len(answer.get("記録") or [])}
    session.flush()


def _plain(information: Any) -> Any:
    return None if information is None else [[each["項目コード"], str(each["値"])] for each in information["項目"]]
