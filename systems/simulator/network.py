"""情報提供ネットワークシステムの代役: checks the list, signs permits, carries questions, answers, codes and notices."""

import hmac
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from exchange import match_list
from exchange.information import codes_of, plain
from exchange.permit import PermitWrong, sign, verify
from exchange.soap import SoapFault
from systems.frame.outbox import send
from systems.frame.server import Caller
from systems.simulator.behaviour import current, disturb
from systems.simulator.municipality import OUR_CITY, answer_to, kind_of, record
from systems.simulator.tables import COMMON, CitizenNotice, CodeRequest, Disclosure, Permit, Question

LASTS: Final = timedelta(minutes=10)


class Network:
    """The operations of the ``network`` and ``gateway`` contracts."""

    def __init__(self, secret: bytes, key: Ed25519PrivateKey) -> None:
        self._secret, self._key = secret, key
        self._wrong = Ed25519PrivateKey.from_private_bytes(hmac.digest(secret, b"wrong", "sha256"))

    @property
    def public_key(self) -> Ed25519PublicKey:
        return self._key.public_key()

    def permit(self, session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """KyokashoYokyu: a signed permit for what the list permits today, else the reason."""
        now = datetime.now(UTC)
        question = match_list.Question(
            kind_of(values["照会者機関コード"]), values["事務コード"], values["事務手続コード"],
            kind_of(values["提供者機関コード"]), values["特定個人情報名コード"])
        if match_list.permitting(match_list.rows(), question, now.date()) is None:
            return {"拒否理由": "照会許可照合リストにありません。"}
        content = {**values, "許可証ID": uuid.uuid4().hex.upper(), "発行日時": now.isoformat(),
                   "有効期限": (now + LASTS).isoformat()}
        signed = sign(self._wrong if current(session) == "wrong_signature" else self._key, content)
        session.add(Permit(permit_id=signed["許可証ID"], processing_number=values["処理通番"], content=signed))
        session.flush()
        return {"許可証": signed}

    def question(self, session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """ShokaiSoshin: our city's question reaches the other one, whose answer is on its way."""
        now, permit = datetime.now(UTC), values["許可証"]
        try:
            verify(self.public_key, permit, now, inquirer=OUR_CITY)
        except PermitWrong as wrong:
            raise SoapFault(f"permit_{wrong.code}", "許可証を確認できません。") from wrong
        asked = Question(processing_number=permit["処理通番"], direction="ours", code=values["符号"], permit=dict(permit),
                         tax_year=values.get("対象年度"), state="回答済")
        answer = answer_to(permit["特定個人情報名コード"], values["符号"], values.get("対象年度"))
        asked.state, asked.answer, asked.digest = answer.outcome, answer.content, answer.digest
        session.add(asked)
        record(session, permit, now, answer.item_codes, is_withheld=answer.outcome == "不開示")
        row = send(session, COMMON.outgoing, "interconnect", "KekkaTsuchi", {
            "処理通番": permit["処理通番"], "許可証ID": permit["許可証ID"], "回答区分": answer.outcome,
            "特定個人情報": answer.content, "項目要約値": answer.digest, "提供日時": now.isoformat()}, "nothing", asked.id)
        disturb(session, row, now)
        return {"受付日時": now.isoformat()}

    def answer(self, session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """KaitoSoshin: what our city gave after a person had looked at it."""
        asked = session.scalars(select(Question).where(
            Question.processing_number == values["処理通番"], Question.direction == "theirs").with_for_update()).one_or_none()
        if asked is None or asked.permit["許可証ID"] != values["許可証ID"]:
            raise SoapFault("unknown", "この処理通番の照会はありません。")
        if asked.state == "保留":
            take_answer(session, asked, values)
        return {"受付日時": datetime.now(UTC).isoformat()}

    def announce(self, session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """FugoShutokuYokyu: 中間サーバ waits for the code of this processing number."""
        self._code_request(session, values["処理通番"]).is_announced = True
        self._bring_code(session, values["処理通番"])
        return {"受付日時": datetime.now(UTC).isoformat()}

    def gateway(self, session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """FugoIrai: the 住基GW turns a 個人番号 into the code of our institution and forgets the number."""
        code = hmac.digest(self._secret, f"{OUR_CITY}|{values['個人番号']}".encode(), "sha256").hex().upper()
        self._code_request(session, values["処理通番"]).code = code
        self._bring_code(session, values["処理通番"])
        return {"受付日時": datetime.now(UTC).isoformat()}

    def notice(self, session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """OshiraseSoshin: it lies in the citizen's mailbox."""
        session.add(CitizenNotice(processing_number=values["処理通番"], code=values["符号"], title=values["件名"],
                                  body=values["本文"], wants_reply=values["回答要否"] == "true", state="送信済"))
        return {"受付日時": datetime.now(UTC).isoformat()}

    def cancel_notice(self, session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """OshiraseTorikeshi: only as long as nobody has opened it."""
        found = session.scalars(select(CitizenNotice).where(
            CitizenNotice.processing_number == values["処理通番"]).with_for_update()).one_or_none()
        if found is None:
            raise SoapFault("unknown", "このお知らせはありません。")
        found.state = "取消" if found.state == "送信済" else found.state
        return {"お知らせ状態": found.state}

    def records(self, session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """KirokuShogo: the other institution's records of a span of time, for reconciliation."""
        found = session.scalars(select(Disclosure).where(
            Disclosure.asked_at >= datetime.fromisoformat(values["自"]),
            Disclosure.asked_at < datetime.fromisoformat(values["至"])).order_by(Disclosure.processing_number))
        return {"記録": [_spoken(each) for each in found]}

    def _code_request(self, session: Session, number: str) -> CodeRequest:
        session.execute(insert(CodeRequest).values(processing_number=number).on_conflict_do_nothing())
        return session.scalars(select(CodeRequest).where(CodeRequest.processing_number == number).with_for_update()).one()

    def _bring_code(self, session: Session, number: str) -> None:
        session.flush()
        known = self._code_request(session, number)
        if known.is_announced and known.code:
            row = send(session, COMMON.outgoing, "interconnect", "FugoTsuchi", {"処理通番": number, "符号": known.code}, "nothing")
            disturb(session, row, datetime.now(UTC))


def take_answer(session: Session, asked: Question, values: Mapping[str, Any]) -> None:
    """Our city's answer to another's question is stored and recorded on the other side, once."""
    asked.state, asked.answer, asked.digest = values["回答区分"], plain(values.get("特定個人情報")), values.get("項目要約値")
    if asked.state != "拒否":
        provided = values["提供日時"]
        record(session, asked.permit, provided if isinstance(provided, datetime) else datetime.fromisoformat(provided),
               codes_of(asked.answer), is_withheld=asked.state == "不開示")
    session.flush()


def ask(session: Session, network: Network, *, code: str, inquirer: str, office_code: str, procedure_code: str) -> Question:
    """別の機関からの照会: it is on its way to our city, with a permit where the list grants one; SoapFault where not."""
    number = uuid.uuid4().hex.upper()
    given = network.permit(session, Caller("simulator", "simulator"), {
        "処理通番": number, "照会者機関コード": inquirer, "提供者機関コード": OUR_CITY, "事務コード": office_code,
        "事務手続コード": procedure_code, "特定個人情報名コード": "NANBYO01"})
    permit = given.get("許可証") or forged(number, inquirer, office_code, procedure_code)
    asked = Question(processing_number=number, direction="theirs", code=code, permit=dict(permit), state="照会中")
    session.add(asked)
    session.flush()
    row = send(session, COMMON.outgoing, "interconnect", "TeikyoYokyu", {"許可証": permit, "符号": code}, "question", asked.id)
    disturb(session, row, datetime.now(UTC))
    return asked


def forged(number: str, inquirer: str, office_code: str, procedure_code: str) -> dict[str, Any]:
    """A permit nobody signed: what the list does not grant is asked all the same, and must be refused by our city."""
    now = datetime.now(UTC)
    return {"許可証ID": f"X{number}", "処理通番": number, "照会者機関コード": inquirer, "提供者機関コード": OUR_CITY,
            "事務コード": office_code, "事務手続コード": procedure_code, "特定個人情報名コード": "NANBYO01",
            "発行日時": now.isoformat(), "有効期限": (now + LASTS).isoformat(), "署名": "00" * 64}


def _spoken(each: Disclosure) -> dict[str, Any]:
    return {"処理通番": each.processing_number, "照会者機関コード": each.inquirer, "提供者機関コード": each.provider,
            "照会日時": each.asked_at.isoformat(), "提供日時": each.provided_at.isoformat() if each.provided_at else None,
            "事務コード": each.office_code, "事務手続コード": each.procedure_code, "特定個人情報名コード": each.information_code,
            "項目コード": each.item_codes["codes"], "不開示フラグ": each.is_withheld}

