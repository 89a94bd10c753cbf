"""情報照会: another institution is asked what the match list allows on that day, for a stated purpose; the answer is filed with its source."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange import match_list
from exchange import numberlink_calls as calls
from exchange.match_list import MatchRow
from models.application import Application
from models.household import HouseholdMember
from models.journal import Action
from models.neighbour import IntegratedNumber, NetworkInquiry
from models.recipient import Recipient
from procedures import journal, outbox
from procedures.actor import Actor
from procedures.case import NoSuchCase
from procedures.city import City
from procedures.household import household_of
from procedures.integrated_numbers import known_as
from procedures.progress import demand, may_move
from procedures.refusal import Refused
from procedures.register_lookup import file_number_of
from rules.tax_year import tax_year
from translations.wording import said

TAX: Final = "CHIHOZEI01"
OURS: Final = "mayor"  # 照会者の区分: what our city is
OFFICE: Final = "B2120"  # 特定医療費の支給の事務
HERSELF: Final = "00"  # 続柄: 本人
SHORTEST: Final = 4


class NotOnTheList(Refused):
    """The match list does not allow this question on this day."""

    message = "照会許可照合リストに、この照会を許す行が今日はありません。照会できません。"


class WhatFor(Refused):
    """Nobody asks about a person without saying what for."""

    message = "照会の目的を入力してください。目的は記録に残ります。"


class WhomToAsk(Refused):
    """The institution's code is missing, or it is our own."""

    message = "照会先の機関コードを6桁で入力してください。この市の情報は、取り込んだ住民情報・税情報から引きます。"


class AskedAlready(Refused):
    """The same question waits for its answer."""

    message = "同じ照会が回答を待っています。"


class NoSuchInquiry(Refused):
    """It is not there, or not in a state for this."""

    message = "この照会にはいまその操作ができません。画面を開き直してください。"


class NotReadable(Refused):
    """The answer lacks an item, or an amount is none."""

    message = "回答に税額がそろっていません。照会先に確かめ、課税証明書で入力してください。"


@dataclass(frozen=True)
class Question:
    """照会の内容: about which line of the household (None: the patient), what, of whom, for what."""

    member_id: int | None
    row: int  # place in allowed()
    provider_code: str
    purpose: str


@dataclass(frozen=True)
class Asked:
    """照会の一件: the question, whom it is about, what the list calls it, and the answer's lines."""

    inquiry: NetworkInquiry
    name: str
    acceptance_number: str
    use: str
    lines: list[tuple[str, str]]


@dataclass(frozen=True)
class Head:
    """照会の画面の頭: whose case it is, whether she can be asked about, and where the household was taxed."""

    recipient_id: int
    name: str
    acceptance_number: str
    file_number: str | None
    state: str  # no_number | known
    taxed_by: str | None
    is_open: bool


def head_of(session: Session, application_id: int, city: City) -> Head:
    """Return what the page of a case begins with; NoSuchCase."""
    application = session.get(Application, application_id)
    if application is None or application.recipient_id is None:
        raise NoSuchCase
    person = session.get_one(Recipient, application.recipient_id)
    known = session.scalar(select(IntegratedNumber).where(IntegratedNumber.file_number == person.file_number))
    lines = others_of(session, application_id)
    return Head(person.id, person.name, application.acceptance_number, person.file_number,
                "no_number" if known is not None and known.has_individual_number is False else "known",
                next((each.taxed_by for each in lines if each.taxed_by not in (None, city.municipality)), None), may_move(application, "assessed"))


def others_of(session: Session, application_id: int) -> list[HouseholdMember]:
    """世帯員 beside the patient, as the paper has them; looking makes no line."""
    return list(session.scalars(select(HouseholdMember).where(
        HouseholdMember.application_id == application_id, HouseholdMember.member_relationship != HERSELF)
        .order_by(HouseholdMember.position)))


def allowed(on: date) -> list[MatchRow]:
    """許されている照会: the rows of the match list for our office on the day *on*; nothing else can be asked."""
    return [row for row in match_list.rows() if row.question.inquirer_kind == OURS and row.question.office_code == OFFICE
            and row.valid_from <= on and (row.valid_to is None or on <= row.valid_to)]


def ask(session: Session, actor: Actor, application_id: int, question: Question, city: City, on: date) -> NetworkInquiry:
    """照会する: it waits in the outbox, the row of the list that allows it beside it.

    NotOnTheList, WhatFor, WhomToAsk, AskedAlready, NotLinked; a case that is decided is asked about no more.
    """
    application = session.get_one(Application, application_id, with_for_update=True)
    demand(application, "assessed")
    rows = allowed(on)
    if not 0 <= question.row < len(rows):
        raise NotOnTheList
    code, what = question.provider_code.strip(), rows[question.row]
    if not (code.isascii() and code.isdigit() and len(code) == 6) or code == city.municipality:
        raise WhomToAsk
    if len(question.purpose.strip()) < SHORTEST:
        raise WhatFor
    person = session.get_one(Recipient, application.recipient_id)
    file_number = file_number_about(session, application_id, question.member_id, person)
    known = known_as(session, file_number, person.id)
    if session.scalar(select(NetworkInquiry.id).where(
            NetworkInquiry.file_number == known.file_number, NetworkInquiry.information_code == what.question.information_code,
            NetworkInquiry.provider_code == code, NetworkInquiry.state.in_(("waiting", "asked")))):
        raise AskedAlready
    inquiry = NetworkInquiry(
        application_id=application_id, recipient_id=person.id, member_id=question.member_id, file_number=known.file_number,
        provider_code=code, office_code=what.question.office_code, procedure_code=what.question.procedure_code,
        information_code=what.question.information_code, basis=what.basis,
        tax_year=tax_year(application.application_date) if what.question.information_code == TAX else None,
        purpose=question.purpose.strip(), asked_by=actor.user_id, asked_on=on)
    session.add(inquiry)
    session.flush()
    outbox.send(session, "ShokaiYokyu", inquiry, person.id, staff=outbox.staff_id(session, actor))
    journal.record(session, actor, Action.REGISTERED, inquiry, reason=inquiry.purpose, detail={
        "information": inquiry.information_code, "provider": code})
    return inquiry


def cancel(session: Session, actor: Actor, inquiry_id: int) -> None:
    """取り消す, while it was not sent yet; NoSuchInquiry afterwards (an answer on its way cannot be called back)."""
    inquiry = session.get(NetworkInquiry, inquiry_id, with_for_update=True)
    if inquiry is None or inquiry.state != "waiting":
        raise NoSuchInquiry
    inquiry.state = "cancelled"
    session.flush()
    journal.record(session, actor, Action.CHANGED, inquiry, detail={"state": "cancelled"})


def file_tax(session: Session, actor: Actor, inquiry_id: int, now: datetime) -> HouseholdMember:
    """判定に取り込む: the answered figures stand in the member's line, with whom they are from and since when.

    NoSuchInquiry, NotReadable; refused where the case is decided already.
    """
    inquiry = session.get(NetworkInquiry, inquiry_id, with_for_update=True)
    if inquiry is None or inquiry.state != "answered" or inquiry.information_code != TAX or inquiry.filed_at:
        raise NoSuchInquiry
    demand(session.get_one(Application, inquiry.application_id, with_for_update=True), "assessed")
    told = calls.tax_of(inquiry.answer or {})
    if told is None or inquiry.answered_at is None:
        raise NotReadable
    line = _line(session, inquiry)
    line.tax_year, line.member_income_levy_yen = inquiry.tax_year, told["income_levy_yen"]
    line.member_taxation = "1" if told["taxed"] and told["income_levy_yen"] else "2" if told["taxed"] else "3"
    line.per_capita_levy_yen, line.total_income_yen = told["per_capita_levy_yen"], told["total_income_yen"]
    line.pension_yen, line.taxed_by = told["pension_yen"], inquiry.provider_code
    line.tax_source = calls.source_of_tax(inquiry.tax_year, inquiry.provider_code, inquiry.reference, inquiry.answered_at.astimezone(now.tzinfo).date())
    inquiry.filed_by, inquiry.filed_at = actor.user_id, now
    session.flush()
    journal.record(session, actor, Action.CHANGED, inquiry, detail={"tax_year": inquiry.tax_year, "lines": 1})
    return line


def keep(session: Session, actor: Actor, inquiry_id: int, now: datetime) -> None:
    """判定の資料にする: an answer without figures stands as looked at, by whom and when; its 整理番号 in a line that has none.

    NoSuchInquiry where there is no such answer, or it was filed; refused where the case is decided already.
    """
    inquiry = session.get(NetworkInquiry, inquiry_id, with_for_update=True)
    if inquiry is None or inquiry.state != "answered" or inquiry.information_code == TAX or inquiry.filed_at:
        raise NoSuchInquiry
    demand(session.get_one(Application, inquiry.application_id, with_for_update=True), "assessed")
    line = _line(session, inquiry)
    line.member_file_number = line.member_file_number or inquiry.file_number
    inquiry.filed_by, inquiry.filed_at = actor.user_id, now
    session.flush()
    journal.record(session, actor, Action.CHANGED, inquiry, detail={"kept": inquiry.information_code})


def of_case(session: Session, actor: Actor, application_id: int) -> list[Asked]:
    """この申請の照会, the latest first; the look is journalled."""
    application = session.get(Application, application_id)
    if application is None:
        raise NoSuchCase
    journal.record(session, actor, Action.SAW, application, detail={"screen": "network_inquiries"})
    return _told(session, actor, list(session.scalars(select(NetworkInquiry).where(
        NetworkInquiry.application_id == application_id).order_by(NetworkInquiry.id.desc()))))


def open_ones(session: Session, actor: Actor, now: datetime) -> list[Asked]:
    """気にかける照会: those that wait, and of the last thirty days those whose answer nobody filed; journalled."""
    return _told(session, actor, list(session.scalars(select(NetworkInquiry).where(
        NetworkInquiry.state.in_(("waiting", "asked")) | (
            NetworkInquiry.filed_at.is_(None) & (NetworkInquiry.answered_at > now - timedelta(days=30))))
        .order_by(NetworkInquiry.id.desc()).limit(200))))


def _told(session: Session, actor: Actor, inquiries: Sequence[NetworkInquiry]) -> list[Asked]:
    uses = {row.question.information_code: row.use for row in match_list.rows()}
    found = []
    for each in inquiries:
        line = session.get(HouseholdMember, each.member_id) if each.member_id else None
        name = line.member_name if line else session.get_one(Recipient, each.recipient_id).name
        number = session.get_one(Application, each.application_id).acceptance_number
        found.append(Asked(each, name, number, uses.get(each.information_code, each.information_code), calls.lines_of(each.answer)))
    journal.record(session, actor, Action.LISTED, detail={
        "inquiries": len(found), "recipients": sorted({each.recipient_id for each in inquiries})})
    return found


def file_number_about(session: Session, application_id: int, member_id: int | None, person: Recipient) -> str | None:
    """整理番号 of the line asked about (None: the patient), as the paper or the register has it; Refused for no line of the case."""
    if member_id is None:
        return person.file_number
    line = next((each for each in others_of(session, application_id) if each.id == member_id), None)
    if line is None:
        raise Refused(said("世帯員を一覧から選んでください。"))
    return line.member_file_number or file_number_of(session, line.member_name, line.member_birth_date)


def _line(session: Session, inquiry: NetworkInquiry) -> HouseholdMember:
    """The line of the household the answer is about; the patient's own where the patient was asked about."""
    lines = household_of(session, inquiry.application_id)
    found = [each for each in lines if each.id == inquiry.member_id] or [
        each for each in lines if inquiry.member_id is None and each.member_relationship == HERSELF]
    if not found:
        raise NoSuchInquiry
    return found[0]
