"""ほかの市町村の代役: what it knows of a person, made from the person's code so that it is always the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from exchange.information import digest_of
from systems.simulator.tables import Disclosure

OUR_CITY: Final = "111007"
OTHER_CITY: Final = "112038"
PREFECTURE: Final = "110001"
LAYOUT: Final = "模擬1"
UNKNOWN_ONE_IN: Final = 16  # so many people moved on and are not known there


@dataclass(frozen=True)
class Answer:
    """What comes back: the outcome, the information, its digest, and the codes of its items."""

    outcome: str
    content: dict[str, Any] | None
    digest: str | None
    item_codes: tuple[str, ...]


def kind_of(institution: str) -> str:
    """governor for a prefecture, mayor for every other institution."""
    return "governor" if institution == PREFECTURE else "mayor"


def answer_to(information_code: str, code: str, tax_year: str | None) -> Answer:
    """The same question about the same person has the same answer."""
    die = int(code[:8], 16)
    if die % UNKNOWN_ONE_IN == 0:
        return Answer("該当なし", None, None, ())
    items = {"CHIHOZEI01": _tax, "JUMIN01": _register, "SEIHO01": _welfare}[information_code](die)
    content = {"特定個人情報名コード": information_code, "レイアウト版": LAYOUT, "基準日": f"{tax_year or 2026}-06-01",
               "項目": [{"項目コード": name, "項目名": label, "値": value} for name, label, value in items]}
    return Answer("回答済", content, digest_of(content), tuple(name for name, _, _ in items))


def record(session: Session, permit: Mapping[str, Any], provided_at: datetime, item_codes: Sequence[str], *,
           is_withheld: bool) -> None:
    """情報提供等記録 on this side, in the transaction of the act."""
    session.add(Disclosure(
        processing_number=permit["処理通番"], inquirer=permit["照会者機関コード"], provider=permit["提供者機関コード"],
        asked_at=datetime.fromisoformat(str(permit["発行日時"])), provided_at=provided_at, office_code=permit["事務コード"],
        procedure_code=permit["事務手続コード"], information_code=permit["特定個人情報名コード"],
        item_codes={"codes": list(item_codes)}, is_withheld=is_withheld))
    session.flush()


def _tax(die: int) -> list[tuple[str, str, str]]:
    levy = (die % 400) * 1000
    return [("KZ01", "市町村民税課税区分", "1" if levy else "0"), ("KZ02", "市町村民税所得割額", str(levy)),
            ("KZ03", "市町村民税均等割額", "3000" if levy else "0"), ("KZ04", "合計所得金額", str(levy * 17)),
            ("KZ05", "公的年金等の収入金額", str(die % 7 * 300000))]


def _register(die: int) -> list[tuple[str, str, str]]:
    return [("JM01", "世帯員数", str(die % 5 + 1)), ("JM02", "住民となった日", f"20{die % 20 + 4:02}-04-01")]


def _welfare(die: int) -> list[tuple[str, str, str]]:
    return [("SH01", "生活保護の受給", "1" if die % 20 == 1 else "0")]
