"""n 回目の失敗: of every main procedure each call of the database fails once, the first, the second … the last: it is all or nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from procedures import payment
from procedures.certification import CERTIFIED, Proposal, draft, sign_off
from procedures.issue import issue
from procedures.jobs import ask_for
from procedures.keying import claim, submit
from tests.life import CITY, taxed
from tests.money import granted, made, people
from tests.office import NEW_APPLICATION, NOW, ON, keyed, received, registered
from tests.procedures.test_certification import certified, reviewed

# What an office writes; the masters are the same before and after.
TABLES = ("application", "assessment", "certificate", "certification", "household_member", "insurance", "job", "journal_entry", "keying",
          "patient", "payment_batch", "payment_order", "received_sheet", "recipient", "reimbursement_claim", "series", "work_item")
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
            for name in TABLES if session.scalar(text(f"SELECT to_regclass('{name}')")) is not None}


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


@pytest.mark.parametrize("begin", [reception, keying, registration, assessment, drafting, signing_off, issuing, asking, paying, releasing])
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
