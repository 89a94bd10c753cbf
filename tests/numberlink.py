"""番号連携サーバの代わり: answers by its contract, remembers every byte of both directions, and is silent or contrary when told."""

from collections.abc import Callable, Mapping
from typing import Any

from exchange.information import digest_of
from exchange.soap import Contract, Silent, SoapFault
from rules.numbers import valid

CONTRACT = Contract("numberlink")
HEADER = {"送信日時": "2026-11-24T09:00:00+09:00"}
TAX = {"特定個人情報名コード": "CHIHOZEI01", "レイアウト版": "模擬1", "基準日": "2026-06-01", "項目": [
    {"項目コード": code, "項目名": label, "値": value} for code, label, value in (
        ("KZ01", "市町村民税課税区分", "1"), ("KZ02", "市町村民税所得割額", "123000"), ("KZ03", "市町村民税均等割額", "3000"),
        ("KZ04", "合計所得金額", "2091000"), ("KZ05", "公的年金等の収入金額", "0"))]}


class StandIn:
    """One numberlink in memory; every message passes the schema on its way there and back."""

    def __init__(self) -> None:
        self.wire: list[tuple[str, bytes]] = []
        self.answers: dict[str, bytes] = {}
        self.people: dict[str, Mapping[str, Any]] = {}
        self.numbers: dict[str, str] = {}
        self.provided: list[Mapping[str, Any]] = []
        self.asked: list[Mapping[str, Any]] = []
        self.is_silent = False
        self.loses_answers = 0  # it did what was asked, and the answer was lost on the way
        self.result: Mapping[str, Any] = {"照会状態": "回答済", "特定個人情報": TAX, "要約値": digest_of(TAX)}
        self.notices: list[Mapping[str, Any]] = []
        self.notice: Mapping[str, Any] = {"お知らせ状態": "送信済"}
        self.records: list[Mapping[str, Any]] = []
        self.faults: dict[str, SoapFault] = {}

    def call(self, operation: str, request_id: str, staff_id: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
        if self.is_silent:
            raise Silent("silent")
        raw = CONTRACT.request(operation, {**HEADER, "要求ID": request_id, "職員ID": staff_id}, _plain(values))
        self.wire.append((operation, raw))
        if request_id not in self.answers:
            if operation in self.faults:
                raise self.faults[operation]
            does: Callable[[Mapping[str, Any]], Mapping[str, Any]] = getattr(self, operation)
            self.answers[request_id] = CONTRACT.answer(operation, does(CONTRACT.read(raw).values))
        if self.loses_answers:
            self.loses_answers -= 1
            raise Silent("lost")
        self.wire.append((operation, self.answers[request_id]))
        return CONTRACT.response(self.answers[request_id])

    def AtenaToroku(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        self.people |= {each["整理番号"]: each for each in values["宛名"]}
        return {"取込": [{"整理番号": each["整理番号"], "取込区分": "反映"} for each in values["宛名"]]}

    def TogoAtenaShokai(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        number = self.numbers.get(values["整理番号"])
        return {"統合宛名番号": number, "番号登録済": number is not None, "符号状態": "取得済" if number else "未取得"}

    def Fuban(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        if values["整理番号"] not in self.people:
            raise SoapFault("unknown", "宛名がありません。")
        assert valid("individual", values["個人番号"])
        self.numbers[values["整理番号"]] = f"9{len(self.numbers):014}"
        return {"統合宛名番号": self.numbers[values["整理番号"]], "新規": True}

    def FugoYokyu(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"処理通番": "1", "符号状態": "取得済"}

    def TeikyoToroku(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        self.provided.append(values)
        return {"受付番号": f"T{len(self.provided)}"}

    def ShokaiYokyu(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        self.asked.append(values)
        return {"受付番号": f"S{len(self.asked)}", "照会状態": "受付"}

    def ShokaiKekka(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        return self.result

    def OshiraseSofu(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        self.notices.append(values)
        return {"受付番号": f"N{len(self.notices)}", "お知らせ状態": "受付"}

    def OshiraseJokyo(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        return self.notice

    def OshiraseTorikeshi(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        self.notice = {"お知らせ状態": "取消"}
        return self.notice

    def KirokuShokai(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"記録": self.records}


def _plain(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Days and moments as they stand in a message."""
    def told(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {name: told(each) for name, each in value.items()}
        if isinstance(value, list):
            return [told(each) for each in value]
        return value.isoformat() if hasattr(value, "isoformat") else value
    return {name: told(value) for name, value in values.items()}
