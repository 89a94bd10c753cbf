"""委託者: who orders the transfers on a day, from the city's settings; a run keeps it as it was when it was made."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any, Final

from sqlalchemy.orm import Session

from exchange.bank_kana import NotWritable, bank_kana
from exchange.layout import ItemWrong
from exchange.zengin import CRLF, HEADER, Consignor
from procedures.bank_master import bank_on
from procedures.city import City
from procedures.refusal import Refused
from translations.wording import said

LINE_ENDS: Final = {"crlf": CRLF, "none": b""}
_ASKED: Final = ("code", "name", "bank", "branch", "account_kind", "account_number", "line_end")


class ConsignorMissing(Refused):
    """The city's settings do not say who orders transfers on that day."""

    message = "振込の委託者が市の設定にありません。市の設定ファイルの consignors に委託者コードと口座を書いてください。"


class BudgetMissing(Refused):
    """The city's settings name no accounts to book a payment on."""

    message = "仕訳の科目が市の設定にありません。市の設定ファイルの budget に debit と credit を書いてください。"


def consignor_on(session: Session, city: City, on: date) -> dict[str, Any]:
    """委託者 on the transfer day *on*, as a run stores it; ConsignorMissing, or a sentence that names the item."""
    held = [(start, row) for start, row in city.consignors.items() if start <= on]
    if not held:
        raise ConsignorMissing
    row = max(held, key=lambda each: each[0])[1]
    missing = [name for name in _ASKED if not row.get(name)]
    if missing or row["line_end"] not in LINE_ENDS:
        raise ConsignorMissing(said("市の設定の consignors に「%(name)s」がないか、正しくありません。", name=(missing or ["line_end"])[0]))
    place = bank_on(session, row["bank"], row["branch"], on)
    if place is None or place.fault:
        raise ConsignorMissing("市の設定の仕向銀行・支店が、その日の金融機関の表にありません。番号を確かめてください。")
    try:
        made = Consignor(row["code"], bank_kana(row["name"]), f"{on:%m%d}", row["bank"], place.bank_kana, row["branch"],
                         place.branch_kana, row["account_kind"], row["account_number"])
        HEADER.write(vars(made))
    except (ItemWrong, NotWritable) as wrong:
        raise ConsignorMissing(said("市の設定の委託者: %(why)s", why=wrong.message)) from wrong
    return {**asdict(made), "line_end": row["line_end"]}


def stored_consignor(stored: Mapping[str, Any]) -> tuple[Consignor, bytes]:
    """作成時の委託者 and line end of a run."""
    return Consignor(**{name: stored[name] for name in Consignor.__dataclass_fields__}), LINE_ENDS[stored["line_end"]]
