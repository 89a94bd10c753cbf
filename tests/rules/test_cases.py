"""規則の事例: every row of the case files an official can read, answered by the commands that people script against."""

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from app.commands.rules import rules

FOLDER = Path(__file__).parent / "cases"
FILES = [yaml.safe_load(path.read_text()) for path in sorted(FOLDER.glob("*.yaml"))]
CASES = [pytest.param(file["command"], case, id=f"{file['command']} {case['case']}")
         for file in FILES for case in file["cases"]]


@pytest.mark.parametrize(("command", "case"), CASES)
def test_the_rules_answer_as_the_case_says(command, case):
    line = json.dumps({"id": case["case"], **case["in"]}, ensure_ascii=False)
    answer = json.loads(CliRunner().invoke(rules, [command], input=line).stdout)
    assert {name: answer.get(name) for name in case["out"]} == case["out"]
    assert ("error" in answer) == ("error" in case["out"])


def test_there_are_enough_cases_and_none_is_told_twice():
    told = [json.dumps([file["command"], case["in"]], sort_keys=True) for file in FILES for case in file["cases"]]
    assert len(told) == len(set(told)) >= 200
