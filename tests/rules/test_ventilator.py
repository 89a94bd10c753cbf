"""人工呼吸器等装着: four findings together, or one alone; three of the four are not enough."""

from dataclasses import replace

import pytest

from rules.ventilator import LABELS, TOGETHER, Findings, meets

ALL_FOUR = Findings(wears_one=True, all_day=True, no_weaning=True, needs_help=True)


def test_the_four_findings_together_count():
    assert meets(ALL_FOUR)[0]


@pytest.mark.parametrize("name", TOGETHER)
def test_where_one_of_the_four_is_lacking_it_is_named(name):
    fits, why = meets(replace(ALL_FOUR, **{name: False}))
    assert not fits and LABELS[name] in why and all(LABELS[other] not in why for other in TOGETHER if other != name)


def test_an_external_heart_counts_alone_and_an_implanted_one_is_no_finding():
    assert meets(Findings(external_heart=True))[0]
    assert not meets(Findings())[0]
