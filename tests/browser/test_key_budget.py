"""打鍵数: what a sheet costs in keys, against the characters that somebody wrote on the paper."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from models.sheet import Keying, ReceivedSheet
from tests.browser.conftest import open_sheet
from tests.office import keyed, received

# 様式第1号: field, what stands on the paper, what is typed, and the keys that costs; a ticked box is one character.
# Japanese is costed as the letters of its reading and two keys for each conversion.
PAPER = (
    ("application.application_date", "令和8年11月20日", "5081120", 7),
    ("patient.patient_name_kana", "ヨシダ ハナコ", "ヨシダ ハナコ", 13),
    ("patient.patient_name", "吉田 花子", "吉田 花子", 6 + 2 + 1 + 6 + 2),
    ("patient.patient_birth_date", "昭和52年5月3日", "3520503", 7),
    ("patient.patient_sex", "女", "2", 1),
    ("patient.patient_postal_code", "330-0061", "3300061", 7),
    ("patient.patient_address", "埼玉県さいたま市浦和区常盤6-4-4", "埼玉県さいたま市浦和区常盤6-4-4", 37 + 4 * 2 + 5),
    ("patient.patient_phone", "048-829-1111", "0488291111", 10),
    ("insurance.insurance_kind", "✓", "03", 2),
    ("insurance.insurer_number", "110015", "110015", 6),
    ("insurance.insured_number", "12・3456", "12・3456", 7),
    ("insurance.insured_name", "吉田 花子", "吉田 花子", 6 + 2 + 1 + 6 + 2),
    ("insurance.insured_relationship", "本人", "00", 2),
    ("insurance.insured_or_dependent", "✓", "1", 1),
    ("application.agreed_to_insurer_inquiry", "✓", "1", 1),
    ("application_disease.0.disease_number", "パーキンソン病", "6", 1),
    ("application_disease.0.is_main", "✓", "1", 1),
    ("clinical_form.physician", "見本 一郎", "見本 一郎", 5 + 2 + 1 + 6 + 2),
    ("clinical_form.physician_number", "1101234567", "1101234567", 10),
    ("clinical_form.department", "内科", "01", 2),
    ("clinical_form.written_date", "令和8年11月10日", "5081110", 7),
    ("application.diagnosed_date", "令和8年11月5日", "5081105", 7),
    ("assessment.ventilator", "✓", "0", 1),
    ("review.mild_high_cost", "✓", "0", 1),
    ("assessment.is_apportioned", "✓", "0", 1),
    ("application_facility.0.facility_number", "1111012348", "1111012348", 10),
    ("application_facility.0.used_from", "令和8年11月20日", "5081120", 7),
    ("application_facility.0.is_main", "✓", "1", 1),
)
# What the first keying does not type: kana comes from the input method, the town from the postal code, names by F4.
SPARED = {"patient.patient_name_kana": 0, "patient.patient_address": 5, "insurance.insured_name": 1}
ANSWERS = {name: typed for name, _written, typed, _keys in PAPER}


class Hands:
    """A clerk's hands: real key events only, counted as values and as movements."""

    def __init__(self, page) -> None:
        self.page, self.tools = page, page.context.new_cdp_session(page)
        self.moves = self.values = 0

    def focus(self) -> str:
        return self.page.evaluate("document.activeElement.id")

    def move(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.moves += 1

    def convert(self, reading: str, written: str) -> None:
        """One conversion of the input method: the reading is composed, then the written form is taken."""
        self.tools.send("Input.imeSetComposition", {
            "text": reading, "selectionStart": len(reading), "selectionEnd": len(reading)})
        self.tools.send("Input.insertText", {"text": written})

    def type_name(self, written: str) -> None:
        readings = {"吉田": "よしだ", "花子": "はなこ"}
        for place, part in enumerate(written.split(" ")):
            if place:
                self.page.keyboard.type(" ")
            if part in readings:
                self.convert(readings[part], part)
            else:
                self.page.keyboard.insert_text(part)

    def fill(self, name: str, typed: str, first: bool) -> None:
        """Type one field the way its turn allows."""
        if first and name == "insurance.insured_name":
            self.page.keyboard.press("F4")
        elif first and name == "patient.patient_name_kana":
            return
        elif first and name == "patient.patient_address":
            expect(self.page.locator(f"[id='{name}']")).not_to_have_value("")
            self.page.keyboard.type(typed.removeprefix(self.page.evaluate("document.activeElement.value")))
        elif name.endswith(("_name", "physician")):
            self.type_name(typed)
        else:
            self.page.keyboard.type(typed)


def key(page, first: bool) -> Hands:
    """Key PAPER from the first field to F10."""
    hands = Hands(page)
    for name, _written, typed, keys in PAPER:
        for _step in range(12):
            if hands.focus() == name:
                break
            here, there = (page.evaluate("id => document.getElementById(id).closest('.part').ariaLabel", each)
                           for each in (hands.focus(), name))
            hands.move("Enter" if here == there else "F8")
        assert hands.focus() == name
        hands.values += SPARED.get(name, keys) if first else keys
        hands.fill(name, typed, first)
    here = page.url
    hands.move("F10")
    page.wait_for_url(lambda address: address != here)
    return hands


@pytest.fixture
def sheet(engine, actors) -> Iterator[ReceivedSheet]:
    with Session(engine, expire_on_commit=False) as session:
        sheet = received(session, actors)
        session.commit()
        yield sheet


def written() -> int:
    return sum(len(text) for _name, text, _typed, _keys in PAPER)


def test_the_first_keying_costs_no_more_keys_than_the_paper_has_characters(sit_down, sheet, engine):
    page = sit_down("clerk1")
    open_sheet(page, sheet.id)
    hands = key(page, first=True)
    ratio = (hands.values + hands.moves) / written()
    with Session(engine) as session:
        keying = session.query(Keying).filter_by(sheet_id=sheet.id).one()
        assert keying.submitted_at and {name: keying.raw[name] for name in ANSWERS} == ANSWERS
    assert ratio <= 1.05
    assert hands.moves * 20 / len(PAPER) <= 10


def test_the_second_keying_is_typed_whole_and_stays_within_its_budget(sit_down, sheet, engine, actors):
    with Session(engine) as session:
        keyed(session, actors["clerk1"], session.get_one(ReceivedSheet, sheet.id), ANSWERS)
        session.commit()
    page = sit_down("clerk2")
    open_sheet(page, sheet.id)
    hands = key(page, first=False)
    ratio = (hands.values + hands.moves) / written()
    with Session(engine) as session:
        assert session.get_one(ReceivedSheet, sheet.id).state == "registered"
    assert ratio <= 1.45
