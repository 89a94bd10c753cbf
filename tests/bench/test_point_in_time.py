"""ある時点に戻す: what was saved before the moment is there, what came after is not, and the copy takes writes."""

from bench import point_in_time


def test_the_office_goes_back_to_a_moment_between_two_saves():
    found = point_in_time.measure(1)
    assert found["ok"] and (found["missing"], found["too_many"]) == (0, 0) and found["saved_before"] > 0, found
