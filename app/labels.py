"""画面の言葉: every Japanese word that a screen can say, found in the sources; each must have its English."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from babel.messages.extract import extract_from_dir

from config import ROOT
from forms.catalogue import SHEETS
from models.codes import CodeEntry
from models.items import catalogue
from procedures.masters import MASTERS, columns_of
from rules.receipt_check import CHECKS

JAPANESE: Final = re.compile("[ぁ-んァ-ヶ一-龠]")
ROOMS: Final = ("app", "views", "forms", "procedures", "exchange")
# What these say stays Japanese: commands speak to the operator in Japanese, catalogues of rights carry their English
# beside them, letterheads and columns of files are documents of the office, faults and names of the
# wire are read by the neighbour's system, extraction names its own pattern.
NOT_SCREENS: Final = ("procedures/letter_facts.py", "procedures/claim_letters.py", "procedures/board_papers.py", "procedures/payment_papers.py",
                      "app/commands/", "app/database.py", "procedures/door.py", "app/labels.py", "procedures/rights.py", "procedures/city.py",
                      "procedures/annex.py", "procedures/master_files.py", "forms/called.py",
                      "forms/catalogue.py", "exchange/journal_proof.py", "exchange/soap.py", "exchange/permit.py",
                      "exchange/information.py", "exchange/peer.py", "exchange/numberlink_calls.py", "exchange/platform_calls.py",
                      "app/sealing.py")


def wanted() -> set[str]:
    """Every msgid that needs English: words in code, in templates, and the labels declared with models and sheets."""
    return {*_in_code(), *_in_templates(), *_declared()}


def _in_code() -> Iterator[str]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if not name.startswith(NOT_SCREENS):
                yield from _constants(ast.parse(path.read_text()))


def _constants(tree: ast.AST) -> Iterator[str]:
    """Japanese texts that are neither a docstring nor a part of a composed one."""
    apart = {id(node.body[0].value) for node in ast.walk(tree)
             if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body
             and isinstance(node.body[0], ast.Expr)}
    apart |= {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    apart |= {id(each) for node in ast.walk(tree) if isinstance(node, ast.Expr) for each in ast.walk(node.value)
              if isinstance(node.value, ast.Constant)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in apart and JAPANESE.search(node.value):
            yield node.value


def composed(path: Path) -> list[int]:
    """Lines on which a Japanese text is composed on the spot, so that no catalogue could know it."""
    return [node.lineno for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.JoinedStr)
            for part in node.values if isinstance(part, ast.Constant) and JAPANESE.search(str(part.value))]


def _in_templates() -> Iterator[str]:
    options: dict[str, Any] = {"trim_blocks": "True", "lstrip_blocks": "True"}
    for _file, _line, message, _comments, _context in extract_from_dir(
            ROOT / "views" / "templates", [("**.html", "jinja2")], {"**.html": options}):
        yield message if isinstance(message, str) else message[0]


def _declared() -> Iterator[str]:
    yield from (each.item.label for each in catalogue())
    for master in MASTERS.values():
        yield master.label
        yield from (column.label for column in columns_of(master.model))
    yield from (column.label for column in columns_of(CodeEntry))
    yield from (words for check in CHECKS for words in (check.label, check.sentence))
    for sheet in SHEETS:
        yield sheet.label
        yield from (section.title for section in sheet.sections)
        yield from (asked.help for section in sheet.sections for asked in section.asked if asked.help)
