"""様式の設計: a sheet that could not be keyed, compared or registered is never published; every change is told."""

from dataclasses import replace

import pytest

from forms.catalogue import SHEETS
from forms.keying_form import faults
from forms.sheet import SEALED_KEY, Asked, Section, Sheet, When, ask, must, must_when
from forms.sheet_design import arranged, differences, faults_of_design, offered
from models.application import Application
from models.household import HouseholdMember
from models.insurance import Insurance
from models.person import Patient
from models.reimbursement import ReimbursementClaim
from procedures.lookup import codes_of
from tests.office import ON

CHOICES = {"insurance_kind": {"01": "協会けんぽ", "08": "生保"}, "sex": {"1": "男", "2": "女"}, "relationship": {"02": "夫"}}
PERSON = Section("受診者", (must(Patient.patient_name), must(Patient.patient_birth_date), must(Patient.patient_sex),
                            must(Patient.patient_address)))


def sheet(*sections, **others):
    return Sheet("new_application", "申請書", sections, **{"application_kind": "1", **others})


def told(*sections, **others):
    return [fault.message for fault in faults_of_design(sheet(*sections, **others), CHOICES)]


@pytest.mark.parametrize("seeded", SHEETS, ids=lambda each: each.name)
def test_every_seeded_sheet_could_be_published(seeded, session):
    lists = {asked.item.item.codes for section in seeded.sections for asked in section.asked if asked.item.item.codes}
    assert faults_of_design(seeded, codes_of(session, lists, ON)) == []


def test_a_small_sheet_that_names_its_person_is_good():
    assert told(PERSON) == []
    assert told(Section("一", (must(Application.written_recipient_number),))) == []


@pytest.mark.parametrize(("sections", "words"), [
    ((replace(PERSON, title=""),), "見出しを1〜40字"), ((replace(PERSON, title="あ" * 41),), "見出しを1〜40字"),
    ((PERSON, Section("受診者", (ask(Application.onset_month),))), "同じ見出し"), ((PERSON, Section("空", ())), "項目がありません"),
    ((PERSON, Section("世帯員", (must(HouseholdMember.member_name), must(HouseholdMember.member_relationship)), rows=11)),
     "行数は1〜10"),
    ((replace(PERSON, rows=2),), "くり返せない項目"),
    ((PERSON, Section("混", (must(HouseholdMember.member_name), must(HouseholdMember.member_relationship),
                             ask(Application.onset_month)), rows=2)), "くり返せない項目"),
    ((PERSON, Section("二", (ask(Patient.patient_name),))), "二度あります"),
    ((PERSON, Section("二", (ask(ReimbursementClaim.claimed_yen),))), "この様式では登録できません"),
    ((PERSON, Section("一", (must(HouseholdMember.member_name),)), Section("二", (must(HouseholdMember.member_relationship),))),
     "一つの区分に"),
    ((PERSON, Section("二", (ask(Application.onset_month, help="あ" * 101),))), "説明は100字以内"),
    ((Section("受診者", (must(Patient.patient_name),)),), "なければ登録できない項目"),
    ((Section("受診者", (*PERSON.asked[1:], ask(Patient.patient_name))),), "なければ登録できない項目"),
    ((PERSON, Section("二", (Asked(SEALED_KEY, True),))), "個人番号記載票にだけ"),
    ((Section("二", (ask(Application.written_recipient_number),)),), "だれの書類か分かりません"),
], ids=lambda each: each if isinstance(each, str) else "")
def test_what_could_not_be_registered_is_told_with_its_remedy(sections, words):
    assert any(words in message for message in told(*sections)), told(*sections)


def test_a_check_that_nobody_wrote_is_told():
    assert "知らない点検" in told(PERSON, checks=("phase_of_the_moon",))[0]


INSURED = must_when(Insurance.insurer_number, Insurance.insurance_kind, ("01",))


def test_a_condition_names_an_item_of_the_sheet_and_codes_of_its_list():
    assert told(PERSON, Section("保険", (must(Insurance.insurance_kind), INSURED))) == []
    assert "条件には" in told(PERSON, Section("保険", (must(Insurance.insurance_kind), replace(
        INSURED, when=When("patient.patient_name", ("01",))))))[0]
    assert "条件の番号" in told(PERSON, Section("保険", (must(Insurance.insurance_kind), replace(
        INSURED, when=When("insurance.insurance_kind", ("77",))))))[0]
    assert "条件の番号" in told(PERSON, Section("保険", (must(Insurance.insurance_kind), replace(
        INSURED, when=When("insurance.insurance_kind", ())))))[0]


def test_a_conditional_item_is_required_only_while_its_condition_holds():
    made = sheet(PERSON, Section("保険", (must(Insurance.insurance_kind), INSURED)))
    person = {"patient.patient_name": "見本", "patient.patient_birth_date": "S52.5.3", "patient.patient_sex": "2",
              "patient.patient_address": "市"}
    choices = {"insurance.insurance_kind": CHOICES["insurance_kind"], "patient.patient_sex": CHOICES["sex"]}
    assert list(faults(made, choices, {**person, "insurance.insurance_kind": "01"})) == ["insurance.insurer_number"]
    assert list(faults(made, choices, {**person, "insurance.insurance_kind": "０１"})) == ["insurance.insurer_number"]
    assert faults(made, choices, {**person, "insurance.insurance_kind": "08"}) == {}


def test_a_fixed_value_is_answered_by_the_sheet_and_not_asked():
    made = sheet(PERSON, Section("二", (Asked("application.agreed_to_research", fixed="1"),)))
    assert told(*made.sections) == []
    assert "application.agreed_to_research" not in {place.name for place in made.fields()}
    assert [(place.name, text) for place, text in made.fixed()] == [("application.agreed_to_research", "1")]


@pytest.mark.parametrize(("asked", "words"), [
    (Asked("application.agreed_to_research", fixed="はい"), "固定値"), (Asked("insurance.insurance_kind", fixed="77"), "固定値"),
    (Asked("application.diagnosed_date", fixed="R8.2.30"), "固定値"),
    (Asked("insurance.insurer_number", True, when=When("patient.patient_sex", ("1",)), fixed="110015"), "条件は付けられません"),
])
def test_a_fixed_value_is_judged_like_one_that_is_typed(asked, words):
    assert any(words in message for message in told(PERSON, Section("二", (asked,))))


def test_only_what_the_sheet_can_register_and_a_paper_tells_is_offered():
    keys = {each.key for each in offered(sheet(PERSON))}
    assert "application.onset_month" in keys and "patient.patient_name" not in keys
    assert "reimbursement_claim.claimed_yen" not in keys and SEALED_KEY not in keys
    assert {each.item.entry.value for each in offered(sheet(PERSON))} == {"paper"}


OLD = sheet(PERSON, Section("他", (ask(Application.onset_month), ask(Application.agreed_to_research), ask(Application.diagnosed_date))))


@pytest.mark.parametrize(("other", "acts"), [
    ((ask(Application.onset_month), ask(Application.agreed_to_research)), ["removed"]),
    ((*OLD.sections[1].asked, ask(Application.reissue_reason)), ["added"]),
    ((ask(Application.diagnosed_date), ask(Application.onset_month), ask(Application.agreed_to_research)), ["moved"]),
    ((must(Application.onset_month), *OLD.sections[1].asked[1:]), ["required"]),
    ((ask(Application.onset_month, help="年月"), *OLD.sections[1].asked[1:]), ["help"]),
    ((replace(OLD.sections[1].asked[0], fixed="2026-04"), *OLD.sections[1].asked[1:]), ["fixed"]),
    ((replace(must(Application.onset_month), when=When("patient.patient_sex", ("1",))), *OLD.sections[1].asked[1:]), ["conditional"]),
    (OLD.sections[1].asked, []),
])
def test_every_change_of_an_item_is_told_once(other, acts):
    new = sheet(PERSON, Section("他", other))
    assert [change.act for change in differences(OLD, new)] == acts


def test_changes_of_sections_and_checks_are_told():
    new = sheet(replace(PERSON, blank_allowed=True), Section("別", OLD.sections[1].asked), checks=("dates_in_order",))
    assert [change.act for change in differences(OLD, new)] == [
        "section_added", "section_removed", "blank_allowed", "section_changed", "section_changed", "section_changed",
        "check_added"]


def _order(definition):
    return [[asked["key"].split(".")[1] for asked in section["asked"]] for section in definition["sections"]]


@pytest.mark.parametrize(("act", "order"), [
    ("item-up:1.1", [["a"], ["c", "b"]]), ("item-up:1.0", [["a", "b"], ["c"]]), ("item-up:0.0", [["a"], ["b", "c"]]),
    ("item-down:0.0", [[], ["a", "b", "c"]]), ("item-down:1.1", [["a"], ["b", "c"]]), ("item-remove:1.0", [["a"], ["c"]]),
    ("section-up:1", [["b", "c"], ["a"]]), ("section-down:1", [["a"], ["b", "c"]]), ("section-remove:0", [["b", "c"]]),
    ("section-add", [["a"], ["b", "c"], []]), ("item-up:9.9", [["a"], ["b", "c"]]), ("item-remove:1.9", [["a"], ["b", "c"]]),
    ("drop-table", [["a"], ["b", "c"]]), ("item-up:", [["a"], ["b", "c"]]), ("item-up:x.y", [["a"], ["b", "c"]]),
])
def test_a_press_in_the_editor_moves_one_thing(act, order):
    definition = {"sections": [{"title": "一", "asked": [{"key": "t.a"}]}, {"title": "二", "asked": [{"key": "t.b"}, {"key": "t.c"}]}]}
    assert _order(arranged(definition, act)) == order
    assert _order(definition) == [["a"], ["b", "c"]]
