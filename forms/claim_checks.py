"""請求書の点検: what a 特定医療費請求書 must say so that it can be counted and paid; no sentence tells what would pass."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from exchange.layout import ItemWrong
from exchange.zengin import POSTAL_BANK, from_postal
from forms.answer import MISSING, day_of
from forms.sheet import Field, Sheet
from rules.era_date import NotADate, parse_month
from rules.spelling import digits

Found = Iterator[tuple[str, str]]
BANK, SYMBOL, NUMBER = (f"reimbursement_claim.{name}" for name in ("bank", "postal_symbol", "postal_number"))
# What the postal symbol and number stand for, in the order in which they convert.
ACCOUNT: Final = tuple(f"reimbursement_claim.{name}" for name in ("bank_branch", "account_kind", "account_number"))


def _account_is_complete(sheet: Sheet, raw: Mapping[str, str]) -> Found:
    """口座: branch, kind and number, or the symbol and number of a post-office passbook; both only where they agree."""
    typed = {name: digits(raw.get(name, "")) for name in (BANK, SYMBOL, NUMBER, *ACCOUNT)}
    if not typed[SYMBOL] and not typed[NUMBER]:
        yield from ((name, MISSING) for name in ACCOUNT if not typed[name])
        return
    if not typed[SYMBOL] or not typed[NUMBER]:
        yield SYMBOL if not typed[SYMBOL] else NUMBER, "ゆうちょの記号と番号は両方とも入力してください。"
        return
    if typed[BANK] != POSTAL_BANK:
        yield SYMBOL, "記号・番号はゆうちょ銀行の口座だけにあります。金融機関番号を原本で確かめてください。"
        return
    try:
        converted = from_postal(typed[SYMBOL], typed[NUMBER])
    except ItemWrong as wrong:
        yield SYMBOL if wrong.item == "記号" else NUMBER, wrong.message
        return
    for name, value in zip(ACCOUNT, converted, strict=True):
        if typed[name] and typed[name] != value:
            yield name, "ゆうちょの記号・番号と合いません。原本を確かめてください。"


def _bills_are_possible(sheet: Sheet, raw: Mapping[str, str]) -> Found:
    """証明書: treated before the claim was written, within one month, and never paid more than it cost."""
    applied = day_of(raw.get("reimbursement_claim.application_date", ""))
    for line in _lines(sheet, "reimbursement_bill"):
        first, last = (day_of(raw.get(line.get(name, ""), "")) for name in ("treated_on", "treated_to"))
        latest = last or first
        if first and last and (last < first or (last.year, last.month) != (first.year, first.month)):
            yield line["treated_to"], "同じ月の、初日より後の日を入力してください。月をまたぐ証明書は受付に返戻してください。"
        elif applied and latest and latest > applied:
            yield line["treated_to" if last else "treated_on"], "申請日より後の日付です。診療日と申請日を原本で確かめてください。"
        total, paid = (digits(raw.get(line.get(name, ""), "")) for name in ("total_yen", "paid_yen"))
        if total.isdecimal() and paid.isdecimal() and int(paid) > int(total):
            yield line["paid_yen"], "支払額が医療費総額を超えています。原本を確かめてください。"
        if total.isdecimal() and int(total) == 0:
            yield line["total_yen"], "0円の証明書は請求できません。原本を確かめてください。"


def _months_once(sheet: Sheet, raw: Mapping[str, str]) -> Found:
    """月ごとの行: a month stands on one line only."""
    seen: set[str] = set()
    for line in _lines(sheet, "reimbursement_month"):
        name = line.get("treatment_month", "")
        month = _month(raw.get(name, ""))
        if month and month in seen:
            yield name, "同じ診療年月の行があります。一行にまとめてください。"
        seen.add(month)


def _month(text: str) -> str:
    """A month in one spelling; blank where it is none (that is judged with its own field)."""
    try:
        return parse_month(text)
    except NotADate:
        return ""


def _lines(sheet: Sheet, table: str) -> Iterator[dict[str, str]]:
    """The lines of a repeated section: attribute → name of its place."""
    rows: dict[int, dict[str, str]] = {}
    for place in sheet.fields():
        if _is_of(place, table):
            rows.setdefault(place.row, {})[place.item.attribute] = place.name
    yield from rows.values()


def _is_of(place: Field, table: str) -> bool:
    return place.item.key.startswith(f"{table}.")


CLAIM_CHECKS: Final[dict[str, Callable[[Sheet, Mapping[str, str]], Found]]] = {
    "account_is_complete": _account_is_complete, "bills_are_possible": _bills_are_possible, "months_once": _months_once}
# What a check sees to, so that no field by itself must be filled in.
SEEN_TO: Final[dict[str, tuple[str, ...]]] = {"account_is_complete": ACCOUNT}
