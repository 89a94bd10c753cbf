"""医療費助成対象者情報登録: what PMH is told of one certificate, and the client that tells it.

Written to a draft copy of デジタル庁's published description (医療費助成対象者情報登録API(自治体) 0.1.1, 2024-03-25); it was
never connected to PMH. Read there: names, lengths, which are required, the kinds of the flags, bearer authentication. Not
read: the keys inside 自己負担上限額, the length of 履歴キー, what an answer says beyond its status, whether an address may be asked twice.
"""

import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import requests

from exchange.soap import Silent, SoapFault

OURS: Final = (400, 404, 409, 413, 415, 422)  # what we said is wrong: the same words are not said again
SECONDS: Final = 5.0
_ASCII: Final = r"[0-9A-Za-z]"


class ItemWrong(Exception):
    """An item that PMH would not take: *item* is its name, never what stands in it."""

    def __init__(self, item: str) -> None:
        super().__init__(item)
        self.item = item


class TokenUnusable(Exception):
    """The bearer token cannot be used; the message says what to do."""


@dataclass(frozen=True)
class HeldCertificate:
    """受給者証の一期間 as it is told: days, yen a month, and whose it is; the 個人番号 comes at the last moment."""

    name: str
    name_kana: str | None
    address: str
    born_on: date
    sex: str
    is_not_disclosed: bool
    payer_number: str | None
    recipient_number: str | None
    valid_from: date | None
    valid_to: date | None
    income_segment: str
    copay_cap_yen: int | None
    history_key: str
    is_deleted: bool


def registration(told: HeldCertificate, settings: Mapping[str, Any]) -> dict[str, Any]:
    """登録の一件 without its number; *settings* are the city's codes. ItemWrong names the item that is missing or too long."""
    record: dict[str, Any] = {
        "orgSpecificCertificateTypeId": _fits("orgSpecificCertificateTypeId", settings["certificate_type"], rf"{_ASCII}{{1,50}}"),
        "basicFiveInfo": {
            "name": _fits("name", told.name), "nameKana": _fits("nameKana", told.name_kana), "address": _fits("address", told.address),
            "dateOfBirth": told.born_on.isoformat(), "sex": _fits("sex", told.sex, r"[0-9]")},
        "isNotDisclosed": told.is_not_disclosed,
        "medicalSubsidyInsurerNumber": _fits("medicalSubsidyInsurerNumber", told.payer_number, r"[0-9]{8}"),
        "certificationName": _fits("certificationName", settings["certification_name"], r".{1,100}"),
        "medicalSubsidyRecipientNumber": _fits("medicalSubsidyRecipientNumber", told.recipient_number, r"[0-9]{1,30}"),
        "isAlwaysReimbursement": "0",  # 現物給付: the certificate is shown at the window
        **_period(told), "historyKey": _fits("historyKey", told.history_key), "isDeleted": told.is_deleted, "certificationDetail": []}
    optional = {"segment": settings["segment"], "incomeSegment": told.income_segment}
    record |= {name: value for name, value in optional.items() if value}
    if settings["cap_key"] and told.copay_cap_yen is not None:
        record["maxCopaymentAmount"] = {settings["cap_key"]: told.copay_cap_yen}
    return record


def with_number(record: Mapping[str, Any], number: str) -> dict[str, Any]:
    """個人番号を添える: the last thing before it is sent; ItemWrong where it is not twelve digits."""
    return {**record, "myNumber": _fits("myNumber", number, r"[0-9]{12}")}


def _period(told: HeldCertificate) -> dict[str, str]:
    if told.valid_from is None:
        raise ItemWrong("validFrom")
    if told.valid_to is None or told.valid_to < told.valid_from:
        raise ItemWrong("validTo")
    return {"validFrom": told.valid_from.isoformat(), "validTo": told.valid_to.isoformat()}


def _fits(item: str, value: str | None, shape: str = r"(?s).+") -> str:
    if not value or not value.strip() or re.fullmatch(shape, value) is None:
        raise ItemWrong(item)
    return value


def token_in(file: Path | None) -> str:
    """The bearer token; TokenUnusable where there is none, or where others could read it."""
    if file is None:
        raise TokenUnusable("PMHのトークンのファイルを NANBYO_PMH_TOKEN に設定してください。")
    try:
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            raise TokenUnusable("PMHのトークンのファイルを、ほかの人が読めないようにしてください (chmod 0600)。")
        token = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeError):
        raise TokenUnusable("PMHのトークンのファイルが読めません。NANBYO_PMH_TOKEN を確かめてください。") from None
    if re.fullmatch(r"[A-Za-z0-9._~+/-]+=*", token) is None:
        raise TokenUnusable("PMHのトークンのファイルに、使えるトークンがありません。")
    return token


class Registrar:
    """PMHの登録口: one address, a bearer token read anew each time; neither what is sent nor what comes back is written anywhere."""

    def __init__(self, address: str, token_file: Path | None, seconds: float = SECONDS) -> None:
        self._address, self._token_file, self._seconds = address, token_file, seconds
        self._session = requests.Session()
        self._session.trust_env = False

    def call(self, operation: str, request_id: str, staff_id: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Register one person's certificate; SoapFault by the status of the answer, Silent where there was none."""
        try:
            headers = {"Authorization": f"Bearer {token_in(self._token_file)}"}
            with self._session.post(self._address, json=[dict(values)], headers=headers, timeout=self._seconds,
                                    allow_redirects=False, stream=True) as answer:
                status = answer.status_code
        except (requests.RequestException, TokenUnusable) as silent:
            raise Silent(type(silent).__name__) from None  # the cause bears the request, and with it the number
        if not 200 <= status < 300:
            raise SoapFault(f"http_{status}", "", "Client" if status in OURS else "Server")
        return {}
