"""統一様式: every seeded sheet asks for each item its paper has, and for no other."""

import csv
from pathlib import Path

import pytest

from forms.catalogue import SHEETS
from forms.claim_checks import SEEN_TO
from forms.sheet import Asked, Section, Sheet, UnknownItem

FORMS = {"new_application": "F1", "transfer_in": "F1T", "renewal": "F2", "change_application": "F3",
         "change_notice": "F4", "reissue": "F5", "number_report": "no recorded item", "loss": "F6", "reimbursement": "F7", "mild_high_cost": "F8",
         "registration_certificate": "a paper of 2024, which the map of 2019 does not know"}
# 按分の対象者 are written by name on the 変更申請書; the map lists 小慢難病受給区分 alone for it.
NEEDED_BESIDE_THE_MAP = {
    "change_application": {("recipient", 105)},
    # 様式第3号 of somebody who was refused and has no 受給者番号: who it is.
    "mild_high_cost": {("recipient", number) for number in (83, 84, 86, 87, 88, 89)},
    # 登録者証 (法28条, since 2024-04-01): who it is, who applies, which disease, who wrote the form.
    "registration_certificate": {("recipient", number) for number in (1, 17, 18, 83, 84, 86, 87, 88, 89, 91, 92, 93, 94, 95, 96, 97, 99)}}


def on_paper(form: str) -> set[tuple[str, int]]:
    with (Path(__file__).parent / "item_form_map.csv").open(encoding="utf-8") as file:
        return {(row["table"], int(row["no"])) for row in csv.DictReader(file)
                if row["dual_entry"] == "yes" and form in row["forms"].split("|")}


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_the_sheet_asks_for_every_paper_item_and_nothing_else(sheet):
    asked = {(place.item.model.annex_table, place.item.item.number) for place in sheet.fields() if place.item.item.number}
    assert asked == on_paper(FORMS[sheet.name]) | NEEDED_BESIDE_THE_MAP.get(sheet.name, set())


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_a_sheet_comes_back_from_storage_as_it_was(sheet):
    assert Sheet.from_definition(sheet.definition()) == sheet


@pytest.mark.parametrize("key", ["patient.shoe_size", "certification.recipient_number", "addressee.name"])
def test_what_no_paper_tells_cannot_be_put_on_a_sheet(key):
    definition = Sheet("x", "試", (Section("一", (Asked(key),)),)).definition
    with pytest.raises(UnknownItem):
        Sheet.from_definition(definition())


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_what_a_record_cannot_do_without_is_required_on_its_sheet(sheet):
    seen_to = {key for name in sheet.checks for key in SEEN_TO.get(name, ())}
    for place in sheet.fields():
        if place.item.required and place.item.item.entry.value == "paper":
            assert place.required or place.item.key in seen_to, place.name
