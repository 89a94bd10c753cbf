"""入力の成績の画面: a chart, the same figures in a table, and a file of what is shown."""

import pytest


@pytest.mark.parametrize("by", ["clerk", "sheet", "item", "stars"])
def test_the_figures_open_for_the_manager(login, by):
    answer = login("manager1").get(f"/figures/?by={by}")
    assert answer.status_code == 200 and "入力の成績" in answer.text and 'class="chart"' in answer.text


@pytest.mark.parametrize(("query", "words"), [
    ("from=R8.11.20&to=R8.11.1", "1年以内"), ("from=R8.11.1", "1年以内"), ("from=R7.1.1&to=R8.11.1", "1年以内"),
    ("from=R8.2.30&to=R8.3.1", "日付"), ("from=x&to=y", "日付")])
def test_a_span_that_cannot_be_is_told_and_this_month_is_shown(login, query, words):
    answer = login("manager1").get(f"/figures/?{query}")
    assert answer.status_code == 422 and words in answer.text and "R8.11.1〜R8.11.24" in answer.text


def test_the_file_is_named_after_what_it_holds(login):
    answer = login("manager1").post("/figures/file", data={"by": "sheet", "from": "2026-11-01", "to": "2026-11-24"})
    assert answer.mimetype == "text/csv" and "figures-sheet-20261101-20261124.csv" in answer.headers["Content-Disposition"]
    assert login("manager1").post("/figures/file", data={"by": "sheet", "from": "x", "to": "y"}).status_code == 422
