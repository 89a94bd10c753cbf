"""規則の命令: same order, same id, and a line that cannot be judged does not stop the others."""

import json

from click.testing import CliRunner

from app.commands.rules import rules


def ask(command: str, *lines: dict | str) -> tuple[int, list[dict]]:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    result = CliRunner().invoke(rules, [command], input=text)
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


def test_tier_answers_with_cap_and_reasons():
    code, answers = ask("tier", {"id": 1, "on": "2025-10-01", "taxed": True, "income_levy_yen": 94600,
                                 "designated_city": True})
    assert code == 0
    assert (answers[0]["id"], answers[0]["tier"], answers[0]["cap_yen"]) == (1, "general_1", 10000)
    assert any("施行令1条" in reason for reason in answers[0]["reasons"])


def test_a_bad_line_is_answered_in_its_place():
    code, answers = ask("tier", {"id": "a", "on": "2025-10-01", "taxed": False}, "{", {"id": "b", "on": "2025-10-01"},
                        {"id": "c", "on": "2025-10-01", "welfare": True}, {"id": "d", "on": "1999-01-01", "taxed": True},
                        {"id": "e", "on": "yesterday"}, {"id": "f", "on": "2025-10-01", "taxed": True, "income_levy_yen": -1})
    assert code == 1
    assert [answer.get("error") for answer in answers] == [
        "income_missing", "not_json", "taxation_missing", None, "no_figures", "bad_value", "bad_value"]
    assert [answer["id"] for answer in answers] == ["a", None, "b", "c", "d", "e", "f"]


def test_apportion_validity_and_number():
    assert ask("apportion", {"id": 1, "caps": [30000, 10000]}) == (0, [{"id": 1, "shares": [22500, 7500]}])
    code, answers = ask("validity", {"id": 2, "kind": "new", "received": "2025-06-10", "diagnosed": "2025-04-01"})
    assert code == 0 and answers[0]["valid_from"] == "2025-05-10"
    assert ask("number", {"id": 3, "kind": "payer", "number": "54376017"}) == (0, [{"id": 3, "valid": True}])
    assert ask("number", {"id": 4, "kind": "none", "number": "1"})[0] == 1
