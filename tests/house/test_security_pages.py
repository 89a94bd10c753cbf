"""約束の頁: what the pages on security promise is in the code, and every test they name is there."""

import ast
import re
from datetime import date

import pytest

from app.uploads import RECEIPTS
from config import ROOT
from procedures.scans import LARGEST
from rules.parameters import figures

PAGES = ("docs/asvs.md", "docs/pia_controls.md")
NAMED = re.compile(r"`((?:[a-z_]+/)*[\w.-]+\.(?:py|md|yaml|txt|lock))(?:::(\w+))?`")
STATES = {"docs/asvs.md": {"met", "city", "n/a", "not met"}, "docs/pia_controls.md": {"system", "office", "missing"}}
# Requirements of each chapter of ASVS 5.0.0 that are of level 1 or 2, counted in its own table.
CHAPTERS = {1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 9: 7, 10: 29, 11: 14, 12: 9, 13: 13, 14: 9, 15: 13, 16: 16, 17: 7}


def _rows(page: str) -> list[list[str]]:
    lines = [line for line in (ROOT / page).read_text().splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    return [row for row in cells if len(row) == 6 and row[2] != "state"]


@pytest.mark.parametrize("page", [*PAGES, "SECURITY.md", "docs/keys.md", "docs/uploads.md", "docs/communication.md", "docs/logs.md"])
def test_everything_a_page_names_is_there(page):
    lost = []
    for path, test in NAMED.findall((ROOT / page).read_text()):
        file = ROOT / path
        if not file.exists():
            lost.append(path)
        elif test and test not in {each.name for each in ast.parse(file.read_text()).body if isinstance(each, ast.FunctionDef)}:
            lost.append(f"{path}::{test}")
    assert lost == []


@pytest.mark.parametrize("page", PAGES)
def test_every_line_has_its_state_and_what_that_state_needs(page):
    for row in _rows(page):
        state, how, tests = row[2], row[4] if page == "docs/asvs.md" else row[3], row[5]
        assert state in STATES[page] and how, row
        assert (state not in ("met", "system")) or "::test_" in tests, row


def test_every_requirement_of_both_levels_has_its_line():
    numbers = [tuple(map(int, row[0][1:].split("."))) for row in _rows("docs/asvs.md")]
    assert numbers == sorted(set(numbers))
    assert {chapter: sum(number[0] == chapter for number in numbers) for chapter in CHAPTERS} == CHAPTERS
    levels = [row[1] for row in _rows("docs/asvs.md")]
    assert (levels.count("1"), levels.count("2")) == (70, 183)


def test_the_sums_of_the_page_are_those_of_its_lines():
    told = re.search(r"\n\| (\d+) \| (\d+) \| (\d+) \| (\d+) \|\n", (ROOT / "docs/asvs.md").read_text())
    states = [row[2] for row in _rows("docs/asvs.md")]
    assert [int(each) for each in told.groups()] == [states.count(each) for each in ("met", "city", "n/a", "not met")]


def test_every_risk_of_the_assessment_has_its_controls():
    sections = {row[0].split()[0] for row in _rows("docs/pia_controls.md")}
    assert sections == {"2", "3", "4", "5", "6", "7", "8", "9", "10"}


def test_the_policy_names_its_times():
    policy = (ROOT / "SECURITY.md").read_text()
    assert "1 working day" in policy and "45 days" in policy


def test_every_component_is_pinned_by_its_hash():
    lines = (ROOT / "requirements.lock").read_text().replace("\\\n", " ").splitlines()
    pins = [line for line in lines if line.strip() and not line.lstrip().startswith(("#", "-"))]
    assert pins and [line.split()[0] for line in pins if "==" not in line or "--hash=sha256:" not in line] == []


def test_scripts_keep_nothing_of_a_person_in_the_browser():
    """Where the cursor stood (the name of a field), the size of the scan, whether help is wanted; no value of any field."""
    scripts = "".join(path.read_text() for path in (ROOT / "views" / "static").rglob("*.js"))
    assert re.findall(r"indexedDB|document\.cookie", scripts) == []
    assert sorted(re.findall(r"Storage\.setItem\(([^)]*)\)", scripts)) == [
        '"nanbyo-auto", auto.checked ? "1" : "0"', '"nanbyo-zoom", zoom', "place, input.id"]


def test_every_page_offers_the_way_out_and_covers_a_password():
    templates = ROOT / "views" / "templates"
    assert 'action="/logout/"' in (templates / "layout.html").read_text()
    fields = [line for path in templates.rglob("*.html") for line in path.read_text().splitlines() if re.search(r'name="(old|new|again|password)"', line)]
    assert fields and [line.strip() for line in fields if 'type="password"' not in line] == []


def test_the_inventory_of_keys_knows_every_room_that_uses_one():
    uses = re.compile(r"^(?:import hmac|from cryptography)", re.M)
    rooms = {path.relative_to(ROOT).as_posix() for room in ("app", "views", "procedures", "models", "exchange", "forms", "reports", "rules")
             for path in (ROOT / room).rglob("*.py") if uses.search(path.read_text())}
    told = (ROOT / "docs" / "keys.md").read_text()
    assert rooms and [room for room in sorted(rooms) if f"`{room}`" not in told] == []


def test_the_page_of_uploads_knows_every_screen_that_takes_a_file():
    told = (ROOT / "docs" / "uploads.md").read_text()
    takers = [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "views").rglob("*.py")) if "request.files" in path.read_text()]
    assert takers and [name for name in takers if f"`{name}`" not in told] == []
    assert f"{LARGEST // 2**20} MB" in told and f"{RECEIPTS // 2**30} GB" in told


def test_the_page_of_communication_knows_every_room_that_speaks_to_another_process():
    opens = re.compile(r"urlopen|http\.client|^(?:import|from) (?:ldap3|socket|ssl|psycopg)|create_engine\(str\(settings|smtplib|ftplib|xmlrpc", re.M)
    told = (ROOT / "docs" / "communication.md").read_text()
    rooms = [path.relative_to(ROOT).as_posix() for room in ("app", "views", "procedures", "models", "exchange", "forms", "reports", "rules")
             for path in sorted((ROOT / room).rglob("*.py")) if opens.search(path.read_text())]
    unnamed = [name for name in rooms if f"`{name}`" not in told and not name.startswith("app/commands/")]
    assert rooms and unnamed == []
    settings = re.findall(r"NANBYO_[A-Z_]+_(?:URL|COPY)|NANBYO_(?:EXCHANGE|CHECKPOINTS|DOOR|TLS|ORIGIN)", (ROOT / "config.py").read_text())
    assert [name for name in settings if name not in told] == []


def test_the_inventory_of_logs_knows_every_voice():
    told = (ROOT / "docs" / "logs.md").read_text()
    voices = {name for room in ("app", "views", "procedures", "systems") for path in (ROOT / room).rglob("*.py")
              for name in re.findall(r'getLogger\("([\w.]+)"\)', path.read_text())}
    assert voices and [name for name in sorted(voices) if f"`{name}`" not in told] == []
    years = figures("retention_journal", date(2026, 11, 24))["years"]
    assert f"`retention_journal`, {years} years" in told
