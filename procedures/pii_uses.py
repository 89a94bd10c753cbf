"""個人情報の区分と使い方: one table says what may be done with values of each class; lists, searches, exports and masks read it.

The journal is not in the table: it keeps the keys of items, never their values, of whatever class. An 個人番号 has no
class, because it is no item; it lies in the numbering store (procedures/vault.py).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from models.items import Pii
from procedures.refusal import Refused


@dataclass(frozen=True)
class Uses:
    """使い方: whether values of a class may stand in a list, be searched for and leave in a file; who may see them at all."""

    listed: bool
    searched: bool
    exported: bool
    nouns: frozenset[str] | None = None  # the lists that may hold the class, by their right; None: any
    is_masked: bool = False  # asterisks to whoever has not the right to see accounts


_CASE: Final = frozenset({"Recipients", "Applications", "InsuranceRecords", "ReviewRecords", "CertificationRecords",
                          "HouseholdRecords", "AssessmentRecords", "BenefitRecords", "ReimbursementRecords"})
USES: Final[dict[Pii, Uses]] = {
    Pii.NONE: Uses(listed=True, searched=True, exported=True),
    Pii.IDENTITY: Uses(listed=True, searched=True, exported=True, nouns=_CASE | {"AddresseeRecords"}),
    Pii.NUMBER: Uses(listed=True, searched=True, exported=True, nouns=_CASE | {"AddresseeRecords"}),
    Pii.HEALTH: Uses(listed=True, searched=True, exported=True, nouns=_CASE - {"InsuranceRecords"}),
    # 受給者一覧 shows 階層区分, by which the cap on the certificate goes, and no income.
    Pii.INCOME: Uses(listed=True, searched=True, exported=True, nouns=frozenset({"HouseholdRecords", "AssessmentRecords", "Recipients"})),
    Pii.BANK: Uses(listed=False, searched=False, exported=False, nouns=frozenset(), is_masked=True),
}


class DoesNotLeave(Refused):
    """A value of this class is in no file."""

    message = "出力できない項目が含まれています。列を選び直してください。"


def may_be_listed(pii: Pii) -> bool:
    """一覧に出せる区分か."""
    return USES[pii].listed


def may_be_searched(pii: Pii) -> bool:
    """検索できる区分か."""
    return USES[pii].searched


def judge_export(classes: Iterable[Pii]) -> None:
    """出力できるか: DoesNotLeave where one of the classes may be in no file."""
    if not all(USES[pii].exported for pii in classes):
        raise DoesNotLeave


def is_masked(pii: Pii) -> bool:
    """伏せ字にする区分か: for readers without the right to see accounts."""
    return USES[pii].is_masked
