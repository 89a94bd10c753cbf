"""統計の画面: the counts with their charts, and as files."""

from io import BytesIO

import pytest
from openpyxl import load_workbook


def test_the_counts_stand_on_the_screen_with_charts(login):
    page = login("manager1").get("/statistics/?year=2026").text
    assert "疾病別の受給者" in page and "<svg" in page and "月別の決定件数" in page


@pytest.mark.parametrize("year", ["1900", "abcd", "99999", ""])
def test_a_year_that_is_none_shows_one_that_is(login, year):
    assert login("manager1").get(f"/statistics/?year={year}").status_code == 200


def test_the_counts_leave_as_csv_xlsx_and_pdf(login):
    client = login("manager1")
    files = {form: client.post("/statistics/file", data={"year": "2026", "format": form}).data for form in ("csv", "xlsx", "pdf")}
    assert "月別の決定件数" in files["csv"].decode("utf-8-sig") and files["pdf"].startswith(b"%PDF")
    assert len(load_workbook(BytesIO(files["xlsx"])).sheetnames) == 8
