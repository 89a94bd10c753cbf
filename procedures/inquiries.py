"""照会: asked, reminded and answered; the case's recorded items say the same, and lists go out and come back as files."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.table_file import EnvelopeWrong, read_table
from models.application import Application
from models.inquiry import INQUIRY_KINDS, Inquiry
from models.insurance import ClinicalForm, Insurance
from models.journal import Action
from models.recipient import Recipient
from models.review import Review
from procedures import journal, known
from procedures.actor import Actor
from procedures.characters import write_file
from procedures.import_report import Fault, Report
from procedures.lookup import codes_of
from procedures.refusal import Refused
from procedures.review import review_of
from rules.parameters import figures

ASKED, ANSWERED, AGAIN, WITHDRAWN = "1", "2", "3", "9"  # 照会区分
# The application's recorded items that follow an inquiry: 19–21, 28–30, 56–58.
ITEMS: Final = {"physician": (ClinicalForm, "physician_inquiry"), "insurer": (Insurance, "insurer_inquiry"),
                "mild_high_cost": (Review, "mild_high_cost_inquiry")}
HEADINGS: Final = ("照会番号", "申請受理番号", "受給者番号", "氏名", "生年月日", "保険者番号", "記号番号", "照会内容", "照会日", "回答期限",
                   "適用区分", "回答")


class NoSuchInquiry(Refused):
    """It was answered already, or never asked."""

    message = "この照会はもう終わっています。一覧を開き直してください。"


class AskedAlready(Refused):
    """One question of a kind at a time."""

    message = "同じ種類の照会が回答待ちです。回答を登録するか、督促してください。"


class NothingAsked(Refused):
    """An inquiry says what it wants to know."""

    message = "照会の内容を入力してください。"


class NothingOverdue(Refused):
    """Every inquiry is within its time."""

    message = "回答期限を過ぎた照会はありません。"


@dataclass(frozen=True)
class Waiting:
    """回答待ちの照会: with its age in days and how long it is overdue (0: not)."""

    inquiry: Inquiry
    application: Application
    name: str
    age: int
    overdue: int


def ask(session: Session, actor: Actor, application_id: int, kind: str, question: str, on: date) -> Inquiry:
    """照会する: it waits for its answer; asked again where the same was answered before. AskedAlready, NothingAsked."""
    if kind not in INQUIRY_KINDS or not question.strip():
        raise NothingAsked
    application = session.get_one(Application, application_id, with_for_update=True)
    before = session.scalars(select(Inquiry).where(
        Inquiry.application_id == application_id, Inquiry.kind == kind)).all()
    if any(each.closed_on is None for each in before):
        raise AskedAlready
    inquiry = Inquiry(application_id=application_id, kind=kind, state=AGAIN if before else ASKED, asked_on=on,
                      question=question.strip(), due_on=on + timedelta(days=figures("office_days", on)[f"{kind}_inquiry"]),
                      asked_by=actor.user_id)
    session.add(inquiry)
    _follow(session, application, inquiry)
    journal.record(session, actor, Action.CHANGED, application, detail={"inquiry": kind, "state": inquiry.state})
    session.flush()
    return inquiry


def answer(session: Session, actor: Actor, inquiry_id: int, text: str, on: date,
           insurance_class: str | None = None) -> Inquiry:
    """回答を登録する: the inquiry is closed; the insurer's 適用区分 stands in the insurance. NoSuchInquiry."""
    inquiry = _open(session, inquiry_id)
    if not text.strip() and not insurance_class:
        raise Refused("回答の内容を入力してください。")
    application = session.get_one(Application, inquiry.application_id, with_for_update=True)
    inquiry.state, inquiry.closed_on, inquiry.answer = ANSWERED, on, text.strip() or None
    _follow(session, application, inquiry)
    if insurance_class:
        insurance = known.known(session, Insurance, application)
        if insurance is not None:
            insurance.insurance_class = insurance_class
    journal.record(session, actor, Action.CHANGED, application, detail={"inquiry": inquiry.kind, "state": ANSWERED})
    session.flush()
    return inquiry


def withdraw(session: Session, actor: Actor, inquiry_id: int, on: date) -> None:
    """照会を取り下げる: no answer is expected any more. NoSuchInquiry."""
    inquiry = _open(session, inquiry_id)
    application = session.get_one(Application, inquiry.application_id, with_for_update=True)
    inquiry.state, inquiry.closed_on = WITHDRAWN, on
    _follow(session, application, inquiry)
    journal.record(session, actor, Action.CHANGED, application, detail={"inquiry": inquiry.kind, "state": WITHDRAWN})
    session.flush()


def remind(session: Session, actor: Actor, inquiry_id: int, on: date) -> None:
    """督促する: the day of the reminder stands with the inquiry, and a new day by which to answer. NoSuchInquiry."""
    inquiry = _open(session, inquiry_id)
    inquiry.reminded_on = on
    inquiry.due_on = on + timedelta(days=figures("office_days", on)[f"{inquiry.kind}_inquiry"])
    journal.record(session, actor, Action.CHANGED, session.get(Application, inquiry.application_id),
                   detail={"inquiry": inquiry.kind, "reminded": True})
    session.flush()


def remind_overdue(session: Session, actor: Actor, on: date) -> int:
    """期限を過ぎた照会をまとめて督促する; return how many. NothingOverdue."""
    late = list(session.scalars(select(Inquiry.id).where(Inquiry.closed_on.is_(None), Inquiry.due_on < on)))
    if not late:
        raise NothingOverdue
    for number in late:
        remind(session, actor, number, on)
    return len(late)


def waiting(session: Session, actor: Actor, on: date, kind: str | None = None, most: int = 300) -> list[Waiting]:
    """回答待ちの一覧, the longest waiting first; whom the list showed is journalled."""
    query = (select(Inquiry, Application, Recipient.name).join(Application, Application.id == Inquiry.application_id)
             .join(Recipient, Recipient.id == Application.recipient_id)
             .where(Inquiry.closed_on.is_(None)).order_by(Inquiry.asked_on, Inquiry.id).limit(most))
    rows = session.execute(query.where(Inquiry.kind == kind) if kind else query).all()
    journal.record(session, actor, Action.LISTED, detail={
        "inquiries": kind or "all", "rows": len(rows), "recipients": [row[1].recipient_id for row in rows]})
    return [Waiting(inquiry, application, name, (on - inquiry.asked_on).days, max((on - inquiry.due_on).days, 0))
            for inquiry, application, name in rows]


def of_case(session: Session, application_id: int) -> list[Inquiry]:
    """この申請の照会, the newest first."""
    return list(session.scalars(select(Inquiry).where(Inquiry.application_id == application_id).order_by(
        Inquiry.id.desc())))


def request_file(session: Session, actor: Actor, kind: str, on: date) -> str:
    """照会ファイル: every open inquiry of a kind as a table, with blanks for the answers; written out is journalled."""
    lines, people = [], []
    for each in waiting(session, actor, on, kind, most=100_000):
        insurance = known.known(session, Insurance, each.application)
        person = session.get_one(Recipient, each.application.recipient_id)
        each.inquiry.batch = f"{on:%Y%m%d}-{kind}"
        people.append(person.id)
        lines.append((each.inquiry.id, each.application.acceptance_number, person.recipient_number, person.name,
                      person.birth_date.isoformat(), getattr(insurance, "insurer_number", None),
                      getattr(insurance, "insured_number", None), each.inquiry.question,
                      each.inquiry.asked_on.isoformat(), each.inquiry.due_on.isoformat(), None, None))
    journal.record(session, actor, Action.EXPORTED, detail={"inquiries": kind, "rows": len(lines), "recipients": people})
    session.flush()
    return write_file(session, HEADINGS, lines)


def take_answers(session: Session, actor: Actor, file_name: str, raw: bytes, on: date) -> Report:
    """回答ファイルを取り込む: rows with an answer close their inquiries; a blank one still waits; faults name the line."""
    report = Report(file_name, "inquiry_answers")
    try:
        lines = read_table(raw, {"number": ("照会番号",), "class": ("適用区分",), "answer": ("回答",)}, ("number",))
    except EnvelopeWrong as wrong:
        report.reject(Fault(0, "", "", wrong.code, wrong.message))
        return report
    classes = codes_of(session, {"insurance_class"}, on)["insurance_class"]
    for line in lines:
        report.read += 1
        _take(session, actor, line.number, line.values, classes, report, on)
    journal.record(session, actor, Action.IMPORTED, detail={"inquiry_answers": report.accepted, "rejected": report.rejected})
    return report


def _take(session: Session, actor: Actor, at: int, values: Mapping[str, str], classes: Mapping[str, str],
          report: Report, on: date) -> None:
    number, answered = values["number"], values.get("answer", "")
    chosen = values.get("class", "") or None
    if not answered and not chosen:
        report.held += 1
        return
    if chosen and chosen not in classes:
        report.reject(Fault(at, "", "適用区分", "unknown_code", "適用区分がコード表にありません。コードを確かめてください。"))
        return
    inquiry = session.get(Inquiry, int(number)) if number.isascii() and number.isdigit() and len(number) < 15 else None
    if inquiry is None:
        report.reject(Fault(at, "", "照会番号", "unknown", "この照会番号の照会はありません。送ったファイルの番号を確かめてください。"))
    elif inquiry.closed_on is not None:
        report.already += 1
    else:
        answer(session, actor, inquiry.id, answered, on, chosen)
        report.accepted += 1


def _open(session: Session, inquiry_id: int) -> Inquiry:
    inquiry = session.get(Inquiry, inquiry_id, with_for_update=True)
    if inquiry is None or inquiry.closed_on is not None:
        raise NoSuchInquiry
    return inquiry


def _follow(session: Session, application: Application, inquiry: Inquiry) -> None:
    """The recorded items of the case say the same as the inquiry."""
    if inquiry.kind not in ITEMS:
        return
    model, name = ITEMS[inquiry.kind]
    row: Any = (review_of(session, application.id) if model is Review
                else session.scalars(select(model).where(model.application_id == application.id)).first())
    if row is None:
        if model is Insurance:
            return  # a paper without an insurance section has no row to follow
        row = model(application_id=application.id)
        session.add(row)
    setattr(row, name, inquiry.state)
    setattr(row, f"{name}_date", inquiry.asked_on)
    setattr(row, f"{name}_closed_date", inquiry.closed_on)
