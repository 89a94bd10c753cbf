"""銀行のファイルの的: the seeds are read; the hunt itself is for CI, a minute a target."""

import pytest

from tests.fuzz.bank_targets import SEEDS, TARGETS


@pytest.mark.parametrize("name", TARGETS)
def test_the_seeds_are_read_and_nonsense_is_refused(name):
    target = TARGETS[name]
    assert {target(seed) for seed in SEEDS[target]} == {"read"}
    assert {target(raw) for raw in (b"", b"\x00" * 120, b"1" * 480, SEEDS[target][0][::-1])} == {"refused"}
