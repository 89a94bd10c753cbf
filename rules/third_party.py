"""第三者の情報: which values of a person's records tell of somebody else (個人情報の保護に関する法律 第78条第1項第2号).

Household members, guardians, insured persons, account holders and physicians stand in her records; her own copy says that
something is there and not what. Values in, names out: no record is looked up here.
"""

from collections.abc import Mapping, Set
from typing import Any, Final

from rules.spelling import search_key

SELF_RELATIONSHIP: Final = "00"  # 続柄: 本人
SELF_HOLDER: Final = "1"  # 番号の持ち主: 受診者
_ACCOUNT: Final = frozenset({"bank", "bank_branch", "account_kind", "account_number", "account_holder"})
_LINE: Final = frozenset({"position", "member_relationship", "is_counted", "id", "application_id", "created_at", "version"})
_APPLICANT: Final = frozenset({"applicant_relationship", "id", "application_id", "created_at", "version"})


def third_party(table: str, row: Mapping[str, Any], names: Set[str], own_lines: Set[int] = frozenset()) -> frozenset[str]:
    """第三者の情報 of one row: the names of its values that tell of others.

    *names* are the person's own name and kana, folded by :func:`folded`; *own_lines* are the household lines that are herself.
    """
    if table == "household_member":
        return frozenset() if row.get("member_relationship") == SELF_RELATIONSHIP else frozenset(row) - _LINE
    if table == "tax_adjustment":
        return frozenset() if row.get("household_member_id") in own_lines else frozenset({"kind", "amount_yen", "evidence"})
    if table == "applicant":
        return frozenset() if _is_own(row, "applicant_name", names) else frozenset(row) - _APPLICANT
    if table == "number_line":
        return frozenset() if row.get("holder") == SELF_HOLDER else frozenset({"holder_name", "holder_birth_date"})
    if table == "held_receipt":
        return frozenset() if _is_own(row.get("content") or {}, "name", names) else frozenset({"content"})
    if table == "reimbursement_claim":
        return frozenset() if _is_own(row, "account_holder", names) else _ACCOUNT
    return _ALWAYS.get(table, frozenset()) | frozenset(
        each for each in _NAMES.get(table, ()) if row.get(each) and not _is_own(row, each, names))


def folded(*names: str | None) -> frozenset[str]:
    """Names as they are compared: without spaces, width and spelling variants."""
    return frozenset(search_key(name) for name in names if name)


def _is_own(row: Mapping[str, Any], attribute: str, names: Set[str]) -> bool:
    return search_key(str(row.get(attribute) or "")) in names


_NAMES: Final[Mapping[str, tuple[str, ...]]] = {"insurance": ("insured_name",), "addressee": ("household_head",)}
_ALWAYS: Final[Mapping[str, frozenset[str]]] = {
    "clinical_form": frozenset({"physician"}), "assessment": frozenset({"other_caps"})}
