"""家の決まり: rules of our own that no general reader of code knows; each takes one source text and returns what offends."""

import ast
import re
from collections.abc import Iterator

SQL_TAKERS = {"text", "exec_driver_sql", "frame_of", "literal_column"}
WRITERS = {"carry_out", "add", "add_all", "merge", "delete", "bulk_insert_mappings"}
DATABASES = {"session", "db"}
CLOCKS = {("date", "today"), ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("time", "time")}
CONSTANT = re.compile(r"_?[A-Z][A-Z0-9_]*\Z")


def composed_sql(source: str) -> set[str]:
    """生の SQL: each name that is put into the words of a statement and is not a constant of its file.

    What a person typed is a parameter. Whatever else stands in the words must be known to come from the code itself.
    """
    tree = ast.parse(source)
    return {name for node in ast.walk(tree) if isinstance(node, ast.Call) and _called(node) in SQL_TAKERS
            for argument in node.args for name in _put_in(argument)}


def unescaped(template: str) -> list[str]:
    """エスケープなし: ``|safe`` and switched-off escaping in a template."""
    return re.findall(r"\|\s*safe\b|autoescape\s+false", template)


def clocks(source: str) -> list[str]:
    """時計: calls that ask the machine for the day or the time."""
    return [f"{owner}.{called}" for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)
            for owner, called in [_owner(node)] if (owner, called) in CLOCKS]


def writing_gets(source: str) -> list[str]:
    """見るだけで書く: methods of a screen that answer GET and hand something to the database to keep."""
    return [method.name for method in ast.walk(ast.parse(source))
            if isinstance(method, ast.FunctionDef) and _answers_get(method)
            and any(_is_write(node) for node in ast.walk(method) if isinstance(node, ast.Call))]


def unchecked_peers(source: str) -> list[str]:
    """確かめない相手: a TLS peer whose certificate nobody checks."""
    return [word for word in ("verify=False", "CERT_NONE", "check_hostname = False", "_create_unverified_context") if word in source]


def _put_in(argument: ast.expr) -> Iterator[str]:
    """The names that f-string, +, % and format put into *argument*."""
    if isinstance(argument, ast.JoinedStr):
        parts: list[ast.expr] = [each.value for each in argument.values if isinstance(each, ast.FormattedValue)]
    elif isinstance(argument, ast.BinOp):
        yield from _put_in(argument.left)
        yield from _put_in(argument.right)
        parts = [each for each in (argument.left, argument.right) if not isinstance(each, ast.Constant | ast.BinOp | ast.JoinedStr)]
    elif isinstance(argument, ast.Call) and isinstance(argument.func, ast.Attribute) and argument.func.attr == "format":
        parts = [*argument.args, *(each.value for each in argument.keywords)]
    else:
        return
    for part in parts:
        bound = {each.target.id for node in ast.walk(part) if isinstance(node, ast.GeneratorExp | ast.ListComp)
                 for each in node.generators if isinstance(each.target, ast.Name)}
        yield from (node.id for node in ast.walk(part) if isinstance(node, ast.Name)
                    and node.id not in bound and not CONSTANT.match(node.id))


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _owner(node: ast.Call) -> tuple[str, str]:
    if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
        return node.func.value.id, node.func.attr
    return "", ""


def _answers_get(method: ast.FunctionDef) -> bool:
    for mark in method.decorator_list:
        if isinstance(mark, ast.Call) and _called(mark) == "expose":
            methods = next((each.value for each in mark.keywords if each.arg == "methods"), None)
            return methods is None or any(getattr(each, "value", "") == "GET" for each in getattr(methods, "elts", []))
    return False


def _is_write(node: ast.Call) -> bool:
    if not isinstance(node.func, ast.Attribute) or node.func.attr not in WRITERS:
        return False
    owner = node.func.value
    return node.func.attr == "carry_out" or getattr(owner, "attr", getattr(owner, "id", "")) in DATABASES
