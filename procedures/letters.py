"""通知: which letters there are, what each one says, and that it was sent; wording is the city's own, versioned."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from models.application import Application
from models.certification import Notice
from models.inquiry import Inquiry
from models.journal import Action
from models.letter import Letter, LetterWording
from procedures import journal
from procedures.actor import Actor, full_name
from procedures.checklist import missing
from procedures.city import City
from procedures.columns import WITHHELD
from procedures.drafting import decision_of
from procedures.letter_address import address_of
from procedures.letter_facts import VALUE_NAMES, facts_of, values_of
from procedures.lookup import codes_of
from procedures.model_row import Stale
from procedures.progress import move
from procedures.protection import demand_sight, is_protected
from procedures.refusal import Refused
from procedures.series import next_number
from reports.letter import LetterText, filled, letter_pdf, names_in, put_in
from rules.parameters import figures
from translations.wording import said


@dataclass(frozen=True)
class Kind:
    """通知の種類: its name, to whom it goes, and which of the case's facts stand under 記."""

    label: str
    to: str  # applicant | facility | insurer | physician | office
    facts: tuple[str, ...]
    needs: str = ""  # an inquiry of this kind that waits, or "missing" papers
    marks: str = ""  # the recorded item that says it was sent


_RESULT = ("recipient_number", "name", "period", "cap", "diseases")
KINDS: Final[dict[str, Kind]] = {
    "certified": Kind("支給認定通知書", "applicant", _RESULT, marks="applicant"),
    "changed": Kind("変更認定通知書", "applicant", _RESULT, marks="applicant"),
    "refused": Kind("不認定通知書", "applicant", ("name", "diseases", "refusal_reason", "criteria", "number"), marks="applicant"),
    "held": Kind("保留通知", "applicant", ("name", "diseases", "hold_reason", "awaited", "number"), marks="applicant"),
    "loss": Kind("資格喪失通知書", "applicant", ("recipient_number", "name", "loss_reason", "loss_date"), marks="applicant"),
    "registration": Kind("登録者証", "applicant", ("registration_number", "name", "birth_date", "address", "diseases"),
                         marks="applicant"),
    "correction": Kind("補正依頼", "applicant", ("number", "name"), needs="missing"),
    "facility": Kind("医療機関通知", "facility", ("recipient_number", "name", "birth_date", "period", "cap"), marks="facility"),
    "insurer_inquiry": Kind("保険者照会", "insurer", ("name", "birth_date", "insured_number", "number"), needs="insurer"),
    "physician_inquiry": Kind("医師照会", "physician", ("name", "birth_date", "diseases", "number"), needs="physician"),
    "tax_inquiry": Kind("税照会", "office", ("name", "birth_date", "address", "number"), needs="tax"),
    "cost_inquiry": Kind("軽症高額照会", "facility", ("name", "birth_date", "number"), needs="mild_high_cost"),
    "inquiry_reminder": Kind("照会の督促", "asked", ("name", "birth_date", "number"), needs="reminded"),
    "draft": Kind("起案文書", "office", ("number", "kind", "name", "diseases", "proposal", "proposed_reason", "proposed_period", "tier", "cap", "reasons")),
    "renewal": Kind("更新案内", "applicant", ("recipient_number", "name", "period")),
    "reminder": Kind("勧奨通知", "applicant", ("recipient_number", "name", "period")),
    "payment_granted": Kind("償還払 支給決定通知書", "applicant", (
        "number", "recipient_number", "name", "months", "claimed", "granted", "refused", "left_out", "parts", "account")),
    "payment_refused": Kind("償還払 不支給決定通知書", "applicant", (
        "number", "recipient_number", "name", "months", "claimed", "why", "left_out", "parts")),
    "payment_held": Kind("償還払 保留通知", "applicant", ("number", "recipient_number", "name", "months", "claimed", "why", "awaited", "parts")),
    "payment_revoked": Kind("償還払 支給決定取消通知書", "applicant", ("number", "recipient_number", "name", "months", "claimed", "revoked", "taken_back")),
}
DUE_FOR: Final = {"1": ("certified", "facility"), "2": ("refused",), "3": ("changed", "facility"), "4": ("refused",),
                   "5": ("loss", "facility"), "6": ("held",), "9": ("registration",)}


class NoSuchLetter(Refused):
    """The case does not call for this letter."""

    message = "この申請では、その通知を出せません。申請の状態を確かめてください。"


class NothingMissing(Refused):
    """補正依頼 asks for what is missing."""

    message = "足りない書類がないため、補正依頼は出せません。"


class WordingWrong(Refused):
    """The wording names what no letter can say."""


def possible(session: Session, application: Application) -> list[str]:
    """出せる通知: what this case calls for now."""
    notice = session.scalars(select(Notice).where(Notice.application_id == application.id)).first()
    asked = session.execute(select(Inquiry.kind, Inquiry.reminded_on).where(
        Inquiry.application_id == application.id, Inquiry.closed_on.is_(None))).all()
    waiting = {row.kind for row in asked} | ({"reminded"} if any(row.reminded_on for row in asked) else set())
    found = list(DUE_FOR.get(notice.applicant_notice or "", ())) if notice else []
    if notice and notice.facility_notice == "0" and "facility" in found:
        found.remove("facility")
    found += [kind for kind, each in KINDS.items() if each.needs in waiting]
    if application.state not in ("issued", "closed", "refused", "withdrawn") and missing(session, application):
        found.append("correction")
    return [*found, *(("draft",) if application.state == "drafted" else ())]


def print_letter(session: Session, actor: Actor, application_id: int, kind: str, city: City, on: date,
                 now: datetime) -> bytes:
    """通知を出す: the letter is a row with its number and its hash, and the case says that it was sent. NoSuchLetter …"""
    application = session.get_one(Application, application_id, with_for_update=True)
    if kind not in possible(session, application):
        raise NothingMissing if kind == "correction" else NoSuchLetter
    if KINDS[kind].to == "applicant":
        demand_sight(session, actor, int(application.recipient_id or 0))
    due = on + timedelta(days=figures("office_days", on)["correction"]) if kind == "correction" else _due_of_inquiry(session, application, kind)
    letter = Letter(kind=kind, application_id=application.id, recipient_id=application.recipient_id, due_on=due)

    def made(wording: LetterWording) -> LetterText:
        text = text_of(session, application, kind, wording, letter.document_number, letter.dated, due)
        return replace(text, approvers=city.approvers, drafter=_drafter(session, application)) if kind == "draft" else text

    pdf = issue(session, actor, letter, made, city, on, now)
    _mark(session, application, kind, on)
    if kind == "registration" and application.state == "certified":
        move(application, "issued")
    journal.record(session, actor, Action.PRINTED, application, detail={"letter": kind, "reprint": letter.is_reprint})
    session.flush()
    return pdf


def issue(session: Session, actor: Actor, letter: Letter, make: Callable[[LetterWording], LetterText], city: City, on: date,
          now: datetime, since: datetime | None = None) -> bytes:
    """通知を一枚出す: *letter* gets its number, its day and its hash; a second print repeats the first one's, and says so.

    What was made before *since* was another letter about an earlier result.
    """
    wording = wording_in_force(session, letter.kind, on)
    again = session.scalars(select(Letter).where(
        Letter.kind == letter.kind, Letter.application_id.is_not_distinct_from(letter.application_id),
        Letter.claim_id.is_not_distinct_from(letter.claim_id), Letter.created_at >= since if since else true())
        .order_by(Letter.id.desc()).limit(1)).first()
    letter.wording_id, letter.is_reprint = wording.id, again is not None
    letter.document_number = again.document_number if again else document_number(session, city, on)
    letter.dated = again.dated if again else on
    pdf = letter_pdf([make(wording)], city, now)
    letter.printed_by, letter.printed_at = actor.user_id, now  # type: ignore[assignment]  # only a person prints
    letter.pdf_sha256 = hashlib.sha256(pdf).hexdigest()
    session.add(letter)
    session.flush()
    return pdf


def text_of(session: Session, application: Application, kind: str, wording: LetterWording, number: str, dated: date,
            due: date | None) -> LetterText:
    """通知の文: the city's wording filled in, the facts of this kind of letter, the addressee."""
    values = values_of(session, application, dated, due)
    words = codes_of(session, {"attachment"}, dated)["attachment"]
    items = tuple(words.get(code, code) for code in missing(session, application)) if kind == "correction" else ()
    known_facts = facts_of(session, application, dated)
    if KINDS[kind].to != "applicant" and is_protected(session, int(application.recipient_id or 0)):
        known_facts["address"] = (known_facts["address"][0], f"{WITHHELD} (支援措置)")
    facts = tuple(known_facts[name] for name in KINDS[kind].facts if known_facts.get(name, ("", ""))[1])
    code = str(application.acceptance_number) if kind in ("correction", "draft") else ""
    to = _asked(session, application) if KINDS[kind].to == "asked" else KINDS[kind].to
    return LetterText(address_of(session, application, to), number, dated, put_in(wording.subject, values),
                      filled(wording.body, values), facts, filled(wording.closing, values), items, code)


def _drafter(session: Session, application: Application) -> str:
    decision = decision_of(session, application.id)
    user = session.get(User, decision.drafted_by) if decision is not None else None
    return full_name(user) if user is not None else ""


def correction_due(session: Session, application_id: int) -> date | None:
    """補正の期限: until when the applicant was asked last; None where she was not."""
    return session.scalar(select(Letter.due_on).where(
        Letter.application_id == application_id, Letter.kind == "correction").order_by(Letter.id.desc()).limit(1))


def document_number(session: Session, city: City, on: date) -> str:
    """文書番号: the city's prefix and the next number of the fiscal year."""
    fiscal = on.year - (on.month < 4)
    return f"{city.document_prefix}{next_number(session, f'letter {fiscal}')}号"


def wording_in_force(session: Session, kind: str, on: date) -> LetterWording:
    """使う文面: the newest version in force on the day *on*."""
    found = session.scalars(select(LetterWording).where(
        LetterWording.kind == kind, LetterWording.effective_from <= on)
        .order_by(LetterWording.effective_from.desc(), LetterWording.number.desc()).limit(1)).first()
    if found is None:
        raise NoSuchLetter(said("「%(label)s」の文面がまだありません。", label=said(KINDS[kind].label)))
    return found


def newest_wording(session: Session, kind: str) -> int:
    """最新の版: the number of the wording published last, whenever it begins; 0 where there is none."""
    return session.scalar(select(func.max(LetterWording.number)).where(LetterWording.kind == kind)) or 0


def newest_published(session: Session, kind: str) -> LetterWording:
    """最後に公開した文面, whenever it begins."""
    return session.scalars(select(LetterWording).where(LetterWording.kind == kind)
                           .order_by(LetterWording.number.desc()).limit(1)).one()


def publish(session: Session, actor: Actor, kind: str, subject: str, body: str, closing: str, since: date,
            on: date, seen: str | None = None) -> LetterWording:
    """文面を公開する: a new version from the day *since*; WordingWrong names what cannot be filled in, Stale what came after *seen*."""
    check_wording(subject, body, closing)
    if since < on:
        raise WordingWrong("適用開始日は今日以降にしてください。出した通知の文面は変えられません。")
    newest = newest_wording(session, kind)
    if seen is not None and seen != str(newest):
        raise Stale
    made = LetterWording(kind=kind, number=newest + 1, subject=subject.strip(), body=body.strip(), closing=closing.strip(),
                         effective_from=since, published_by=actor.user_id)
    session.add(made)
    session.flush()
    journal.record(session, actor, Action.ADMINISTERED, made, detail={"wording": kind, "number": made.number})
    return made


def check_wording(subject: str, body: str, closing: str) -> None:
    """文面を確かめる: WordingWrong where it is blank or names what no letter knows."""
    if not subject.strip() or not body.strip():
        raise WordingWrong("件名と本文を入力してください。")
    unknown = [name for text in (subject, body, closing) for name in names_in(text) if name not in VALUE_NAMES]
    if unknown:
        raise WordingWrong(said("差込み {%(name)s} はありません。使えるのは %(list)s です。", name=unknown[0],
                                list="、".join(f"{{{name}}}" for name in VALUE_NAMES)))


def _due_of_inquiry(session: Session, application: Application, kind: str) -> date | None:
    which = Inquiry.reminded_on.is_not(None) if kind == "inquiry_reminder" else Inquiry.kind == KINDS[kind].needs
    return session.scalar(select(Inquiry.due_on).where(
        Inquiry.application_id == application.id, which, Inquiry.closed_on.is_(None)))


def _mark(session: Session, application: Application, kind: str, on: date) -> None:
    """通知日 (79・81): the day the notice was first sent."""
    notice = session.scalars(select(Notice).where(Notice.application_id == application.id)).first()
    if notice is not None and KINDS[kind].marks == "applicant":
        notice.applicant_notice_date = notice.applicant_notice_date or on
    if notice is not None and KINDS[kind].marks == "facility":
        notice.facility_notice, notice.facility_notice_date = "2", notice.facility_notice_date or on


def _asked(session: Session, application: Application) -> str:
    """To whom the reminded inquiry went."""
    kind = session.scalars(select(Inquiry.kind).where(
        Inquiry.application_id == application.id, Inquiry.closed_on.is_(None), Inquiry.reminded_on.is_not(None))
        .order_by(Inquiry.id.desc())).first()
    return next((each.to for each in KINDS.values() if kind and each.needs == kind), "office")
