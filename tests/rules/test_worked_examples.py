"""公表された計算例: examples of ministry and prefectures, and ours derived from them, for what the rules answer so far."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.commands.rules import rules
from rules.questions import published_examples

FOLDER = Path(__file__).parent / "cases"


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def ask(command: str, **asked) -> dict:
    return json.loads(CliRunner().invoke(rules, [command], input=json.dumps({"id": 1, **asked})).stdout)


@pytest.mark.parametrize("row", published_examples(), ids=lambda row: row["id"])
def test_a_worked_example_comes_out(row):
    answer, expected = ask(row["command"], **json.loads(row["asked"])), json.loads(row["expected"])
    assert {name: answer.get(name) for name in expected} == expected


@pytest.mark.parametrize("row", rows("check_digits.csv"), ids=lambda row: f"{row['kind']}-{row['number']}")
def test_a_number_is_judged_as_its_source_says(row):
    assert ask("number", kind=row["kind"], number=row["number"])["valid"] is (row["expected"] == "valid")
