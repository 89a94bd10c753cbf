"""大量印刷: a stamped paper says and looks what WeasyPrint prints of the same template; long texts shrink or wrap alike."""

import subprocess
from io import BytesIO

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageChops

from config import DEMO_CITY
from procedures.city import city_of
from reports.face import face, fit
from reports.paper import GlyphMissing
from reports.press import Press
from reports.renewal import TEMPLATE, RenewalText, renewal_form, shared_of
from reports.stamp import plain_pdf

SHARED = shared_of(city_of(DEMO_CITY), "令和9年6月1日", "更新手続について", ("更新の申請をしてください。",), ("行き違いのときはご容赦ください。",))


def paper(**other: str) -> RenewalText:
    return RenewalText(**({
        "postal_code": "330-0061", "address": "埼玉県さいたま市浦和区常盤6-4-4", "to": "𠮷田 邉󠄏子　様", "document_number": "見保疾第1号の1",
        "recipient_number": "0000018", "name": "𠮷田 邉󠄏子", "disease": "6 パーキンソン病", "period": "令和8年11月10日 から 令和9年9月30日 まで",
        "cap": "10,000円", "token": "R000000001", "kana": "ヨシダ ハナコ", "birth": "昭和52年5月3日　女", "phone": "048-829-1111",
        "insurance": "市町村国保", "insured": "110015　12・3456"} | other))


def stamped(papers) -> bytes:
    buffer = BytesIO()
    press = Press(buffer, renewal_form(SHARED))
    for each in papers:
        press.stamp(each.values())
    press.close()
    return buffer.getvalue()


def words(pdf: bytes) -> list[str]:
    return subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode().split()


@pytest.mark.parametrize("other", [
    {}, {"name": "東海林 長宗我部右衛門之助 エリザベス", "to": "東海林 長宗我部右衛門之助 エリザベス　様"},
    {"address": "埼玉県さいたま市浦和区常盤6-4-4" + "グランドハイツ北浦和駅前壱番館" * 3}, {"phone": "", "kana": "", "insured": ""}],
    ids=["plain", "a long name", "an address of two lines", "blanks"])
def test_a_stamped_paper_is_the_paper_weasyprint_prints(other):
    each = paper(**other)
    (plain,) = plain_pdf(TEMPLATE, SHARED, [each.values()])
    made = stamped([each])
    assert words(made) == words(plain)
    for one, two in zip(pypdfium2.PdfDocument(plain), pypdfium2.PdfDocument(made), strict=True):
        pictures = [page.render(scale=1).to_pil().convert("L") for page in (one, two)]
        assert sum(ImageChops.difference(*pictures).histogram()[96:]) == 0


def test_many_papers_follow_one_another_with_every_name_in_its_own_letters():
    made = stamped(paper(name=name, recipient_number=f"{at:07}") for at, name in enumerate(("髙橋 一郎", "邉󠄏 二郎", "𠮷野 三郎")))
    document = pypdfium2.PdfDocument(made)
    assert len(document) == 6
    said = " ".join(words(made))
    assert "髙橋" in said and "邉󠄏" in said and "𠮷野" in said


def test_a_letter_without_a_glyph_stops_its_paper():
    with pytest.raises(GlyphMissing):
        paper(name="\ue000").values()


@given(st.text(alphabet="見本太郎𠮷田あいう1234", min_size=1, max_size=80), st.sampled_from([1, 2]))
@settings(max_examples=100)
def test_whatever_is_written_fits_its_field_and_loses_no_letter(text, lines):
    made = fit(text, 100.0, 10.5, "name", lines)
    assert "".join(line.text for line in made) == text and len(made) <= lines
    assert all(face("name").width(line.text) * line.size <= 100.01 or line.size < 0.1 for line in made)
