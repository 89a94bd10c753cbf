"""行き先のある記録: whatever is stored of a person is shown to her when she asks, and goes when its period is over."""

from models.items import Model
from procedures.disclosure import TITLES, UNTOLD
from procedures.owned_rows import OWNED

ROOTS = {"recipient", "application", "received_sheet"}
# What only adds up rows that stand below: it is told with them, and procedures/disposals.py removes it with the person.
SUMS = {"benefit_month"}


def test_every_table_that_refers_to_a_person_says_whose_its_rows_are():
    """A table that is new here needs a line in procedures/owned_rows.py before it can hold anybody."""
    found, tables = set(ROOTS), Model.metadata.tables
    while True:
        more = {name for name, table in tables.items() for key in table.foreign_keys if key.column.table.fullname in found
                and not name.startswith("ab_")} - found
        if not more:
            break
        found |= more
    assert found - SUMS == set(OWNED)


def test_a_person_is_told_of_every_table_that_holds_something_of_hers():
    assert set(OWNED) - UNTOLD <= set(TITLES)
