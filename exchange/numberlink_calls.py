"""番号連携サーバとの電文: what the office says to it and what its answers mean, by the names of exchange/contracts/numberlink.xsd."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from exchange.information import digest_of, plain

Values = Mapping[str, Any]
ACQUIRED: Final = "取得済"
WITHOUT_CODE: Final = ("未取得", "失効", "エラー")
# 照会状態 → what it means for us; a state that is not here is still on its way.
OUTCOMES: Final = {"回答済": "answered", "該当なし": "nothing", "不開示": "withheld", "照合拒否": "refused", "エラー": "failed",
                   "期限切れ": "failed", "取消": "cancelled"}
NEW, CHANGED, GONE = "新規", "更新", "削除"  # 登録区分
# お知らせ状態 → what it means for us.
NOTICE_STATES: Final = {"受付": "sent", "送信済": "sent", "開封": "opened", "回答済": "opened", "取消": "cancelled", "エラー": "failed"}
CERTIFIED_INFORMATION: Final = "NANBYO01"
_LAYOUT: Final = "市1"  # ours; the ministry's standard layout was not to be had
_ADDRESSEE: Final = {
    "市区町村番号": "municipality", "整理番号": "file_number", "履歴番号": "history_number", "氏名": "name", "生年月日": "birth_date",
    "性別": "sex", "郵便番号": "postal_code", "住所": "address", "続柄": "relationship_code", "世帯番号": "household_number",
    "世帯主氏名": "household_head", "住登外区分": "off_register", "外国人フラグ": "is_foreigner", "住民となった日": "resident_from",
    "住民でなくなった日": "resident_to", "最新異動区分": "latest_movement", "最新異動日": "latest_movement_date",
    "最新異動届出日": "latest_movement_notice_date", "住民異動区分": "resident_movement", "住民異動日": "resident_movement_date",
    "取消区分": "cancellation", "転入前住所": "address_before", "転出後住所": "address_after"}
_CERTIFIED: Final = {"NB01": ("受給者番号", "recipient_number"), "NB02": ("公費負担者番号", "payer_number"),
                     "NB03": ("有効期間の始め", "valid_from"), "NB04": ("有効期間の終わり", "valid_to"),
                     "NB05": ("自己負担上限月額", "copay_cap_yen"), "NB06": ("喪失日", "ended_on")}
_TAX: Final = {"KZ01": "taxed", "KZ02": "income_levy_yen", "KZ03": "per_capita_levy_yen", "KZ04": "total_income_yen",
               "KZ05": "pension_yen"}


@dataclass(frozen=True)
class KnownAs:
    """統合宛名番号とその様子."""

    number: str | None
    has_individual_number: bool
    linkage_state: str


@dataclass(frozen=True)
class Result:
    """照会の結果: *outcome* is None while it is on its way; the digest is checked against what came."""

    outcome: str | None
    information: dict[str, Any] | None
    digest: str | None
    refusal: str | None


@dataclass(frozen=True)
class Exchanged:
    """情報提供等の記録の一件, as the neighbours hold it."""

    serial: str
    inquirer_code: str
    provider_code: str
    asked_at: datetime
    provided_at: datetime | None
    office_code: str
    procedure_code: str
    information_code: str
    item_codes: tuple[str, ...]
    is_withheld: bool


def person(row: Any) -> Values:
    """AtenaToroku: one row of the register, its 23 items as they stand."""
    found = {told: getattr(row, name) for told, name in _ADDRESSEE.items()}
    return {"宛名": [{told: ("1" if value else "0") if isinstance(value, bool) else value
                      for told, value in found.items() if value is not None}]}


def of_person(file_number: str) -> Values:
    """TogoAtenaShokai."""
    return {"整理番号": file_number}


def of_number(number: str) -> Values:
    """FugoYokyu: by the integrated number."""
    return {"統合宛名番号": number}


def numbering(file_number: str, individual_number: str, proofs: str) -> Values:
    """Fuban: the only message of ours that carries a 個人番号."""
    return {"整理番号": file_number, "個人番号": individual_number, "本人確認": proofs}


def by_reference(reference: str) -> Values:
    """ShokaiKekka, ShokaiTorikeshi: what was taken under a receipt."""
    return {"受付番号": reference}


def question(number: str, inquiry: Any) -> Values:
    """ShokaiYokyu: the codes of the match list and what it is for."""
    year = {"対象年度": f"{inquiry.tax_year:04}"} if inquiry.tax_year else {}
    return {"統合宛名番号": number, "照会先機関コード": inquiry.provider_code, "事務コード": inquiry.office_code,
            "事務手続コード": inquiry.procedure_code, "特定個人情報名コード": inquiry.information_code, **year, "目的": inquiry.purpose}


def provision(number: str, made: Any) -> Values:
    """TeikyoToroku: one version of what may be provided."""
    return {"統合宛名番号": number, "登録区分": made.registration, "版": made.number, "自動応答不可フラグ": made.needs_a_person,
            "特定個人情報": made.content}


def notice(number: str, title: str, body: str) -> Values:
    """OshiraseSofu: no answer is wanted, the application itself comes on paper."""
    return {"統合宛名番号": number, "件名": title, "本文": body, "回答要否": False}


def records_asked(number: str, since: datetime, until: datetime) -> Values:
    """KirokuShokai: what was exchanged about one person."""
    return {"自": since, "至": until, "統合宛名番号": number}


def known_as(answer: Values) -> KnownAs:
    """What TogoAtenaShokai says."""
    return KnownAs(answer.get("統合宛名番号"), _flag(answer["番号登録済"]), str(answer["符号状態"]))


def number_in(answer: Values) -> str:
    """The integrated number that Fuban gave."""
    return str(answer["統合宛名番号"])


def linkage_in(answer: Values) -> str:
    """符号状態 of an answer."""
    return str(answer["符号状態"])


def reference_in(answer: Values) -> str:
    """受付番号 of an answer."""
    return str(answer["受付番号"])


def result_in(answer: Values) -> Result:
    """照会の結果: of ShokaiYokyu or ShokaiKekka; an answer whose digest is not that of its content is a failure."""
    information = plain(answer.get("特定個人情報"))
    outcome, digest = OUTCOMES.get(str(answer["照会状態"])), answer.get("要約値")
    if outcome == "answered" and (information is None or digest != digest_of(information)):
        return Result("failed", None, None, "digest")
    return Result(outcome, information if outcome == "answered" else None, digest if outcome == "answered" else None,
                  answer.get("拒否理由"))


def records_in(answer: Values) -> list[Exchanged]:
    """情報提供等の記録 of an answer."""
    return [Exchanged(
        str(each["処理通番"]), str(each["照会者機関コード"]), str(each["提供者機関コード"]), _moment(each["照会日時"]),
        _moment(each["提供日時"]) if each.get("提供日時") else None, str(each["事務コード"]), str(each["事務手続コード"]),
        str(each["特定個人情報名コード"]), tuple(each.get("項目コード") or ()), _flag(each["不開示フラグ"]))
        for each in answer.get("記録") or ()]


def certified(facts: Mapping[str, Any]) -> dict[str, Any]:
    """特定医療費の支給に関する情報: number, period and cap of what is certified; no disease, no income."""
    items = [{"項目コード": code, "項目名": label, "値": _written(facts[name])}
             for code, (label, name) in _CERTIFIED.items() if facts.get(name) is not None]
    since = facts.get("ended_on") or facts["valid_from"]
    return {"特定個人情報名コード": CERTIFIED_INFORMATION, "レイアウト版": _LAYOUT, "基準日": _written(since), "項目": items}


def tax_of(information: Values) -> dict[str, int] | None:
    """地方税関係情報: amounts in yen and whether taxed at all (0, 1); None where an item is missing or no whole number."""
    found = {_TAX[each["項目コード"]]: str(each["値"]) for each in information["項目"] if each["項目コード"] in _TAX}
    if set(found) != set(_TAX.values()) or not all(value.isascii() and value.isdigit() for value in found.values()):
        return None
    return {name: int(value) for name, value in found.items()}


def source_of_tax(year: int | None, provider_code: str, reference: str | None, on: date) -> str:
    """税情報の出所: of which year, from whom, under which receipt, answered when."""
    return f"情報照会 {year}年度 {provider_code} {reference} ({on})"


def lines_of(information: Values | None) -> list[tuple[str, str]]:
    """項目と値 as they came, for the screen."""
    return [(str(each.get("項目名") or each["項目コード"]), str(each["値"])) for each in information["項目"]] if information else []


def _written(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _flag(value: Any) -> bool:
    return str(value).lower() in ("true", "1")


def _moment(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))


def notice_state_in(answer: Values) -> str:
    """お知らせ状態 of an answer, in our words."""
    return NOTICE_STATES[str(answer["お知らせ状態"])]


def opened_in(answer: Values) -> datetime | None:
    """開封日時, once somebody opened it."""
    moment = answer.get("開封日時")
    return datetime.fromisoformat(str(moment)) if moment else None
