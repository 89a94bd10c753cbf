"""操作記録の点検: what stands out is found one person, one minute and one hour to each side of the city's marks."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, text

from models.journal import JournalEntry
from procedures.journal_inspection import NoReason, SpanWrong, as_csv, grouped, unusual
from procedures.journal_search import JAPAN
from rules.parameters import trial
from tests.city import settle

DAY = date(2026, 11, 24)  # a Tuesday
MORNING = datetime(2026, 11, 24, 10, tzinfo=JAPAN)


@pytest.fixture
def city(session, actors):
    """Somebody withheld, and a person of the reviewer's own family name, among others; nothing was journalled before."""
    session.execute(text("SET LOCAL session_replication_role = replica"))
    session.execute(text("DELETE FROM journal_entry"))
    session.execute(text("SET LOCAL session_replication_role = origin"))
    return settle(session, {"is_withheld": True}, {"name": "審査　花子"}, *({} for _ in range(45)), noise=3)


@pytest.fixture
def see(session, actors):
    """``see("clerk1", person, at)`` → an entry as it was written then."""
    def see(user, recipient_id=None, at=MORNING, action="saw", people=()):
        session.execute(text(
            "INSERT INTO journal_entry (at, actor_id, actor_name, action, recipient_id, detail) VALUES (:at, :id, :name, :action,"
            " :person, jsonb_build_object('recipients', CAST(:people AS jsonb)))"), {
                "at": at, "id": actors[user].user_id, "name": actors[user].name, "action": action, "person": recipient_id,
                "people": str(list(people))})
    return see


@pytest.fixture
def found(session, actors):
    """``found()`` → pattern, clerk and count of everything unusual on the day."""
    def found(begins=DAY, ends=DAY):
        return [(each.pattern, each.actor_name, each.count) for each in unusual(session, actors["auditor1"], begins, ends)]
    return found


@pytest.mark.parametrize(("people", "minutes", "told"), [(40, 10, [40]), (39, 10, []), (40, 11, [])])
def test_many_people_in_a_short_time(city, see, found, people, minutes, told):
    """Forty persons in ten minutes; the fortieth just inside the ten minutes or a moment after."""
    for place, person in enumerate(city[2:2 + people]):
        last = place == people - 1
        see("clerk1", person, MORNING + (timedelta(minutes=minutes) - timedelta(seconds=1) if last else timedelta(seconds=place)))
    assert [count for pattern, _, count in found() if pattern == "many_people"] == told


def test_the_same_person_opened_again_and_again_is_one(city, see, found):
    for place in range(60):
        see("clerk1", city[2], MORNING + timedelta(seconds=place))
    assert found() == []


@pytest.mark.parametrize(("hour", "minute", "told"), [(6, 59, True), (7, 0, False), (20, 59, False), (21, 0, True)])
def test_outside_the_hours_of_the_office(city, see, found, hour, minute, told):
    see("clerk2", city[2], datetime(2026, 11, 24, hour, minute, tzinfo=JAPAN))
    assert found() == ([("off_hours", "入力 二葉", 1)] if told else [])


@pytest.mark.parametrize(("day", "told"), [(27, False), (28, True), (29, True), (30, False)])
def test_a_weekend_is_off(city, see, found, day, told):
    see("clerk2", city[2], datetime(2026, 11, day, 10, tzinfo=JAPAN))
    assert bool(found(DAY, DAY + timedelta(days=9))) is told


def test_somebody_of_ones_own_name_and_somebody_withheld(city, see, found):
    for _ in range(2):
        see("reviewer1", city[1])
    see("reviewer1", city[0])
    see("manager1", city[1])
    see("manager1", people=city[:2], action="listed")  # in a list of many nobody was looked up
    assert found() == [("own_family_name", "審査 史子", 2), ("withheld", "審査 史子", 1)]


@pytest.mark.parametrize(("people", "told"), [(1000, True), (999, False)])
def test_very_many_at_once(city, see, found, people, told):
    see("manager1", people=range(people), action="exported")
    assert found() == ([("many_at_once", "管理 学", people)] if told else [])


def test_a_mark_holds_from_its_day_on(city, see, found):
    see("reviewer1", city[1])
    see("reviewer1", city[1], MORNING + timedelta(days=1))
    row = {"many_people": 40, "many_minutes": 10, "many_at_once": 1000, "opens_hour": 7, "closes_hour": 21, "weekends_are_off": True,
           "own_family_name": False, "withheld": True}
    with trial("journal_patterns", {DAY + timedelta(days=1): row}):
        assert len(found(DAY, DAY + timedelta(days=1))) == 1


def test_who_saw_how_many_by_clerk_by_day_and_by_person(session, actors, city, see):
    number = session.scalar(text("SELECT recipient_number FROM recipient WHERE id = :id"), {"id": city[2]})
    for person in city[2:5]:
        see("clerk1", person)
    see("clerk2", people=city[2:12], action="listed", at=MORNING + timedelta(days=1))
    see("clerk2", city[2], action="printed")
    span = DAY, DAY + timedelta(days=1)
    auditor = actors["auditor1"]
    assert [(each.label, each.people, each.printed) for each in grouped(session, auditor, "clerk", *span)] == [
        ("入力 二葉", 10, 1), ("入力 一郎", 3, 0)]
    assert [(each.key, each.entries, each.people) for each in grouped(session, auditor, "day", *span)] == [
        ("2026-11-25", 1, 10), ("2026-11-24", 4, 3)]
    assert [(each.key, each.entries, each.people) for each in grouped(session, auditor, "person", *span)][0] == (number, 3, 2)


@pytest.mark.parametrize("days", [-1, 94])
def test_a_span_is_a_quarter_at_most(found, days):
    with pytest.raises(SpanWrong):
        found(DAY, DAY + timedelta(days=days))


def test_the_file_needs_its_reason_and_is_journalled(session, actors, city, see):
    see("reviewer1", city[1])
    with pytest.raises(NoReason):
        as_csv(session, actors["auditor1"], DAY, DAY, " 監査 ", str)
    written = as_csv(session, actors["auditor1"], DAY, DAY, "定期監査のため", str)
    assert "own_family_name" in written and "花子" not in written
    session.flush()
    last = session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc()).limit(1)).one()
    assert (last.action, last.reason, last.detail["rows"]) == ("exported", "定期監査のため", 1)
