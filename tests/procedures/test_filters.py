"""保存した検索条件: terms live in rows of the user, named ones are tabs, shared ones are everybody's."""

from datetime import date

import pytest
from sqlalchemy import text

from models.recipient import Recipient
from procedures import desk as desks
from procedures import filters
from procedures.columns import NoSuchColumn, choose, chosen, columns_of
from procedures.terms import NotUnderstood, read, words

COLUMNS = columns_of(Recipient)
ON = date(2026, 11, 24)
TERMS = {"recipient.tier": {"in": ["D"]}}


def desk(session, actor, token=None):
    return desks.desk(session, actor.user_id, "recipients", COLUMNS, token, ON)


def test_typed_conditions_are_understood_in_the_office_spellings():
    form = {"q": [" ヤマダ "], "recipient.valid_to.from": ["Ｒ８．１２．１"], "recipient.valid_to.to": ["20261231"],
            "recipient.copay_cap_yen.from": ["１０，０００"], "recipient.tier": ["C1", ""], "recipient.name": [""]}
    assert read(COLUMNS, form) == {
        "q": {"has": "ヤマダ"}, "recipient.valid_to": {"from": "2026-12-01", "to": "2026-12-31"},
        "recipient.copay_cap_yen": {"from": 10000}, "recipient.tier": {"in": ["C1"]}}


@pytest.mark.parametrize("form", [{"recipient.valid_to.from": ["R1.4.30"]}, {"recipient.copay_cap_yen.to": ["多い"]}])
def test_what_cannot_be_read_is_named_by_its_column(form):
    with pytest.raises(NotUnderstood, match="「"):
        read(COLUMNS, form)


def test_a_condition_is_said_in_the_words_of_the_office():
    by_key = {column.key: column for column in COLUMNS}
    term = {"from": "2026-12-01", "to": "2026-12-31"}
    assert words(by_key["recipient.valid_to"], term, {}) == "令和8年12月1日 〜 令和8年12月31日"
    assert words(by_key["recipient.tier"], {"in": ["D"]}, {"D": "上位所得"}) == "上位所得"


def test_a_search_is_kept_under_a_token_that_only_its_user_can_use(session, actors):
    token = filters.search(session, actors["manager1"], "recipients", TERMS)
    assert desk(session, actors["manager1"], token).terms == TERMS
    with pytest.raises(desks.NoSuchFilter):
        desk(session, actors["reviewer1"], token)


def test_the_journal_of_a_search_holds_the_item_and_not_what_was_sought(session, actors):
    filters.search(session, actors["clerk1"], "recipients", {"q": {"has": "山田太郎"}})
    session.flush()
    detail, reason = session.execute(text(
        "SELECT detail::text, reason FROM journal_entry WHERE action = 'searched' ORDER BY id DESC LIMIT 1")).one()
    assert "山田" not in detail + reason and '"q"' in detail


def test_old_unnamed_searches_are_cleared_away_and_named_ones_stay(session, actors):
    manager = actors["manager1"]
    token = filters.search(session, manager, "recipients", TERMS)
    named = filters.save(session, manager, "recipients", token, "高所得", is_shared=False)
    tokens = [filters.search(session, manager, "recipients", TERMS) for _ in range(filters.KEPT + 3)]
    with pytest.raises(desks.NoSuchFilter):
        desk(session, manager, tokens[0])
    assert desk(session, manager, tokens[-1]).tabs[0].token == named


def test_a_shared_tab_is_everybodys_and_a_private_one_nobody_elses(session, actors):
    manager, other = actors["manager1"], actors["reviewer1"]
    for name, shared in (("課の条件", True), ("私の条件", False)):
        filters.save(session, manager, "recipients", filters.search(session, manager, "recipients", TERMS), name,
                     is_shared=shared)
    assert [tab.name for tab in desk(session, manager).tabs] == ["課の条件", "私の条件"]
    (shared,) = desk(session, other).tabs
    assert (shared.name, shared.is_own) == ("課の条件", False)
    with pytest.raises(desks.NoSuchFilter):
        filters.forget(session, other, "recipients", shared.token)


def test_a_tab_needs_conditions_and_a_name(session, actors):
    with pytest.raises(filters.NothingToSave):
        filters.save(session, actors["manager1"], "recipients", None, "名前", is_shared=False)
    token = filters.search(session, actors["manager1"], "recipients", TERMS)
    with pytest.raises(filters.FilterNeedsName):
        filters.save(session, actors["manager1"], "recipients", token, "", is_shared=False)


def test_chosen_columns_are_remembered_in_their_order_for_this_user_only(session, actors):
    manager = actors["manager1"]
    choose(session, manager.user_id, "recipients", COLUMNS, ["recipient.tier", "recipient.name"], is_dense=True)
    own = desk(session, manager)
    assert [column.key for column in chosen(COLUMNS, own.chosen)] == ["recipient.tier", "recipient.name"]
    assert own.is_dense and desk(session, actors["reviewer1"]).chosen is None
    with pytest.raises(NoSuchColumn):
        choose(session, manager.user_id, "recipients", COLUMNS, ["recipient.grams"], is_dense=False)
