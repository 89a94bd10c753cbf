"""取込結果: what became of every row of a file; the same report for every kind of file."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Fault:
    """誤り: a row (line 0: the whole file), the item of it, a code for machines, and what to do."""

    line: int
    record: str
    item: str
    code: str
    message: str


@dataclass
class Report:
    """取込結果: read = accepted + rejected + held + already, or nothing where the file was refused whole."""

    file: str
    kind: str
    read: int = 0
    accepted: int = 0
    rejected: int = 0
    held: int = 0
    already: int = 0
    errors: list[Fault] = field(default_factory=list)
    totals: dict[str, int | None] = field(default_factory=lambda: {"declared": None, "counted": 0})

    @property
    def is_clean(self) -> bool:
        """Whether nothing was rejected."""
        return not self.errors

    def reject(self, fault: Fault) -> None:
        """Count a row as rejected, for this reason."""
        self.rejected += 1
        self.errors.append(fault)

    def as_json(self) -> dict[str, Any]:
        """The report as one JSON object."""
        return asdict(self)
