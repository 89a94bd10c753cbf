"""番号の境界: the keys, the role and the tables of the numbering store are touched by its own rooms alone (with .importlinter)."""

import re

from config import ROOT

ROOMS = ("app", "views", "procedures", "models", "reports", "forms", "exchange", "rules", "seeds")
# What each room may hold of the store, and why it does.
KEYS = {"app/wire.py": "the worker's messages", "app/commands/keys.py": "two people change the keys",
        "app/commands/worker.py": "the worker seals anew", "views/office_view.py": "the one door of the screens", "config.py": "says where they lie"}
TABLES = {"models/number_report.py": "declares them", "procedures/number_store.py": "takes the role",
          "procedures/owned_rows.py": "says what goes with a person"}
ORM = {"models/number_report.py": "", "procedures/number_store.py": "", "procedures/vault.py": "", "procedures/key_rotation.py": "",
       "procedures/number_reveal.py": "one number at a time, after two people, a reason and its row in the journal",
       "procedures/integrated_numbers.py": "asks 番号連携サーバ about a line, sealed as it is"}


def _holding(pattern: str) -> set[str]:
    paths = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))] + [ROOT / "config.py"]
    return {path.relative_to(ROOT).as_posix() for path in paths if re.search(pattern, path.read_text())}


def test_only_these_rooms_are_handed_the_keys_of_the_store():
    assert _holding(r"\.keyring\b(?! import)|\bdef keyring\b") == set(KEYS)


def test_only_these_rooms_name_its_role_or_its_tables():
    assert _holding(r"nanbyo_numbers") == {"procedures/number_store.py"}
    assert _holding(r'numbering\.(individual|sealed)_number|"schema": "numbering"') <= set(TABLES)


def test_only_these_rooms_read_its_rows():
    assert _holding(r"\bIndividualNumber\b|\bSealedNumber\b") <= set(ORM)


def test_whoever_opens_a_number_outside_the_vault_asks_first():
    """Every screen that shows a number does so by the one procedure that demands two people, a reason and a journal row."""
    assert _holding(r"\.reveal\(") == {"procedures/number_reveal.py", "procedures/vault.py", "procedures/integrated_numbers.py"}
