"""情報提供: what others may be told follows every change of a certification, in the same transaction and never twice."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from models.neighbour import OutgoingMessage, Provision
from procedures.integrated_numbers import register_number
from procedures.protection import protect, unprotect
from procedures.recipient import refresh
from tests.life import certified_person, loss
from tests.numberlink import StandIn
from tests.office import NOW, ON
from tests.procedures.neighbours import linked_person, spoken, with_number


@pytest.fixture
def person(session, actors):
    return linked_person(session, actors)


def versions(session, person):
    return session.scalars(select(Provision).where(Provision.recipient_id == person.id).order_by(Provision.number)).all()


def told(made: Provision) -> dict[str, str]:
    return {each["項目名"]: each["値"] for each in made.content["項目"]}


def test_a_certification_is_told_once_with_number_period_and_cap_and_nothing_else(session, person):
    (made,) = versions(session, person)
    assert (made.number, made.registration, made.needs_a_person) == (1, "新規", False)
    assert told(made) == {"受給者番号": person.recipient_number, "公費負担者番号": person.payer_number, "有効期間の始め": "2026-11-10",
                          "有効期間の終わり": "2027-09-30", "自己負担上限月額": "10000"}
    refresh(session, person.id)
    assert len(versions(session, person)) == 1


def test_who_is_not_linked_to_the_register_is_told_of_to_nobody(session, actors):
    stranger = certified_person(session, actors)
    assert versions(session, stranger) == []


def test_a_loss_is_the_next_version_with_its_day(session, actors, person):
    loss(session, actors, person)
    first, second = versions(session, person)
    assert (second.number, second.registration, told(second)["喪失日"]) == (2, "更新", "2026-11-20")
    assert "喪失日" not in told(first)


def test_a_protected_person_is_answered_by_no_machine_from_that_moment(session, actors, person):
    protect(session, actors["manager1"], person.id, ON, "申出書")
    unprotect(session, actors["manager1"], person.id, "期間満了", ON, NOW)
    assert [(each.number, each.needs_a_person, each.cause) for each in versions(session, person)] == [
        (1, False, "認定の内容"), (2, True, "支援措置"), (3, False, "支援措置")]


def test_only_the_newest_version_is_sent_and_it_is_acknowledged(session, actors, person):
    there = StandIn()
    protect(session, actors["manager1"], person.id, ON, "申出書")
    register_number(session, actors["numbers1"], person.id, with_number(session, actors, person))
    spoken(session, there)
    assert [(each["版"], each["自動応答不可フラグ"]) for each in there.provided] == [("2", "true")]
    assert [each.state for each in versions(session, person)] == ["superseded", "registered"]
    assert versions(session, person)[1].reference == "T1"


def test_what_is_undone_is_not_told(session, actors, person):
    before = session.query(OutgoingMessage).count(), len(versions(session, person))
    with session.begin_nested() as undone:
        loss(session, actors, person)
        assert len(versions(session, person)) == 2
        undone.rollback()
    assert (session.query(OutgoingMessage).count(), len(versions(session, person))) == before


def test_the_table_itself_keeps_what_was_told(session, person):
    for change in ("content = '{}'::jsonb", "number = 7", "needs_a_person = true"):
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(text(f"UPDATE provision SET {change}"))
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text("DELETE FROM provision"))
