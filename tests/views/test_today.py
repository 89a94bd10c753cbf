"""今日の仕事: what waits, how old it is, and what runs out, each with the list behind it."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from procedures.today import work
from reports.chart import bars
from tests.city import ON, settle


def test_certificates_that_run_out_are_counted_by_span(session):
    before = work(session, ON).expiring
    ends = [ON + timedelta(days=days) for days in (0, 30, 31, 60, 90, 91)]
    settle(session, *({"valid_to": end} for end in ends), noise=0)
    after = work(session, ON).expiring
    assert [after[span] - before[span] for span in (30, 60, 90)] == [2, 4, 5]


def test_what_waits_says_how_long_the_oldest_has_waited(session: Session):
    settle(session, {"state": "applying", "applied": date(2026, 11, 4)}, noise=0)
    (waiting,) = [each for each in work(session, ON).cases if each.step == "registered"]
    assert waiting.count >= 1 and waiting.oldest_days >= 20 and waiting.age == "late"


def test_a_chart_has_its_figures_in_words_and_no_style_of_its_own():
    drawn = bars("月ごと", [("1月", 3), ("2月<", 0)])
    assert drawn.count("<rect") == 2 and 'aria-label="月ごと"' in drawn
    assert "2月&lt;" in drawn and "style=" not in drawn


@pytest.mark.parametrize(("username", "status"), [("manager1", 200), ("reviewer1", 200), ("clerk1", 403),
                                                  ("admin1", 403)])
def test_the_start_page_is_the_managers(login, username, status):
    answer = login(username).get("/today/")
    assert answer.status_code == status
    assert ("表で見る" in answer.text) is (status == 200)
