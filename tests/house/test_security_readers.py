"""見張り: bandit and rules of our own read the whole house; whatever they may pass over stands here with its reason."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from config import ROOT
from tests.house.lint_rules import clocks, composed_sql, unchecked_peers, unescaped, writing_gets

ROOMS = ("app", "views", "procedures", "forms", "reports", "models", "rules", "exchange", "seeds", "translations")

# What bandit finds and why it stays: (finding, where it may be) → reason. An entry that nothing needs any more fails as well.
NARROWS = "tells the type checker what the line before established; no answer of anybody depends on it"
BY_OUR_RULE = "statements put together from constants: judged name by name in test_no_statement_is_put_together_from_what_somebody_typed"
ACCEPTED = {
    "B101": ({"app/sessions.py", "exchange/receipt_claim.py", "procedures/certification.py", "procedures/frames.py",
              "procedures/keying.py", "procedures/payment.py", "procedures/provision.py", "rules/receipt_join.py", "seeds/bulk.py", "seeds/demo.py",
              "seeds/demo_cases.py", "seeds/demo_claims.py", "seeds/demo_receipts.py", "views/list_page.py", "views/masters.py"}, NARROWS),
    "B104": ({"app/gate.py", "app/health.py"}, "0.0.0.0 stands for a caller without an address, who is refused; nothing is bound to it"),
    "B310": ({"procedures/neighbours.py"}, "the address of a neighbour is the city's own setting"),
    "B311": ({"seeds/receipts.py", "seeds/residents.py"}, "made-up people must be the same for the same seed"),
    "B404": ({"app/commands/opening.py", "app/commands/run.py", "app/commands/test.py", "app/database.py", "app/neighbours.py", "app/processes.py"},
             "the launcher starts the office's own processes; the database's room knows how such a start fails"),
    "B603": ({"app/commands/opening.py", "app/commands/run.py", "app/commands/test.py", "app/neighbours.py"}, "fixed words and our own interpreter, no shell"),
    "B608": ({"procedures/accumulation.py", "procedures/corrections.py", "procedures/costly_months.py", "procedures/held_receipts.py",
              "procedures/holders.py", "procedures/key_rotation.py", "procedures/receipt_findings.py", "procedures/receipt_lists.py", "procedures/receipt_report.py",
              "procedures/receipt_undo.py", "procedures/register_import.py", "procedures/renewal.py", "procedures/renewal_print.py",
              "procedures/backup.py", "procedures/disposals.py", "procedures/journal_inspection.py", "procedures/owned_rows.py",
              "app/demo_register.py", "procedures/portal_notices.py",
              "procedures/register_link.py", "procedures/register_work.py",
              "procedures/restoring.py", "procedures/retention.py", "procedures/sealing.py", "seeds/bulk.py", "seeds/codes.py"}, BY_OUR_RULE),
    "B704": ({"app/words.py", "app/form_keys.py", "app/menu.py", "reports/chart.py", "views/list_page.py", "views/person.py"},
             "every value in it goes through escape(); the sentences are the catalogue's own"),
}
# A name inside the words of a statement that is no constant, and where it comes from; never from a person.
PUT_INTO_SQL = {
    "app/demo_register.py": {"names": "the columns of a file's layout, written in exchange/register_file.py"},
    "procedures/accumulation.py": {"part": "counts through the partitions"},
    "procedures/backup.py": {"table": "a table of the models, as the database itself names it"},
    "procedures/corrections.py": {"table": "a key of TABLES, looked up before"},
    "procedures/costly_months.py": {"who": "one of two conditions written in this file"},
    "procedures/disclosure.py": {"table": "a key of TITLES, written in that file"},
    "procedures/disposals.py": {"table": "a key of OWNED", "kind": "a kind of record the code declares",
                                "statement": "a condition of OWNED"},
    "procedures/figures.py": {"by": "a member of the enumeration of groupings"},
    "procedures/held_receipts.py": {"set_id": "decides whether a fixed condition is there; its value is a parameter"},
    "procedures/holders.py": {"_only": "one of two conditions written in this file",
                              "recipient_ids": "decides between them; its values are a parameter"},
    "procedures/listing.py": {"listing": "the table of a listing the code declares"},
    "procedures/owned_rows.py": {"table": "a key of OWNED, written in that file"},
    "procedures/receipt_findings.py": {"code": "a severity code of the code's own table", "receipts": "a query of this file",
                                       "set_id": "a parameter beside the words"},
    "procedures/register_import.py": {each: "columns of a layout that exchange declares" for each in (
        "content", "differs", "keys", "layout", "names", "person", "table", "year")},
    "procedures/register_work.py": {"whom": "one of the conditions written in this house"},
    "procedures/renewal_print.py": {"column": "one of two assignments written on the line before"},
    "procedures/restoring.py": {each: "tables and schemas as this installation's own models name them" for each in (
        "table", "connection", "each", "schema", "tables_of")},
    "seeds/bulk.py": {"model": "the table of a model"},
    "seeds/codes.py": {"table": "the table of a model"},
}
# Whoever asks the machine for the time: the clock of the application, commands, seeds that say when they were run, and what stamps a message at sending.
CLOCK_HOLDERS = {"app/clock.py", "app/commands/audit.py", "app/commands/sealer.py", "app/database.py", "app/commands/demo_data.py", "app/commands/doctor.py", "app/commands/import_.py",
                 "app/commands/import_receipts.py", "app/commands/opening.py", "app/commands/worker.py", "exchange/peer.py", "seeds/demo.py", "seeds/sheets.py"}
# The page of column choice answers GET and POST; the GET ends before anything is written (test_looking_changes_nothing).
SPLIT_BY_METHOD = {"views/record_view.py": ["choose_columns"]}


def _sources() -> dict[str, str]:
    return {path.relative_to(ROOT).as_posix(): path.read_text() for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))}


def _found_in_house(rule) -> dict[str, object]:
    return {name: found for name, source in _sources().items() if (found := rule(source))}


def _bandit(*where: str) -> set[tuple[str, str]]:
    judged = subprocess.run([sys.executable, "-m", "bandit", "-q", "-f", "json", "-r", *where], cwd=ROOT, capture_output=True,
                            text=True, check=False)
    return {(each["test_id"], Path(each["filename"]).as_posix()) for each in json.loads(judged.stdout)["results"]}


def test_bandit_finds_nothing_but_what_is_accepted_with_its_reason():
    assert _bandit(*ROOMS, "config.py") == {(code, name) for code, (names, _) in ACCEPTED.items() for name in names}


def test_bandit_would_have_found_it(tmp_path: Path):
    (tmp_path / "bad.py").write_text("import subprocess\nsubprocess.run(input(), shell=True)\neval(input())\n")
    assert {code for code, _ in _bandit(str(tmp_path))} >= {"B602", "B307"}


def test_no_statement_is_put_together_from_what_somebody_typed():
    assert _found_in_house(composed_sql) == {name: set(known) for name, known in PUT_INTO_SQL.items()}


def test_no_template_writes_anything_unescaped():
    found = {path.name: unescaped(path.read_text()) for path in (ROOT / "views" / "templates").rglob("*.html")}
    found |= {path.name: unescaped(path.read_text()) for path in (ROOT / "reports").rglob("*.html")}
    assert {name: each for name, each in found.items() if each} == {}


def test_only_these_ask_the_machine_for_the_time():
    assert set(_found_in_house(clocks)) == CLOCK_HOLDERS


def test_no_look_writes():
    assert {name: found for name, found in _found_in_house(writing_gets).items() if name.startswith(("views", "app"))} == SPLIT_BY_METHOD


def test_every_peer_is_checked():
    assert _found_in_house(unchecked_peers) == {}


@pytest.mark.parametrize(("rule", "bad"), [
    (composed_sql, 'session.execute(text(f"SELECT * FROM person WHERE name = \'{typed}\'"))'),
    (composed_sql, 'session.execute(text("SELECT * FROM person WHERE name = " + typed))'),
    (composed_sql, 'session.execute(text("SELECT * FROM person WHERE name = %s" % typed))'),
    (composed_sql, 'session.execute(text("SELECT * FROM {}".format(typed)))'),
    (unescaped, "{{ person.name | safe }}"),
    (clocks, "def rule():\n    return date." + "today()"),
    (writing_gets, '@expose("/<int:number>")\ndef show(self, number):\n    self.session.add(number)'),
    (writing_gets, '@expose("/", methods=["GET"])\ndef show(self):\n    return self.carry_out(act, "", "/")'),
    (unchecked_peers, "context.verify_mode = ssl.CERT_NONE"),
])
def test_a_rule_finds_what_it_is_for(rule, bad):
    assert rule(bad)


@pytest.mark.parametrize(("rule", "good"), [
    (composed_sql, 'session.execute(text(f"SELECT {COLUMNS} FROM person WHERE name = :name"), {"name": typed})'),
    (unescaped, "{{ person.name }}"),
    (clocks, "def rule(on):\n    return on"),
    (writing_gets, '@expose("/", methods=["POST"])\ndef store(self):\n    return self.carry_out(act, "", "/")'),
    (unchecked_peers, "context = ssl.create_default_context()"),
])
def test_a_rule_leaves_good_code_alone(rule, good):
    assert not rule(good)
