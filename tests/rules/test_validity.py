"""有効期間: where a period begins and ends, one day to each side of every border."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.parameters import figures, trial
from rules.validity import UNAVOIDABLE, Received, months_before, period_of


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(("received", "diagnosed", "reason", "start"), [
    ("2025-06-10", None, None, "2025-06-10"), ("2025-06-10", "2025-06-10", None, "2025-06-10"),
    ("2025-06-10", "2025-06-09", None, "2025-06-09"), ("2025-06-10", "2025-05-11", None, "2025-05-11"),
    ("2025-06-10", "2025-05-10", None, "2025-05-10"), ("2025-06-10", "2025-05-09", None, "2025-05-10"),
    ("2025-06-10", "2025-04-01", None, "2025-05-10"), ("2025-06-10", "2025-04-01", "worsening", "2025-04-01"),
    ("2025-06-10", "2025-03-10", "disaster", "2025-03-10"), ("2025-06-10", "2025-03-09", "other", "2025-03-10"),
    ("2025-06-10", "2025-07-01", None, "2025-06-10"), ("2025-03-31", "2025-02-01", None, "2025-02-28"),
    ("2024-03-31", "2024-02-01", None, "2024-02-29"), ("2023-10-05", "2023-09-15", None, "2023-10-01"),
    ("2023-10-01", "2023-09-30", None, "2023-10-01"), ("2023-11-01", "2023-09-30", None, "2023-10-01"),
    ("2023-11-02", "2023-10-01", None, "2023-10-02"), ("2023-09-30", "2023-09-01", None, "2023-09-30"),
    ("2024-01-01", "2023-09-30", "clinical_form_delay", "2023-10-01")])
def test_a_new_certification_reaches_back_to_the_diagnosis_within_the_limit(received, diagnosed, reason, start):
    period = period_of(Received("new", day(received), diagnosed=day(diagnosed) if diagnosed else None,
                                unavoidable_reason=reason))
    assert period.valid_from == day(start)


@pytest.mark.parametrize(("met", "start"), [
    ("2025-05-31", "2025-06-01"), ("2025-05-20", "2025-05-21"), ("2025-05-19", "2025-05-20"),
    ("2025-05-18", "2025-05-20"), ("2025-06-19", "2025-06-20"), ("2025-06-20", "2025-06-20")])
def test_mild_high_cost_starts_the_day_after_the_criterion_was_met(met, start):
    period = period_of(Received("mild_high_cost", day("2025-06-20"), criterion_met_on=day(met)))
    assert period.valid_from == day(start)


@pytest.mark.parametrize(("received", "start"), [
    ("2025-06-01", "2025-06-01"), ("2025-06-02", "2025-07-01"), ("2025-06-10", "2025-07-01"),
    ("2025-06-30", "2025-07-01"), ("2025-12-31", "2026-01-01"), ("2025-12-02", "2026-01-01")])
def test_a_change_holds_from_the_next_first_of_the_month(received, start):
    period = period_of(Received("change", day(received), previous_to=day("2026-09-30")))
    assert (period.valid_from, period.valid_to) == (day(start), day("2026-09-30"))


@pytest.mark.parametrize(("received", "start", "end"), [
    ("2025-09-30", "2025-10-01", "2026-09-30"), ("2025-07-02", "2025-10-01", "2026-09-30"),
    ("2025-10-01", "2025-10-01", "2026-09-30"), ("2025-11-15", "2025-11-15", "2026-09-30")])
def test_a_renewal_follows_the_old_period_and_a_late_one_is_new(received, start, end):
    period = period_of(Received("renewal", day(received), previous_to=day("2025-09-30")))
    assert (period.valid_from, period.valid_to) == (day(start), day(end))


@pytest.mark.parametrize(("received", "start"), [("2025-10-01", "2025-10-01"), ("2025-10-05", "2025-10-01"),
                                                 ("2025-10-30", "2025-10-01"), ("2025-11-01", "2025-10-01"),
                                                 ("2025-11-02", "2025-10-02")])
@pytest.mark.parametrize("kind", ["renewal", "new", "transfer_in"])
def test_a_late_application_never_reaches_back_into_the_period_before_it(kind, received, start):
    period = period_of(Received(kind, day(received), diagnosed=day("2025-04-01"), previous_to=day("2025-09-30")))
    assert period.valid_from == day(start)


def test_moving_in_while_the_former_citys_certificate_holds_is_no_new_application():
    period = period_of(Received("transfer_in", day("2025-09-30"), diagnosed=day("2025-09-10"), previous_to=day("2025-09-30")))
    assert period.valid_from == day("2025-09-30")


@pytest.mark.parametrize(("rule", "moved", "start"), [
    ("moving_in", "2024-11-01", "2024-11-01"), ("moving_in", "2024-11-21", "2024-11-20"), ("moving_in", None, "2024-11-20"),
    ("application", "2024-11-01", "2024-11-20")])
def test_a_city_may_count_from_the_day_of_moving_in(rule, moved, start):
    with trial("validity", {day("2023-10-01"): {**figures("validity", day("2024-11-20")), "transfer_in_from": rule}}):
        period = period_of(Received("transfer_in", day("2024-11-20"), moved_in_on=day(moved) if moved else None))
    assert period.valid_from == day(start)


def test_a_city_may_take_the_next_day_where_a_month_has_no_such_day():
    with trial("validity", {day("2023-10-01"): {**figures("validity", day("2025-03-31")), "no_such_day": "next_day"}}):
        assert [months_before(day(each), 1) for each in ("2025-03-31", "2025-03-28")] == [day("2025-03-01"), day("2025-02-28")]


@pytest.mark.parametrize(("received", "end"), [
    ("2024-06-30", "2024-09-30"), ("2024-07-01", "2025-09-30"), ("2024-08-10", "2025-09-30"),
    ("2024-10-01", "2025-09-30"), ("2025-01-01", "2025-09-30")])
def test_a_period_ends_with_the_citys_cycle(received, end):
    assert period_of(Received("new", day(received))).valid_to == day(end)


def test_moving_in_starts_on_the_day_of_application():
    assert period_of(Received("transfer_in", day("2024-11-20"))).valid_from == day("2024-11-20")


@given(st.dates(date(2015, 1, 1), date(2035, 12, 31)), st.integers(0, 400), st.sampled_from([None, *UNAVOIDABLE]))
def test_no_period_is_empty_longer_than_the_maximum_or_starts_after_receipt(received, earlier, reason):
    period = period_of(Received("new", received, diagnosed=received - timedelta(days=earlier), unavoidable_reason=reason))
    assert period.valid_from <= received <= period.valid_to
    assert (period.valid_to - period.valid_from).days <= 18 * 31
    assert period.valid_from >= months_before(received, 3)
    assert period.reasons
