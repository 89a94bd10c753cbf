"""世帯按分: what several patients of one household pay together is never more than the highest cap."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.apportionment import known_caps, shares

ON = date(2025, 10, 1)


@pytest.mark.parametrize(("caps", "after"), [
    ([30_000, 10_000], [22_500, 7_500]), ([10_000, 5_000], [6_660, 3_330]), ([10_000] * 3, [3_330] * 3),
    ([0, 10_000], [0, 10_000]), ([0, 0], [0, 0]), ([20_000], [20_000]), ([], [])])
def test_shares_of_known_households(caps, after):
    assert shares(caps, ON) == after


@given(st.lists(st.sampled_from([0, 500, 1000, 1250, 2500, 5000, 10_000, 15_000, 20_000, 30_000]), max_size=6))
def test_shares_never_exceed_the_highest_cap_nor_anybodys_own(caps):
    after = shares(caps, ON)
    assert sum(after) <= max(caps, default=0)
    assert all(share <= cap for share, cap in zip(after, caps, strict=True))
    assert max(caps, default=0) - sum(after) < 10 * max(len(caps), 1)


def test_a_partner_may_be_of_the_childrens_scheme():
    assert known_caps(ON) == [0, 500, 1000, 1250, 2500, 5000, 10000, 15000, 20000, 30000]
