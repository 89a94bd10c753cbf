"""⑤情報提供等記録管理: one record of each inquiry and provision, in the act's own transaction; looked up, reconciled, never changed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from systems.frame.server import Caller
from systems.interconnect.tables import Disclosure


def record(session: Session, permit: Mapping[str, Any], addressee_number: str | None, provided_at: datetime,
           item_codes: Sequence[str], *, is_withheld: bool = False) -> None:
    """記録する: inquirer, provider, time of the request and of the provision, items, 不開示 (番号法23条)."""
    session.add(Disclosure(
        processing_number=permit["処理通番"], addressee_number=addressee_number, inquirer=permit["照会者機関コード"],
        provider=permit["提供者機関コード"], asked_at=datetime.fromisoformat(str(permit["発行日時"])), provided_at=provided_at,
        office_code=permit["事務コード"], procedure_code=permit["事務手続コード"],
        information_code=permit["特定個人情報名コード"], item_codes={"codes": list(item_codes)}, is_withheld=is_withheld))
    session.flush()


def found(session: Session, since: datetime, until: datetime, addressee_number: str | None = None) -> list[Disclosure]:
    """記録の検索: requests from *since* up to but not at *until*."""
    query = select(Disclosure).where(Disclosure.asked_at >= since, Disclosure.asked_at < until)
    if addressee_number:
        query = query.where(Disclosure.addressee_number == addressee_number)
    return list(session.scalars(query.order_by(Disclosure.processing_number)))


def look_up(session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """TKM_KirokuShokai and KirokuShogo: the records of a span of time, of one person where she is named."""
    span = found(session, datetime.fromisoformat(values["自"]), datetime.fromisoformat(values["至"]), values.get("統合宛名番号"))
    return {"記録": [spoken(each) for each in span]}


def spoken(each: Disclosure) -> dict[str, Any]:
    """A record in the words of the contract."""
    return {"処理通番": each.processing_number, "照会者機関コード": each.inquirer, "提供者機関コード": each.provider,
            "照会日時": each.asked_at.isoformat(), "提供日時": each.provided_at.isoformat() if each.provided_at else None,
            "事務コード": each.office_code, "事務手続コード": each.procedure_code, "特定個人情報名コード": each.information_code,
            "項目コード": each.item_codes["codes"], "不開示フラグ": each.is_withheld}


def differences(ours: Sequence[Mapping[str, Any]], theirs: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """突合: what one side has and the other has not, or has otherwise; by processing number, without anybody's data."""
    mine, yours = ({str(each["処理通番"]): _comparable(each) for each in side} for side in (ours, theirs))
    return [{"number": number, "what": "相手にない" if number not in yours else "こちらにない" if number not in mine else "内容が違う"}
            for number in sorted({*mine, *yours}) if mine.get(number) != yours.get(number)]


def _comparable(each: Mapping[str, Any]) -> tuple[Any, ...]:
    def moment(value: Any) -> Any:
        return datetime.fromisoformat(value) if isinstance(value, str) else value

    return (each["照会者機関コード"], each["提供者機関コード"], moment(each["照会日時"]), moment(each.get("提供日時")),
            each["事務コード"], each["事務手続コード"], each["特定個人情報名コード"], tuple(each.get("項目コード") or ()),
            str(each["不開示フラグ"]).lower())
