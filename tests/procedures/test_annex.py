"""記録項目の一覧: the pages in docs say what the code says."""

import csv
from pathlib import Path

from procedures import annex

DOCS = Path(__file__).parents[2] / "docs"
PUBLISHED = Path(__file__).parents[1] / "models" / "annex_1.csv"


def test_the_table_in_docs_is_what_the_code_declares():
    assert (DOCS / "items.csv").read_text(encoding="utf-8") == annex.as_csv()


def test_the_page_in_docs_is_what_the_code_declares():
    assert (DOCS / "annex.md").read_text(encoding="utf-8") == annex.as_page()


def test_the_first_187_rows_follow_the_published_annex_number_by_number():
    with PUBLISHED.open(encoding="utf-8") as file:
        published = [(row["table"], row["no"], row["label"]) for row in csv.DictReader(file)]
    rows = list(annex.rows())
    assert [row[:3] for row in rows[:187]] == published
    assert {row[0] for row in rows[187:]} == {annex.EXTENSION}
