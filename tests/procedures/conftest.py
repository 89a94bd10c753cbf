"""手続の試験の準備: what several of them begin with."""

from collections.abc import Callable

import pytest

from procedures.import_report import Report
from procedures.register_import import import_register
from tests.life import CITY
from tests.office import NOW
from tests.register_files import file_of


@pytest.fixture
def take(session, actors) -> Callable[..., Report]:
    """``take("residents", 1, rows)``: a file of the register or of taxes comes in."""
    def take(kind, sequence, rows, **how):
        return import_register(session, actors["manager1"], kind, *file_of(kind, sequence, rows, **how), CITY, NOW)
    return take
