"""階層区分: which income tier a household belongs to (難病法施行令1条)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rules.income_levy import normalised_levy
from rules.parameters import figures


class Tier(StrEnum):
    """階層区分."""

    WELFARE = "welfare"  # 生活保護
    LOW_1 = "low_1"  # 低所得Ⅰ
    LOW_2 = "low_2"  # 低所得Ⅱ
    GENERAL_1 = "general_1"  # 一般所得Ⅰ
    GENERAL_2 = "general_2"  # 一般所得Ⅱ
    UPPER = "upper"  # 上位所得

    @property
    def code(self) -> str:
        """階層区分のコード as the code list and the certificate have it."""
        return CODES[self]

    @property
    def label(self) -> str:
        """階層区分の名称."""
        return LABELS[self]


CODES = {Tier.WELFARE: "A", Tier.LOW_1: "B1", Tier.LOW_2: "B2", Tier.GENERAL_1: "C1", Tier.GENERAL_2: "C2",
         Tier.UPPER: "D"}
LABELS = {Tier.WELFARE: "生活保護", Tier.LOW_1: "低所得Ⅰ", Tier.LOW_2: "低所得Ⅱ", Tier.GENERAL_1: "一般所得Ⅰ",
          Tier.GENERAL_2: "一般所得Ⅱ", Tier.UPPER: "上位所得"}


@dataclass(frozen=True)
class Household:
    """所得判定の材料: what is known of the counted members together; money in yen a year, the levy as taxed."""

    on_welfare: bool = False
    taxed: bool | None = None
    income_levy_yen: int = 0
    designated_city: bool = False
    patient_income_yen: int | None = None
    income_unknown: bool = False


@dataclass(frozen=True)
class Judged:
    """判定: the tier and, in order, why."""

    tier: Tier
    levy_yen: int
    reasons: tuple[str, ...]


class CannotJudge(ValueError):
    """判定できない; ``code`` names what is missing, ``message`` says it in Japanese."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


def tier_of(household: Household, on: date) -> Judged:
    """階層区分 of a certified household on the day *on* (施行令1条), with the reasons in the order of the law."""
    limit = figures("tier", on)
    if household.on_welfare:
        return Judged(Tier.WELFARE, 0, ("生活保護または支援給付を受けているため、生活保護 (施行令1条)",))
    if household.income_unknown:
        tier = Tier(figures("unknown_income", on)["tier"])
        return Judged(tier, 0, (f"所得状況を確認できないため、確認できるまで{tier.label}とする (市の設定)",))
    if household.taxed is None:
        raise CannotJudge("taxation_missing", "課税・非課税が分かりません。課税区分を入力してください。")
    if not household.taxed:
        return _untaxed(household.patient_income_yen, limit["low_1_income_max"])
    levy = normalised_levy(household.income_levy_yen, household.designated_city, on)
    scaled = f" (指定都市の税率のため{household.income_levy_yen:,}円を換算)" if household.designated_city else ""
    if levy < limit["general_1_below"]:
        tier, words = Tier.GENERAL_1, f"{limit['general_1_below']:,}円未満"
    elif levy < limit["general_2_below"]:
        tier, words = Tier.GENERAL_2, f"{limit['general_1_below']:,}円以上{limit['general_2_below']:,}円未満"
    else:
        tier, words = Tier.UPPER, f"{limit['general_2_below']:,}円以上"
    return Judged(tier, levy, (f"世帯は市町村民税課税で、所得割の合計が{levy:,}円{scaled}。{words}のため、{tier.label} (施行令1条)",))


def _untaxed(income: int | None, most: int) -> Judged:
    """非課税世帯: only the patient's own income (the guardian's under 18) decides between 低所得Ⅰ and Ⅱ."""
    if income is None:
        raise CannotJudge("income_missing", "非課税世帯では本人 (18歳未満は保護者) の収入額が必要です。収入額を入力してください。")
    first = "世帯は市町村民税非課税 (施行令1条)"
    if income <= most:
        return Judged(Tier.LOW_1, 0, (first, f"本人の年収{income:,}円は{most:,}円以下のため、低所得Ⅰ"))
    return Judged(Tier.LOW_2, 0, (first, f"本人の年収{income:,}円は{most:,}円を超えるため、低所得Ⅱ"))
