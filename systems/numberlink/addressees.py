"""①宛名管理: rows of 住登者 and 住登外 from the feed; an older one is sent back, people who may be one are listed, never merged."""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from exchange.integrated_number import holds_individual_number
from exchange.soap import SoapFault
from systems.frame.server import Caller
from systems.numberlink.gate import refuse_numbers
from systems.numberlink.tables import Addressee, Candidate, CodeRequest, Intake, Integrated

ON_REGISTER: Final = "0"  # 住登外区分 of a resident
SAME_NAME, SAME_PLACE = "氏名と生年月日が同じ", "生年月日・性別・住所が同じ"


def register(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """AtenaToroku: each row is 反映, 候補あり (and stored), or 差戻 with its reason; one bad row stops no other."""
    taken = []
    for row in values["宛名"]:
        why, known = _take(session, row)
        found = likes(session, known) if known is not None else []
        outcome = "差戻" if why else "候補あり" if found else "反映"
        session.add(Intake(system=caller.system, file_number=row["整理番号"], history_number=int(row["履歴番号"]),
                           outcome=outcome, reason=why))
        taken.append({"整理番号": row["整理番号"], "取込区分": outcome, "理由": why or None, "候補": found,
                      "統合宛名番号": number_of(session, known) if known is not None else None})
    session.flush()
    return {"取込": taken}


def look_up(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """TogoAtenaShokai: whether a 宛名 has its 統合宛名番号, and how its code stands; SoapFault(unknown) for nobody."""
    known = addressee(session, values["整理番号"])
    state = session.scalar(select(CodeRequest.state).where(CodeRequest.integrated_id == known.integrated_id).order_by(
        CodeRequest.id.desc()).limit(1)) if known.integrated_id else None
    return {"統合宛名番号": number_of(session, known), "番号登録済": known.integrated_id is not None, "符号状態": state or "未取得"}


def addressee(session: Session, file_number: str) -> Addressee:
    """The 宛名 under *file_number*, for the caller alone until it commits."""
    known = session.scalars(select(Addressee).where(Addressee.file_number == file_number).with_for_update()).one_or_none()
    if known is None:
        raise SoapFault("unknown", "この整理番号の宛名はありません。先に宛名を登録してください。")
    return known


def person(session: Session, number: str) -> Integrated:
    """Who has this 統合宛名番号; SoapFault(unknown) for nobody."""
    found = session.scalars(select(Integrated).where(Integrated.number == number)).one_or_none()
    if found is None:
        raise SoapFault("unknown", "この統合宛名番号の人はいません。")
    return found


def number_of(session: Session, known: Addressee) -> str | None:
    """統合宛名番号 of a 宛名; None before 付番."""
    return session.get_one(Integrated, known.integrated_id).number if known.integrated_id else None


def likes(session: Session, known: Addressee) -> list[dict[str, Any]]:
    """候補: the others that may be the same person and about whom nobody has decided; each pair is listed once."""
    alike = session.scalars(select(Addressee).where(
        Addressee.birth_date == known.birth_date, Addressee.id != known.id)) if known.birth_date else ()
    for other in alike:
        why = _why_alike(known, other)
        if why and (known.integrated_id is None or known.integrated_id != other.integrated_id):
            first, second = sorted((known.id, other.id))
            session.execute(insert(Candidate).values(
                first_id=first, second_id=second, reason=why, state="未判断").on_conflict_do_nothing())
    return [{"整理番号": other.file_number, "理由": pair.reason, "統合宛名番号": number_of(session, other)}
            for pair, other in _pairs(session, known, ("未判断", "確認待"))]


def confirmed_same(session: Session, known: Addressee) -> list[Addressee]:
    """Whom two people have declared to be the same person as *known*."""
    return [other for _pair, other in _pairs(session, known, ("同一人",))]


def decide(session: Session, pair: Candidate, who: str, note: str, *, same: bool) -> None:
    """未判断→確認待 (同一人 proposed) or 別人, with what it rests on; SoapFault otherwise."""
    if pair.state != "未判断":
        raise SoapFault("state", "この候補はもう判断されています。")
    if not note.strip():
        raise SoapFault("reason", "判断の根拠を入力してください。")
    refuse_numbers(note)
    if same and _two_numbers(session, pair):
        raise SoapFault("two_numbers", "二人にはそれぞれ統合宛名番号があります。統合宛名番号は付け替えられないので、"
                                       "どちらの個人番号が誤りかを先に確かめてください。")
    pair.state, pair.decided_by, pair.note = "確認待" if same else "別人", who, note.strip()
    session.flush()


def confirm(session: Session, pair: Candidate, who: str, *, agrees: bool) -> None:
    """確認待→同一人 by a second person, who may also send it back; the one without a number gets the other's."""
    if pair.state != "確認待":
        raise SoapFault("state", "この候補はいま確認できません。")
    if pair.decided_by == who:
        raise SoapFault("same_person", "判断した人とは別の人が確認してください。")
    if not agrees:
        pair.state, pair.decided_by = "未判断", None
    elif _two_numbers(session, pair):
        raise SoapFault("two_numbers", "判断のあとで、二人に別々の統合宛名番号が付きました。同一人にはできません。")
    else:
        pair.state, pair.confirmed_by = "同一人", who
        first, second = _both(session, pair)
        first.integrated_id = second.integrated_id = first.integrated_id or second.integrated_id
    session.flush()


def _take(session: Session, row: Mapping[str, Any]) -> tuple[str, Addressee | None]:
    """Store one row; return why not, and the 宛名 as it stands now."""
    known = session.scalars(select(Addressee).where(
        Addressee.file_number == row["整理番号"]).with_for_update()).one_or_none()
    content, history = {name: value for name, value in row.items() if value}, int(row["履歴番号"])
    why = _why_not(known, content, history)
    if why:
        return why, known
    known = known or Addressee(file_number=row["整理番号"])
    known.municipality_number, known.history_number, known.content = row["市区町村番号"], history, content
    known.name, known.sex, known.off_register = row["氏名"], row.get("性別"), row.get("住登外区分")
    known.birth_date = date.fromisoformat(row["生年月日"]) if row.get("生年月日") else None
    session.add(known)
    session.flush()
    return "", known


def _why_not(known: Addressee | None, content: Mapping[str, Any], history: int) -> str:
    if any(holds_individual_number(str(value)) for name, value in content.items() if name not in ("整理番号", "世帯番号")):
        return "個人番号とみられる数字が入っています"
    if not str(content.get("氏名", "")).strip():
        return "氏名がありません"
    if known is None:
        return ""
    if known.municipality_number != content["市区町村番号"]:
        return "同じ整理番号が別の市区町村番号で届きました"
    if history < known.history_number:
        return "履歴番号がいまの宛名より古いものです"
    if history == known.history_number and content != known.content:
        return "同じ履歴番号で内容が違います"
    return ""


def _why_alike(one: Addressee, other: Addressee) -> str:
    if _spelt(one.name) == _spelt(other.name):
        return SAME_NAME
    places = [_spelt(str(each.content.get("住所") or "")) for each in (one, other)]
    off = [each.off_register not in (None, "", ON_REGISTER) for each in (one, other)]
    return SAME_PLACE if places[0] and places[0] == places[1] and one.sex == other.sex and off[0] != off[1] else ""


def _spelt(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _pairs(session: Session, known: Addressee, states: Sequence[str]) -> list[tuple[Candidate, Addressee]]:
    pairs = session.scalars(select(Candidate).where(
        (Candidate.first_id == known.id) | (Candidate.second_id == known.id), Candidate.state.in_(states)).order_by(Candidate.id))
    return [(pair, session.get_one(Addressee, pair.second_id if pair.first_id == known.id else pair.first_id)) for pair in pairs]


def _both(session: Session, pair: Candidate) -> tuple[Addressee, Addressee]:
    first, second = (session.get_one(Addressee, number, with_for_update=True) for number in (pair.first_id, pair.second_id))
    return first, second


def _two_numbers(session: Session, pair: Candidate) -> bool:
    first, second = _both(session, pair)
    return None not in (first.integrated_id, second.integrated_id) and first.integrated_id != second.integrated_id

