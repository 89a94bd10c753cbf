"""脆弱性の一覧: what a list of known weaknesses (OSV, https://ossf.github.io/osv-schema/) says of the components that are pinned here."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile, ZipFile

ECOSYSTEM: Final = "PyPI"
_PIN: Final = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s\\;]+)", re.M)


class NoAdvisories(Exception):
    """The file is no list of advisories, or says nothing of our ecosystem."""


@dataclass(frozen=True)
class Weakness:
    """弱点: one advisory that names the very version that is pinned."""

    component: str
    version: str
    advisory: str
    severity: str


def pins_of(lock: str) -> dict[str, str]:
    """固定した部品: name → version, as a lock file pins them."""
    return {_plain(name): version for name, version in _PIN.findall(lock)}


def weaknesses(file: Path, pins: Mapping[str, str]) -> list[Weakness]:
    """既知の弱点: those of *pins* that an advisory of *file* (a zip of OSV records, or one record) names; NoAdvisories."""
    read, found = 0, []
    for record in _records(file):
        ours = [each for each in record.get("affected", []) if each.get("package", {}).get("ecosystem") == ECOSYSTEM]
        read += bool(ours)
        if record.get("withdrawn"):
            continue
        for each in ours:
            name = _plain(str(each["package"].get("name", "")))
            if pins.get(name) in each.get("versions", ()):
                found.append(Weakness(name, pins[name], str(record["id"]), str(record.get("database_specific", {}).get("severity", ""))))
    if not read:
        raise NoAdvisories
    return sorted(set(found), key=lambda each: (each.component, each.advisory))


def _records(file: Path) -> Iterator[Mapping[str, Any]]:
    try:
        if file.suffix != ".zip":
            yield _record(file.read_bytes())
            return
        with ZipFile(file) as whole:
            for name in whole.namelist():
                if name.endswith(".json"):
                    yield _record(whole.read(name))
    except (BadZipFile, ValueError, OSError) as wrong:
        raise NoAdvisories from wrong


def _record(raw: bytes) -> Mapping[str, Any]:
    record = json.loads(raw)
    if not isinstance(record, dict) or "id" not in record:
        raise NoAdvisories
    return record


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
