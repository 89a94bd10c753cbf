"""束の割当: who keys under contract reaches the papers of her piles, by whatever address, and no other; a pile taken back is gone at once."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from models.journal import JournalEntry
from models.sheet import BatchAssignment
from procedures.actor import Actor, full_name
from procedures.batches import NoSuchBatch, NotGiven, NotYourBatch, batches, clerks, give, take_back
from procedures.comparison import settle
from procedures.keying import claim, own_draft_of, save_draft, submit
from procedures.queue import counts, next_sheet, sheet_at_hand, waiting
from procedures.returning import send_back
from seeds.users import add_user
from tests.office import NEW_APPLICATION, NOW, ON, keyed, received


@pytest.fixture
def hired(session):
    """Somebody of the contractor."""
    user = add_user(session, "hired1", "受託", "花子", "x", ("contract_entry",))
    return Actor(user.id, full_name(user), keys_batches_only=True)


def in_batch(session, actors, batch):
    sheet = received(session, actors)
    sheet.batch = batch
    session.flush()
    return sheet


def test_nothing_is_in_reach_before_a_pile_is_given(session, actors, hired):
    sheets = [in_batch(session, actors, "A"), in_batch(session, actors, None)]
    assert counts(session, hired) == {"first": 0, "second": 0, "settling": 0} and next_sheet(session, hired) is None
    for sheet in sheets:
        assert sheet_at_hand(session, hired, sheet.id) is None
        with pytest.raises(NotYourBatch):
            claim(session, hired, sheet.id, NOW)
    assert counts(session, actors["clerk1"])["first"] >= 2


def test_a_given_pile_is_in_reach_and_the_others_stay_out_of_it(session, actors, hired):
    mine, other = in_batch(session, actors, "A"), in_batch(session, actors, "B")
    give(session, actors["manager1"], "A", hired.user_id)
    assert [each.sheet_id for each in waiting(session, hired, "first")] == [mine.id]
    assert own_draft_of(session, hired, mine) is None and claim(session, hired, mine.id, NOW).turn == 1
    with pytest.raises(NotYourBatch):
        own_draft_of(session, hired, other)


def test_what_is_taken_back_is_out_of_reach_at_the_next_act_her_draft_included(session, actors, hired):
    sheet = in_batch(session, actors, "A")
    given = give(session, actors["manager1"], "A", hired.user_id)
    keying = claim(session, hired, sheet.id, NOW)
    take_back(session, actors["manager1"], given.id, NOW)
    with pytest.raises(NotYourBatch):
        save_draft(session, hired, keying.id, {}, None, NOW)
    with pytest.raises(NotYourBatch):
        submit(session, hired, keying.id, NEW_APPLICATION, (), "k", NOW, ON)
    with pytest.raises(NotYourBatch):
        send_back(session, hired, sheet.id, "読めません")
    with pytest.raises(NotGiven):
        take_back(session, actors["manager1"], given.id, NOW)
    assert session.get(BatchAssignment, given.id).ended_by == actors["manager1"].user_id


def test_a_difference_of_another_pile_is_not_hers_to_settle(session, actors, hired):
    sheet = in_batch(session, actors, "B")
    keyed(session, actors["clerk1"], sheet)
    keyed(session, actors["clerk2"], sheet, NEW_APPLICATION | {"patient.patient_sex": "1"})
    with pytest.raises(NotYourBatch):
        settle(session, hired, sheet.id, {}, NOW, ON)


def test_a_paper_with_numbers_in_her_pile_still_is_not_hers(session, actors, hired):
    sheet = received(session, actors, "number_report")
    sheet.batch = "A"
    session.flush()
    give(session, actors["manager1"], "A", hired.user_id)
    assert counts(session, hired)["first"] == 0


def test_piles_are_listed_with_how_many_wait_and_whose_they_are(session, actors, hired):
    in_batch(session, actors, "A")
    in_batch(session, actors, "A")
    given = give(session, actors["manager1"], "A", hired.user_id)
    [row] = [each for each in batches(session) if each.name == "A"]
    assert (row.waiting, row.given) == (2, ((given.id, "受託 花子"),))
    assert clerks(session) == [(actors["contract1"].user_id, "受託 葉子"), (hired.user_id, "受託 花子")]


@pytest.mark.parametrize("batch", ["nowhere", ""])
def test_only_a_pile_that_is_there_is_given(session, actors, hired, batch):
    with pytest.raises(NoSuchBatch):
        give(session, actors["manager1"], batch, hired.user_id)


def test_a_pile_is_given_once_and_only_to_who_keys_piles(session, actors, hired):
    in_batch(session, actors, "A")
    give(session, actors["manager1"], "A", hired.user_id)
    for whom in (hired.user_id, actors["clerk1"].user_id, 0):
        with pytest.raises(NoSuchBatch):
            give(session, actors["manager1"], "A", whom)


def test_the_journal_tells_who_gave_whom_a_pile(session, actors, hired):
    in_batch(session, actors, "A")
    given = give(session, actors["manager1"], "A", hired.user_id)
    take_back(session, actors["manager1"], given.id, NOW)
    told = session.scalars(select(JournalEntry).where(JournalEntry.subject_kind == "batch_assignment").order_by(JournalEntry.id)).all()
    assert [(each.actor_id, each.detail) for each in told] == [(actors["manager1"].user_id, {"act": act, "user": hired.user_id})
                                                               for act in ("batch_given", "batch_taken_back")]


def test_within_the_office_piles_bind_nobody(session, actors):
    sheet = in_batch(session, actors, "A")
    assert claim(session, replace(actors["clerk1"], keys_batches_only=False), sheet.id, NOW).turn == 1
