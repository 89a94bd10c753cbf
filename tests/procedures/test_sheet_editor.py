"""様式エディタ: one draft in one pair of hands; what is published never changes, and papers keep the version they came on."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from forms.sheet import Sheet
from models.application import Application
from models.journal import JournalEntry
from models.sheet import ReceivedSheet
from procedures.reception import version_in_force
from procedures.sheet_editor import (
    DraftChangedMeanwhile,
    DraftHasFaults,
    HeldByAnother,
    InForce,
    NoDraft,
    NothingNew,
    NotOnPaper,
    TooEarly,
    changes_of,
    discard,
    draft_of,
    kind_named,
    open_draft,
    overview,
    publish,
    save_draft,
    take_over,
    versions_of,
    withdraw,
)
from tests.office import NEW_APPLICATION, NOW, ON, keyed, received

TOMORROW = ON + timedelta(days=1)


@pytest.fixture
def kind(session):
    return kind_named(session, "new_application")


def _with(definition, key, **asked):
    """The definition with one more item in its last section."""
    sections = [*definition["sections"]]
    sections[-1] = {**sections[-1], "asked": [*sections[-1]["asked"], {"key": key, "required": False, "help": "", **asked}]}
    return {**definition, "sections": sections}


def _drafted(session, actor, kind, key="application.reissue_reason", **asked):
    draft = open_draft(session, actor, kind)
    return save_draft(session, actor, kind, _with(draft.definition, key, **asked), draft.version)


def _published(session, actor, kind, begins=ON):
    draft = _drafted(session, actor, kind)
    return publish(session, actor, kind, begins, draft.version, ON, NOW)


def test_a_draft_begins_as_a_copy_and_changes_nothing_yet(session, actors, kind):
    draft = open_draft(session, actors["admin1"], kind)
    assert draft.number == 2 and changes_of(session, draft) == []
    assert version_in_force(session, "new_application", ON).number == 1


def test_there_is_one_draft_whoever_opens_it(session, actors, kind):
    first = open_draft(session, actors["admin1"], kind)
    assert open_draft(session, actors["manager1"], kind) is first and first.edited_by == actors["admin1"].user_id


def test_somebody_else_is_told_who_has_the_draft_and_may_take_it_over(session, actors, kind):
    draft = _drafted(session, actors["admin1"], kind)
    with pytest.raises(HeldByAnother, match="権限 理恵さん"):
        save_draft(session, actors["manager1"], kind, draft.definition, draft.version)
    take_over(session, actors["manager1"], kind)
    save_draft(session, actors["manager1"], kind, draft.definition, draft.version)
    with pytest.raises(HeldByAnother):
        save_draft(session, actors["admin1"], kind, draft.definition, draft.version)


def test_a_save_from_an_older_window_is_refused(session, actors, kind):
    draft = open_draft(session, actors["admin1"], kind)
    seen = draft.version
    save_draft(session, actors["admin1"], kind, _with(draft.definition, "application.reissue_reason"), seen)
    with pytest.raises(DraftChangedMeanwhile):
        save_draft(session, actors["admin1"], kind, draft.definition, seen)


@pytest.mark.parametrize("key", ["patient.shoe_size", "certification.recipient_number", "recipient.recipient_number"])
def test_an_item_that_no_paper_tells_is_never_stored_on_a_sheet(session, actors, kind, key):
    with pytest.raises(NotOnPaper):
        _drafted(session, actors["admin1"], kind, key)


def test_the_name_and_kind_of_a_sheet_are_not_the_editors_to_change(session, actors, kind):
    draft = open_draft(session, actors["admin1"], kind)
    save_draft(session, actors["admin1"], kind, {**draft.definition, "name": "loss", "application_kind": "7"}, draft.version)
    assert (draft.definition["name"], draft.definition["application_kind"]) == ("new_application", "1")


def test_a_published_version_is_used_from_its_day_on(session, actors, kind):
    _published(session, actors["admin1"], kind, TOMORROW)
    assert version_in_force(session, "new_application", ON).number == 1
    assert version_in_force(session, "new_application", TOMORROW).number == 2


def test_a_paper_under_way_keeps_the_version_it_was_received_on(session, actors, kind):
    sheet = received(session, actors)
    keyed(session, actors["clerk1"], sheet)
    _published(session, actors["admin1"], kind)
    _, result = keyed(session, actors["clerk2"], sheet)
    assert result.state == "registered" and session.get_one(ReceivedSheet, sheet.id).sheet_version.number == 1
    assert received(session, actors).sheet_version.number == 2


def test_a_fixed_value_is_registered_without_being_keyed(session, actors, kind):
    draft = open_draft(session, actors["admin1"], kind)
    definition = {**draft.definition, "sections": [
        {**section, "asked": [{**asked, "fixed": "1"} if asked["key"] == "application.agreed_to_research" else asked
                              for asked in section["asked"]]} for section in draft.definition["sections"]]}
    draft = save_draft(session, actors["admin1"], kind, definition, draft.version)
    publish(session, actors["admin1"], kind, ON, draft.version, ON, NOW)
    sheet = received(session, actors)
    for name in ("clerk1", "clerk2"):
        keyed(session, actors[name], sheet, NEW_APPLICATION)
    assert session.scalars(select(Application).where(Application.sheet_id == sheet.id)).one().agreed_to_research is True


def test_a_version_begins_today_or_later(session, actors, kind):
    draft = _drafted(session, actors["admin1"], kind)
    with pytest.raises(TooEarly):
        publish(session, actors["admin1"], kind, ON - timedelta(days=1), draft.version, ON, NOW)
    assert publish(session, actors["admin1"], kind, ON, draft.version, ON, NOW).state == "published"


def test_a_draft_with_faults_or_without_news_is_not_published(session, actors, kind):
    draft = open_draft(session, actors["admin1"], kind)
    with pytest.raises(NothingNew):
        publish(session, actors["admin1"], kind, ON, draft.version, ON, NOW)
    draft = _drafted(session, actors["admin1"], kind, "patient.patient_name")
    with pytest.raises(DraftHasFaults):
        publish(session, actors["admin1"], kind, ON, draft.version, ON, NOW)


def test_a_version_that_has_not_begun_can_be_withdrawn_and_one_in_force_cannot(session, actors, kind):
    _published(session, actors["admin1"], kind, TOMORROW)
    with pytest.raises(InForce):
        withdraw(session, actors["admin1"], kind, 2, TOMORROW)
    withdraw(session, actors["admin1"], kind, 2, ON)
    assert version_in_force(session, "new_application", TOMORROW).number == 1
    with pytest.raises(InForce):
        withdraw(session, actors["admin1"], kind, 1, ON)


def test_the_database_itself_keeps_a_published_version_as_it_is(session, actors, kind):
    version = _published(session, actors["admin1"], kind)
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text("UPDATE sheet_version SET definition = '{}' WHERE id = :id"), {"id": version.id})


def test_a_discarded_draft_is_gone(session, actors, kind):
    draft = _drafted(session, actors["admin1"], kind)
    discard(session, actors["admin1"], kind, draft.version)
    assert draft_of(session, kind) is None
    with pytest.raises(NoDraft):
        discard(session, actors["admin1"], kind, 1)


def test_every_version_tells_what_it_changed(session, actors, kind):
    _published(session, actors["admin1"], kind)
    told = [(version.number, [change.act for change in changes]) for version, changes in versions_of(session, kind)]
    assert told == [(2, ["added"]), (1, [])]


def test_the_overview_counts_papers_under_way_on_other_versions(session, actors, kind):
    received(session, actors)
    _published(session, actors["admin1"], kind)
    open_draft(session, actors["manager1"], kind)
    line = next(each for each in overview(session, ON) if each.kind.name == "new_application")
    assert (line.now.number, line.draft.number, line.drafted_by, line.on_older) == (2, 3, "管理 学", 1)


def test_every_step_is_in_the_journal(session, actors, kind):
    _published(session, actors["admin1"], kind, TOMORROW)
    withdraw(session, actors["admin1"], kind, 2, ON)
    acts = [detail["act"] for detail in session.scalars(select(JournalEntry.detail).order_by(JournalEntry.id))
            if detail and detail.get("sheet") == "new_application"]
    assert acts == ["drafted", "published", "withdrawn"]


def test_what_is_stored_of_a_condition_and_a_fixed_value_comes_back(session, actors, kind):
    draft = _drafted(session, actors["admin1"], kind, required=True,
                     when={"key": "patient.patient_sex", "codes": ["1"]})
    assert Sheet.from_definition(draft.definition).sections[-1].asked[-1].when.codes == ("1",)
