"""②付番: one 統合宛名番号 a 個人番号, for good; the number is kept sealed and shown only for a reason that is written down."""

import hmac
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from exchange.integrated_number import integrated_number, is_individual_number
from exchange.number_match import match_digest
from exchange.soap import SoapFault
from systems.frame.server import Caller
from systems.numberlink import addressees, code_request, permissions
from systems.numberlink.tables import PLACES, Addressee, Integrated, Reveal, SealedNumber
from systems.numberlink.vault import Vault, current

ONE_AT_A_TIME: Final = 5_403_201  # two assignments never run at once: equal numbers meet one another


class Numbering:
    """付番の窓口: stands on the vault and on the key that the core compares under."""

    def __init__(self, vault: Vault, match_key: Callable[[], bytes | None]) -> None:
        self._vault, self._match_key = vault, match_key

    def assign(self, session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Fuban: the 宛名 has the 統合宛名番号 of its 個人番号, new or known, and its code is asked for; else a fault."""
        permissions.demand(session, caller, "keying", "numbers")
        number = values["個人番号"]
        if not is_individual_number(number):
            raise SoapFault("number", "個人番号の検査用数字が合いません。原本を確かめてください。")
        if not values["本人確認"].strip():
            raise SoapFault("identity", "本人確認の方法を入力してください。")
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ONE_AT_A_TIME})
        known = addressees.addressee(session, values["整理番号"])
        held, is_new = self._vault.holder(session, number), False
        if held is not None:
            _join(session, known, held)
        elif known.integrated_id is None:
            known.integrated_id, is_new = self._made(session, number, caller, values["本人確認"]).id, True
        else:
            self._change(session, known.integrated_id, number, caller, values)
        return self._assigned(session, known, caller, is_new=is_new)

    def reveal(self, session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """BangoKakunin: the number, to somebody who may and says why; recorded in the same transaction."""
        permissions.demand(session, caller, "numbers")
        person, approver = addressees.person(session, values["統合宛名番号"]), values.get("承認者")
        if not values["理由"].strip():
            raise SoapFault("reason", "確認する理由を入力してください。")
        if person.needs_permission:
            given = permissions.use(session, person, caller, datetime.now(UTC)).approved_by
            if approver not in (None, given):
                raise SoapFault("permission", "承認者が、番号連携サーバで承認した職員と違います。")
            approver = given
        if approver == caller.staff_id:
            raise SoapFault("same_person", "承認者は、確認する職員とは別の職員でなければなりません。")
        session.add(Reveal(integrated_id=person.id, system=caller.system, staff_id=caller.staff_id,
                           reason=values["理由"].strip(), approved_by=approver, request_id=caller.request_id))
        session.flush()
        return {"個人番号": self.number_of(session, person.id)}

    def compare(self, session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """BangoShogo: whether the number behind a keyed digest is the one kept; the number itself does not travel."""
        key, known = self._match_key(), addressees.addressee(session, values["整理番号"])
        if key is None:
            raise SoapFault("match_key", "照合の鍵が置かれていません。運用担当に連絡してください。", "Server")
        row = current(session, known.integrated_id) if known.integrated_id else None
        return {"一致": row is not None and hmac.compare_digest(
            match_digest(key, self._vault.open(row)), values["鍵付要約値"])}

    def number_of(self, session: Session, integrated_id: int) -> str:
        """The number in force, opened; SoapFault(no_number) where there is none."""
        row = current(session, integrated_id)
        if row is None:
            raise SoapFault("no_number", "この人の個人番号はありません。")
        return self._vault.open(row)

    def _made(self, session: Session, number: str, caller: Caller, assured_by: str) -> Integrated:
        person = Integrated(number=integrated_number(int(session.scalar(PLACES) or 0)))
        session.add(person)
        session.flush()
        self._vault.seal(session, person, number, caller.staff_id, assured_by)
        return person

    def _change(self, session: Session, integrated_id: int, number: str, caller: Caller, values: Mapping[str, Any]) -> None:
        """番号の変更 (番号法7条2項): the same person under a new number; the code of the old one ends."""
        if str(values.get("番号変更")).lower() not in ("true", "1"):
            raise SoapFault("other_number", "この宛名には別の個人番号が登録されています。番号が変わったときは、番号変更として登録してください。")
        person, earlier = session.get_one(Integrated, integrated_id), current(session, integrated_id)
        if earlier is not None:
            earlier.ended_at = datetime.now(UTC)
            session.flush()
        self._vault.seal(session, person, number, caller.staff_id, values["本人確認"])
        code_request.renew(session, person, caller.staff_id)

    def _assigned(self, session: Session, known: Addressee, caller: Caller, *, is_new: bool) -> Mapping[str, Any]:
        for same in addressees.confirmed_same(session, known):
            same.integrated_id = same.integrated_id or known.integrated_id
        session.flush()
        person = session.get_one(Integrated, known.integrated_id)
        code_request.ask(session, person, caller.staff_id)
        others = [{"整理番号": each.file_number, "理由": "個人番号が同じ", "統合宛名番号": person.number}
                  for each in _of(session, person.id) if each.id != known.id]
        return {"統合宛名番号": person.number, "新規": is_new, "候補": others + addressees.likes(session, known)}


def _join(session: Session, known: Addressee, held: SealedNumber) -> None:
    """The number is known: the 宛名 is this person's, or somebody is wrong."""
    if held.ended_at is not None:
        raise SoapFault("ended_number", "この個人番号は変更前のものです。いまの番号を確かめてください。")
    if known.integrated_id not in (None, held.integrated_id):
        raise SoapFault("taken", "この個人番号は別の統合宛名番号の人に登録されています。番号の入力と本人確認をやり直してください。")
    births = {each.birth_date for each in _of(session, held.integrated_id)} | {known.birth_date}
    if len(births - {None}) > 1:
        raise SoapFault("other_person", "この個人番号は、生年月日の違う別の宛名に登録されています。番号の入力と本人確認をやり直してください。")
    known.integrated_id = held.integrated_id


def _of(session: Session, integrated_id: int) -> list[Addressee]:
    return list(session.scalars(select(Addressee).where(Addressee.integrated_id == integrated_id).order_by(Addressee.id)))
