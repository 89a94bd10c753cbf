"""本業: three clerks, a reviewer and a manager take one paper from the counter to the certificate in the hand."""

import os
import subprocess
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from config import ROOT
from forms.catalogue import SHEETS
from procedures.lookup import choices_of
from seeds.codes import load_demo_masters
from seeds.papers import paper
from tests.browser.test_keying_safety import barriers
from tests.browser.test_keying_screen import key_in
from tests.office import NEW_APPLICATION, ON

SHEET = next(sheet for sheet in SHEETS if sheet.name == "new_application")
MISREAD = {"patient.patient_birth_date": "S52.5.8", "insurance.insured_number": "12・3465", "patient.patient_sex": "1"}


@pytest.fixture
def scan(engine, tmp_path: Path) -> Path:
    """The filled paper, drawn as it would come from the scanner."""
    with Session(engine) as session:
        load_demo_masters(session)
        session.commit()
        content = paper(SHEET, NEW_APPLICATION, choices_of(session, SHEET, ON))
    path = tmp_path / ("scan.pdf" if content.startswith(b"%PDF") else "scan.png")
    path.write_bytes(content)
    return path


def picture(page, name: str) -> None:
    """Keep a screenshot for docs/screens and hold the screen to having no barrier."""
    assert barriers(page) == [], page.url
    if "NANBYO_SCREENS" in os.environ:  # set it to renew the pictures; an ordinary run leaves the tree as it is
        page.screenshot(path=ROOT / "docs" / "screens" / f"{name}.png")


def test_a_paper_becomes_a_certificate(sit_down, scan, tmp_path):
    counter = sit_down("clerk1")
    counter.goto("/reception/")
    counter.check("input[name=kind] >> nth=0")
    counter.select_option("#counter", "07")
    counter.set_input_files("#scan", scan)
    counter.focus("button.primary >> nth=-1")
    counter.keyboard.press("Enter")
    counter.wait_for_selector("td.digits")
    number = counter.inner_text("td.digits >> nth=0")
    picture(counter, "reception")

    _key(sit_down("clerk1"), number, NEW_APPLICATION, "keying-first", slip=True)
    _key(sit_down("clerk2"), number, NEW_APPLICATION | MISREAD, "keying-second")

    third = sit_down("clerk3")
    _open(third, number)
    assert third.locator("tr.difference").count() == 3
    picture(third, "settlement")
    misread = set(MISREAD.values())
    for row in range(3):
        shown = third.locator("tr.difference").nth(row).locator(".value").all_inner_texts()
        said = ["".join(text.split()).replace("ここから異なる", "").replace("ここまで", "") for text in shown]
        third.keyboard.press("2" if said[0] in misread else "1")
    third.keyboard.press("F10")
    third.wait_for_selector("text=確定しました")

    reviewer = sit_down("reviewer1")
    reviewer.goto("/assessment/")
    reviewer.click(f"text={number}")
    for choice in reviewer.locator("select[name^='taxation:']").all():
        choice.select_option("1")
    reviewer.locator("input[name^='income_levy_yen:']").first.fill("94600")
    reviewer.click("text=判定する")
    reviewer.wait_for_selector("text=10,000")
    picture(reviewer, "assessment")
    reviewer.goto("/review/")
    reviewer.click(f"text={number}")
    reviewer.check("input[name=document_review][value='1']")
    picture(reviewer, "review")
    reviewer.click("button:has-text('登録する')")
    reviewer.goto("/certification/")
    reviewer.click(f"text={number}")
    reviewer.check("input[name=certification][value='1']")
    reviewer.click("button:has-text('起案する')")

    manager = sit_down("manager1")
    manager.goto("/certification/")
    manager.click(f"text={number}")
    picture(manager, "sign-off")
    manager.click("button:has-text('決裁する')")
    manager.wait_for_selector("text=決裁しました")
    manager.goto("/issue/")
    picture(manager, "issue")
    with manager.expect_download() as download:
        manager.locator("tr", has_text=number).locator("button:has-text('印刷して交付')").click()
    pdf = tmp_path / "certificate.pdf"
    download.value.save_as(pdf)
    text = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, check=True).stdout.decode()
    for words in ("𠮷田 邉", "昭和52年5月3日", "12・3456", "10,000円", "54117015", "パーキンソン病", "令和9年9月30日"):
        assert words in text, words


def _open(page, number: str) -> None:
    page.goto("/queue/")
    page.click(f"text={number}")
    page.wait_for_selector(".place input:focus, tr.difference:focus")


def _key(page, number: str, answers: dict[str, str], name: str, slip: bool = False) -> None:
    _open(page, number)
    wrong = answers | {"insurance.insurer_number": "110016"} if slip else answers
    key_in(page, wrong)
    page.focus("[id='patient.patient_name']")
    picture(page, name)
    page.keyboard.press("F10")
    if slip:
        page.wait_for_selector(".error-summary")
        page.wait_for_selector("#sheet[data-ready]")
        field = page.locator("[id='insurance.insurer_number']")
        field.fill(answers["insurance.insurer_number"])
        page.keyboard.press("F10")
    page.locator(".flash.good").first.wait_for()
