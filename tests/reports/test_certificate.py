"""受給者証: legible, complete, inside its paper, in the letters the patient's name has."""

import re
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from config import DEMO_CITY
from procedures.city import city_of
from reports.certificate import CertificateText, certificate_pdf, months_of
from reports.paper import GlyphMissing, embedded_fonts

NOW = datetime(2026, 11, 24, tzinfo=UTC)
CITY = city_of(DEMO_CITY)
TEXT = CertificateText(
    payer_number="54117015", recipient_number="0010009", name="𠮷田 邉󠄏子", name_kana="ヨシダ ハナコ", sex="女",
    birth_date=date(1977, 5, 3), address="埼玉県さいたま市浦和区常盤六丁目4番4号 見本マンション101", insured_number="12・3456",
    insurer_number="110015", insurance_class="ウ", diseases=("パーキンソン病", "全身性エリテマトーデス"),
    facilities=CITY.facility_sentence, cap_yen=10_000, tier="一般所得Ⅰ", ventilator="非該当", high_cost_long_term="非該当",
    mild_high_cost="非該当", severe="非該当", household="", valid_from=date(2026, 11, 20), valid_to=date(2027, 9, 30),
    issue_date=date(2026, 11, 24))


def words_of(pdf: bytes, folder: Path) -> list[tuple[int, float, float, float, float, str]]:
    """Page, box in points and text of every word."""
    path = folder / "paper.pdf"
    path.write_bytes(pdf)
    page, found = 0, []
    told = subprocess.run(["pdftotext", "-bbox", path, "-"], capture_output=True, check=True).stdout.decode()
    for line in told.splitlines():
        page += line.strip().startswith("<page ")
        if word := re.search(r'xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*)</word>', line):
            found.append((page, *map(float, word.groups()[:4]), word.group(5)))
    return found


def page_size(pdf: bytes, folder: Path) -> tuple[float, float, int]:
    path = folder / "paper.pdf"
    path.write_bytes(pdf)
    told = subprocess.run(["pdfinfo", path], capture_output=True, check=True).stdout.decode()
    width, height = map(float, re.search(r"Page size:\s+([\d.]+) x ([\d.]+)", told).groups())
    return width, height, int(re.search(r"Pages:\s+(\d+)", told).group(1))


@pytest.mark.parametrize("folded", [False, True], ids=["A4", "A6三つ折"])
def test_every_word_lies_inside_the_paper(folded, tmp_path):
    text = replace(TEXT, diseases=TEXT.diseases * 3, guardian_name="𠮷田 太郎", guardian_relationship="父",
                   guardian_address=TEXT.address, household="見本 二郎 0010017")
    pdf = certificate_pdf([text], CITY, NOW, folded=folded, with_ledger=False)
    width, height, pages = page_size(pdf, tmp_path)
    assert pages == 1
    outside = [word for _, left, top, right, bottom, word in words_of(pdf, tmp_path)
               if left < 8 or top < 8 or right > width - 8 or bottom > height - 8]
    assert outside == []


def test_the_folded_paper_is_three_panels_of_a6_and_no_word_crosses_a_fold(tmp_path):
    pdf = certificate_pdf([TEXT], CITY, NOW, folded=True)
    width, height, _ = page_size(pdf, tmp_path)
    assert (round(width / 72 * 25.4), round(height / 72 * 25.4)) == (315, 148)
    panel = width / 3
    assert [word for _, left, _, right, _, word in words_of(pdf, tmp_path) if left // panel != right // panel] == []


def test_the_names_are_printed_in_the_font_that_has_their_letters():
    fonts = embedded_fonts(certificate_pdf([TEXT], CITY, NOW, with_ledger=False))
    assert "IPAmjMincho" in fonts
    assert any(font.startswith(("BIZUD", "BIZ-UD", "NotoSansCJK")) for font in fonts), fonts


def test_a_letter_without_a_glyph_is_refused_by_its_code_point_alone():
    with pytest.raises(GlyphMissing, match=r"U\+1F600") as refused:
        certificate_pdf([replace(TEXT, name="見本 😀")], CITY, NOW)
    assert "見本" not in str(refused.value)


def test_behind_the_certificate_lies_one_ledger_page_for_each_month_it_touches(tmp_path):
    months = months_of(TEXT.valid_from, TEXT.valid_to)
    assert (len(months), months[0], months[-1]) == (11, "令和8年11月分", "令和9年9月分")
    assert page_size(certificate_pdf([TEXT], CITY, NOW), tmp_path)[2] == 1 + 11


def test_a_validity_of_eighteen_months_has_a_ledger_page_for_each():
    assert len(months_of(date(2026, 4, 1), date(2027, 9, 30))) == 18


def test_the_same_certificate_is_the_same_file():
    assert certificate_pdf([TEXT], CITY, NOW) == certificate_pdf([TEXT], CITY, NOW)
