"""交付: what the patient holds says what was certified, in letters that are really there."""

import subprocess
from io import BytesIO

import pytest
from pypdf import PdfReader

from config import DEMO_CITY
from models.certification import Certificate
from models.journal import JournalEntry
from procedures.city import city_of
from procedures.issue import NeedsReason, issue, preview
from reports.paper import GlyphMissing, check_glyphs
from seeds.codes import load_demo_masters
from tests.office import NOW, ON
from tests.procedures.test_certification import certified

CITY = city_of(DEMO_CITY)


def text_of(pdf: bytes) -> str:
    return subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


def fonts_of(pdf: bytes) -> set[str]:
    names = set()
    for page in PdfReader(BytesIO(pdf)).pages:
        for font in page["/Resources"]["/Font"].values():
            names.add(str(font.get_object()["/BaseFont"]))
    return names


def test_the_certificate_says_what_was_certified(session, actors):
    certification = certified(session, actors)
    printed = issue(session, actors["manager1"], certification.id, CITY, ON, NOW)
    text = text_of(printed.pdf)
    for words in (certification.recipient_number, "54117015", "𠮷田 邉", "ヨシダ ハナコ", "昭和52年5月3日", "パーキンソン病",
                  "10,000円", "一般所得Ⅰ", "令和8年11月10日", "令和9年9月30日", "令和8年11月24日", "見本市長", "非該当"):
        assert words in text, words
    assert "自己負担上限額管理票" in text and "令和8年11月分" in text and "令和9年9月分" in text


def test_the_insurer_is_named_where_the_office_knows_it(session, actors):
    load_demo_masters(session)
    certification = certified(session, actors)
    text = text_of(issue(session, actors["manager1"], certification.id, CITY, ON, NOW).pdf)
    assert "見本市 国民健康保険" in text and "110015" in text


def test_names_are_printed_in_the_names_font_and_every_font_is_embedded(session, actors):
    certification = certified(session, actors)
    fonts = fonts_of(issue(session, actors["manager1"], certification.id, CITY, ON, NOW).pdf)
    assert any("IPAmj" in name for name in fonts)
    assert any("BIZ" in name for name in fonts)
    assert all("+" in name for name in fonts)  # a subset prefix: embedded


def test_a_character_without_a_glyph_stops_the_print_and_is_named_by_its_code_point():
    check_glyphs("𠮷田 邉󠄏子")
    with pytest.raises(GlyphMissing, match=r"U\+E000"):
        check_glyphs("\ue000")
    with pytest.raises(GlyphMissing, match=r"U\+9089"):
        check_glyphs("邉\U000e01ef")


def test_the_first_print_issues_and_the_next_one_needs_a_reason(session, actors):
    certification = certified(session, actors)
    issue(session, actors["manager1"], certification.id, CITY, ON, NOW)
    with pytest.raises(NeedsReason):
        issue(session, actors["manager1"], certification.id, CITY, ON, NOW)
    issue(session, actors["manager1"], certification.id, CITY, ON, NOW, reason="破損")
    rows = session.query(Certificate).filter_by(certification_id=certification.id).order_by(Certificate.id).all()
    assert [(row.is_reprint, row.reprint_reason) for row in rows] == [(False, None), (True, "破損")]
    assert session.query(JournalEntry).filter_by(action="printed", recipient_id=certification.recipient_id).count() == 2


def test_a_preview_is_the_same_paper_and_issues_nothing(session, actors):
    certification = certified(session, actors)
    seen = preview(session, actors["manager1"], certification.id, CITY, ON, NOW)
    assert certification.issue_date is None
    assert issue(session, actors["manager1"], certification.id, CITY, ON, NOW).pdf == seen


def test_the_folded_certificate_is_one_sheet_of_three_a6_panels(session, actors):
    certification = certified(session, actors)
    pdf = PdfReader(BytesIO(issue(session, actors["manager1"], certification.id, CITY, ON, NOW, folded=True).pdf))
    assert len(pdf.pages) == 1
    assert round(float(pdf.pages[0].mediabox.width) / 72 * 25.4) == 315


