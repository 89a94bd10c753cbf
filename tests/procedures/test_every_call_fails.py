"""n 回目の失敗: of every main procedure each call of the database fails once, the first, the second … the last: it is all or nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from models.application import Application
from models.person import Patient
from procedures import corrections, inquiries, payment, payment_returns, permissions, two_person, users
from procedures.by_office import open_loss, withdraw
from procedures.certification import CERTIFIED, Proposal, draft, sign_off
from procedures.issue import issue
from procedures.jobs import ask_for
from procedures.keying import claim, submit
from procedures.reimbursement import calculate
from procedures.reimbursement_office import exclude
from tests.claims import bill, claimed, claimer, month
from tests.life import CITY, certified_person, taxed
from tests.money import PAY_DAY, granted, made, people
from tests.office import NEW_APPLICATION, NOW, ON, keyed, received, registered
from tests.procedures.test_certification import certified, reviewed

# What an office writes; the masters are the same before and after.
TABLES = ("ab_permission_view_role", "ab_user", "application", "assessment", "batch_assignment", "certificate", "certification", "correction",
          "household_member", "inquiry", "insurance", "job", "journal_entry", "keying", "loss", "number_series", "patient", "payment_batch",
          "payment_order", "payment_return", "received_sheet", "recipient", "reimbursement_bill", "reimbursement_calculation",
          "reimbursement_claim", "subject_request", "two_person_request", "work_item")
Act = Callable[[], Any]


@contextmanager
def failing_at(session: Session, number: int) -> Iterator[list[int]]:
    """The *number*-th statement from here on fails as a lost connection does; yields how many there were."""
    asked = [0]

    def fail(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            asked[0] += 1
            if asked[0] == number:
                raise OperationalError("lost", None, Exception("lost"))

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", fail)
    try:
        yield asked
    finally:
        event.remove(connection, "before_cursor_execute", fail)


def office(session: Session) -> dict[str, str]:
    """Every row of the office's tables, as one value a table."""
    return {name: session.scalar(text(f"SELECT count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM {name} t"))
            for name in TABLES}


def reception(session: Session, actors: Any) -> Act:
    return lambda: received(session, actors)


def keying(session: Session, actors: Any) -> Act:
    first = claim(session, actors["clerk1"], received(session, actors).id, NOW)
    return lambda: submit(session, actors["clerk1"], first.id, NEW_APPLICATION, (), "once", NOW, ON)


def registration(session: Session, actors: Any) -> Act:
    sheet = received(session, actors)
    keyed(session, actors["clerk1"], sheet)
    second = claim(session, actors["clerk2"], sheet.id, NOW)
    return lambda: submit(session, actors["clerk2"], second.id, NEW_APPLICATION, (), "second", NOW, ON)


def assessment(session: Session, actors: Any) -> Act:
    application = registered(session, actors)
    return lambda: taxed(session, actors, application)


def drafting(session: Session, actors: Any) -> Act:
    application = reviewed(session, actors)
    return lambda: draft(session, actors["reviewer1"], application.id, Proposal(CERTIFIED), CITY, ON)


def signing_off(session: Session, actors: Any) -> Act:
    application = reviewed(session, actors)
    draft(session, actors["reviewer1"], application.id, Proposal(CERTIFIED), CITY, ON)
    return lambda: sign_off(session, actors["manager1"], application.id, ON)


def issuing(session: Session, actors: Any) -> Act:
    certification = certified(session, actors)
    return lambda: issue(session, actors["manager1"], certification.id, CITY, ON, NOW)


def asking(session: Session, actors: Any) -> Act:
    return lambda: ask_for(session, actors["manager1"], "counting", {})


def paying(session: Session, actors: Any) -> Act:
    granted(session, actors, people(session)[0])
    return lambda: made(session, actors)


def releasing(session: Session, actors: Any) -> Act:
    granted(session, actors, people(session)[0])
    run = made(session, actors)
    return lambda: payment.release(session, actors["manager1"], run.id, ON, NOW)


def returned(session: Session, actors: Any) -> Act:
    order = _paid(session, actors)
    return lambda: payment_returns.register(session, actors["reviewer1"], order, "03", PAY_DAY, "銀行からの電話", PAY_DAY, NOW)


def paying_again(session: Session, actors: Any) -> Act:
    back = payment_returns.register(session, actors["reviewer1"], _paid(session, actors), "03", PAY_DAY, "銀行からの電話", PAY_DAY, NOW)
    return lambda: payment_returns.put_back(session, actors["manager1"], back.id, "口座は正しい", NOW)


def _paid(session: Session, actors: Any) -> int:
    granted(session, actors, people(session)[0])
    run = payment.release(session, actors["manager1"], made(session, actors).id, ON, NOW)
    return payment.orders_of(session, run.id)[0].id


def claiming(session: Session, actors: Any) -> Act:
    claim = claimed(session, actors, claimer(session, actors), bill(), month(high_cost="0"))
    return lambda: calculate(session, actors["reviewer1"], claim.id, ON)


def excluding(session: Session, actors: Any) -> Act:
    claim = claimed(session, actors, claimer(session, actors), bill(), month(high_cost="0"))
    return lambda: exclude(session, actors["reviewer1"], claim.id, claim.bills[0].id, "14", "違う病名")


def correcting(session: Session, actors: Any) -> Act:
    patient = certified_person(session, actors)
    row = session.scalars(select(Patient.id).join(Application, Application.id == Patient.application_id).where(
        Application.recipient_id == patient.id)).one()
    asked = corrections.ask(session, actors["reviewer1"], "patient", row, "patient_phone", "048-000-9999", "読み違い", NOW)
    return lambda: corrections.decide(session, actors["manager1"], asked.id, True, NOW)


def losing(session: Session, actors: Any) -> Act:
    person = certified_person(session, actors)
    return lambda: open_loss(session, actors["reviewer1"], person.id, "02", ON, "転出の届出", ON)


def withdrawing(session: Session, actors: Any) -> Act:
    application = registered(session, actors)
    return lambda: withdraw(session, actors["reviewer1"], application.id, "本人の申し出", ON)


def inquiring(session: Session, actors: Any) -> Act:
    application = registered(session, actors)
    return lambda: inquiries.ask(session, actors["reviewer1"], application.id, "physician", "重症度を確かめたい", ON)


def permitting(session: Session, actors: Any) -> Act:
    wished = permissions.matrix(session)
    version = permissions.version_of(wished)
    wished["entry"] = wished["entry"] | {"figures.see"}
    return lambda: permissions.save(session, actors["admin1"], wished, version)


def employing(session: Session, actors: Any) -> Act:
    return lambda: users.add(session, actors["admin1"], users.Account("clerk9", "新任", "花", ("entry",)), NOW)


def agreeing(session: Session, actors: Any) -> Act:
    asked = two_person.ask(session, actors["admin1"], two_person.SEE_NUMBERS, {}, "番号の係になる", for_user=actors["clerk1"].user_id)
    return lambda: two_person.decide(session, actors["manager1"], asked.id, is_confirmed=True, now=NOW)


BEGINNINGS = (reception, keying, registration, assessment, drafting, signing_off, issuing, asking, paying, releasing, returned, paying_again,
              claiming, excluding, correcting, losing, withdrawing, inquiring, permitting, employing, agreeing)


@pytest.mark.parametrize("begin", BEGINNINGS)
def test_whichever_call_fails_nothing_of_the_act_stays_and_a_second_try_does_it(session, actors, begin):
    act, name = begin(session, actors), begin.__name__
    session.flush()
    before, number = office(session), 0
    while True:
        number += 1
        attempt = session.begin_nested()
        with failing_at(session, number) as asked:
            try:
                act()
                session.flush()
            except OperationalError:
                pass
            else:
                assert asked[0] < number, f"call {number} of {name} failed and nobody noticed"
                attempt.commit()
                break
        attempt.rollback()
        session.expire_all()
        assert office(session) == before, f"call {number} of {name} left something behind"
    assert number > 3 and office(session) != before
