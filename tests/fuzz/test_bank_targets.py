"""銀行のファイルの的: the seeds are read, nonsense is refused; the hunt itself is test_fuzz's."""

import pytest

from tests.fuzz.bank_targets import SEEDS


@pytest.mark.parametrize("target", SEEDS)
def test_the_seeds_are_read_and_nonsense_is_refused(target):
    assert {target(seed) for seed in SEEDS[target]} == {"read"}
    assert {target(raw) for raw in (b"", b"\x00" * 120, b"1" * 480, SEEDS[target][0][::-1])} == {"refused"}
