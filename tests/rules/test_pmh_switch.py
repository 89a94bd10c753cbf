"""PMHへの登録の可否: off in every year of the law, and on only from the day of the revised assessment."""

from datetime import date, timedelta

import pytest

from rules.parameters import figures, trial
from rules.pmh_switch import refusal_on, unrevised, was_ever_on

DAY = date(2027, 4, 1)
ROW = figures("pmh", DAY) | {"is_on": True, "revision_on": "2027-04-01", "revision_document": "第78号"}


def test_it_is_off_as_it_comes():
    assert not was_ever_on() and refusal_on(date(2015, 1, 1)) == refusal_on(DAY) == "pmh_off"


def test_it_is_on_from_the_day_of_its_row():
    with trial("pmh", {DAY: ROW}):
        assert (was_ever_on(), refusal_on(DAY - timedelta(days=1)), refusal_on(DAY)) == (True, "pmh_off", None)


@pytest.mark.parametrize("change", [{"revision_on": ""}, {"revision_on": "2027-04-02"}, {"revision_document": ""}])
def test_without_its_revision_it_is_refused(change):
    with trial("pmh", {DAY: ROW | change}):
        assert refusal_on(DAY) == "pmh_no_revision"
    assert unrevised("pmh", {DAY: ROW | change}) == DAY


def test_nothing_is_demanded_of_a_row_that_is_off_or_of_another_figure():
    assert unrevised("pmh", {DAY: ROW}) is unrevised("pmh", {DAY: figures("pmh", DAY)}) is unrevised("tier", {DAY: {}}) is None
