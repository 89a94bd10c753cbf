"""番号連携サーバの電文: what the city's systems say to it and hear from it, as records; the one narrow door of the core."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from exchange.information import plain

CONTRACT: Final = "numberlink"
MATCH_KEY_FILE: Final = "number-match.key"  # beside the certificates: 番号連携サーバ and the core compare under it


def match_digest(key: bytes, number: str) -> str:
    """鍵付要約値: equal for equal numbers, and telling nothing without the key."""
    return hmac.digest(key, number.encode(), "sha256").hex()


@dataclass(frozen=True)
class Like:
    """候補: another 宛名 that may be the same person, and why."""

    file_number: str
    reason: str
    integrated_number: str | None


@dataclass(frozen=True)
class Taken:
    """取込結果 of one 宛名: 反映, 候補あり or 差戻 with its reason."""

    file_number: str
    outcome: str
    reason: str | None
    integrated_number: str | None
    likes: tuple[Like, ...] = ()


@dataclass(frozen=True)
class Assigned:
    """付番の結果."""

    integrated_number: str
    is_new: bool
    likes: tuple[Like, ...] = ()


@dataclass(frozen=True)
class Standing:
    """How a 宛名 stands: its 統合宛名番号, and 符号状態."""

    integrated_number: str | None
    has_number: bool
    code_state: str


@dataclass(frozen=True)
class Question:
    """情報照会: about whom, of whom, under which procedure, for what."""

    integrated_number: str
    provider: str
    office_code: str
    procedure_code: str
    information_code: str
    purpose: str
    tax_year: str | None = None


@dataclass(frozen=True)
class Outcome:
    """照会の結果: the information as it came, its digest, or why there is none."""

    state: str
    information: Mapping[str, Any] | None = None
    digest: str | None = None
    refusal: str | None = None


@dataclass(frozen=True)
class Provision:
    """情報提供の登録: the city's provision data about one person in one version."""

    integrated_number: str
    kind: str  # 新規 更新 削除
    version: int
    needs_a_person: bool
    information: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class NoticeState:
    """お知らせの状況."""

    state: str
    opened_at: datetime | None = None
    reply: str | None = None


def assign_values(file_number: str, number: str, assured_by: str, *, is_change: bool = False) -> dict[str, Any]:
    """Fuban."""
    return {"整理番号": file_number, "個人番号": number, "本人確認": assured_by, "番号変更": is_change or None}


def inquiry_values(asked: Question) -> dict[str, Any]:
    """ShokaiYokyu."""
    return {"統合宛名番号": asked.integrated_number, "照会先機関コード": asked.provider, "事務コード": asked.office_code,
            "事務手続コード": asked.procedure_code, "特定個人情報名コード": asked.information_code, "対象年度": asked.tax_year,
            "目的": asked.purpose}


def provision_values(given: Provision) -> dict[str, Any]:
    """TeikyoToroku."""
    return {"統合宛名番号": given.integrated_number, "登録区分": given.kind, "版": given.version,
            "自動応答不可フラグ": given.needs_a_person, "特定個人情報": dict(given.information)}


def taken(answer: Mapping[str, Any]) -> list[Taken]:
    """AtenaToroku, answered."""
    rows = answer["取込"] or []
    return [Taken(each["整理番号"], each["取込区分"], each.get("理由"), each.get("統合宛名番号"), _likes(each)) for each in rows]


def assigned(answer: Mapping[str, Any]) -> Assigned:
    """Fuban, answered."""
    return Assigned(answer["統合宛名番号"], _true(answer["新規"]), _likes(answer))


def standing(answer: Mapping[str, Any]) -> Standing:
    """TogoAtenaShokai, answered."""
    return Standing(answer.get("統合宛名番号"), _true(answer["番号登録済"]), answer["符号状態"])


def outcome(answer: Mapping[str, Any]) -> Outcome:
    """ShokaiKekka, answered."""
    return Outcome(answer["照会状態"], plain(answer.get("特定個人情報")), answer.get("要約値"), answer.get("拒否理由"))


def notice_state(answer: Mapping[str, Any]) -> NoticeState:
    """OshiraseJokyo, answered."""
    moment = answer.get("開封日時")
    return NoticeState(answer["お知らせ状態"], datetime.fromisoformat(moment) if isinstance(moment, str) else moment, answer.get("回答"))


def _likes(answer: Mapping[str, Any]) -> tuple[Like, ...]:
    return tuple(Like(each["整理番号"], each["理由"], each.get("統合宛名番号")) for each in answer.get("候補") or [])


def _true(value: Any) -> bool:
    return str(value).lower() in ("true", "1")
