"""レセプトの点検 (E1–E3, W4–W16): each check once, as data: what is wrong in words, how grave it is, and what it asks of a row.

Row checks read the frame of rules.receipt_join.joined; W6 needs the whole file, W7 and W16 the month (rules.accumulation).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

BLOCK, WORK, IGNORE = "block", "work", "ignore"
_COMPUTED_TOTAL, _COMPUTED_SHARES = 1 << 7, 1 << 8 | 1 << 9  # 総医療費; 医療保険負担額 and 公費負担額 (items 8, 9, 10)
_c = pl.col


@dataclass(frozen=True)
class Check:
    """点検: its code, how grave unless the city says otherwise, the item it is about, what it is called, the sentence,
    and when it fails.

    *fails* is None for what cannot be judged row by row. Where a value is missing nothing fails.
    """

    code: str
    severity: str
    item: str
    label: str
    sentence: str
    fails: pl.Expr | None = None


def _outside(first: str, last: str) -> pl.Expr:
    """Treated on a day outside of the two, where the file names days."""
    return ((_c("first_day") < _c(first)) | (_c("last_day") > _c(last))).fill_null(False)


_MEDICAL = _c("total_yen") - _c("insurer_yen") - _c("copay_yen").fill_null(0) - _c("public_yen")
_SUPPORT = _c("city_support_yen").fill_null(0)
_FROM_POINTS = _c("points").cast(pl.Int64) * 10

CHECKS: Final = (
    Check("E1", BLOCK, "payer_number", "負担者番号が当市でない",
          "負担者番号が当市のものではありません。請求先を確かめ、返戻してください。", ~_c("is_ours")),
    Check("E2", BLOCK, "recipient_number", "受給者番号の人がいない",
          "この受給者番号の人はいません。番号を確かめ、返戻してください。",
          _c("is_ours") & _c("recipient_id").is_null()),
    Check("E3", BLOCK, "treatment_month", "有効期間の外",
          "診療年月 (日) が有効期間の外です。認定と喪失を確かめ、返戻してください。",
          _c("recipient_id").is_not_null() & (_c("certification_id").is_null() | _outside("valid_from", "until"))),
    Check("W4", WORK, "name", "氏名・生年月日・性別の相違",
          "氏名・生年月日・性別のどれかが受給者と違います。番号の取違えがないか確かめてください。",
          ~_c("is_same_name").fill_null(True) | (_c("birth_date") != _c("holder_birth_date")).fill_null(False)
          | (_c("sex") != _c("holder_sex")).fill_null(False)),
    Check("W5", WORK, "facility_number", "指定のない医療機関",
          "診療の日に指定医療機関ではありません。指定の期間を確かめてください。",
          _c("designated_from").is_null() | _outside("designated_from", "designated_to")),
    Check("W6", WORK, "points", "重複・再請求",
          "同じ内容のレセプトがもう一件あります。二重請求か再請求か確かめてください。"),
    Check("W7", WORK, "copay_yen", "自己負担の過不足",
          "月の自己負担の合計が負担上限月額を超えるか、本来の負担に足りません。管理票と照らしてください。"),
    Check("W8", WORK, "public_yen", "公費負担額の不一致",
          "公費負担額が、総医療費から医療保険と自己負担を引いた額になりません。金額を確かめてください。",
          (_c("computed") & _COMPUTED_SHARES == 0)
          & ~((_MEDICAL - _SUPPORT).is_between(0, _c("meal_yen").fill_null(0))
              | _MEDICAL.is_between(0, _c("meal_yen").fill_null(0))
              | (_MEDICAL + _SUPPORT).is_between(0, _c("meal_yen").fill_null(0)))),
    Check("W9", WORK, "total_yen", "総医療費の不一致",
          "総医療費が決定点数の10倍 (と食事) になりません。点数と金額を確かめてください。",
          (_c("computed") & _COMPUTED_TOTAL == 0) & (_c("total_yen") != _FROM_POINTS)
          & (_c("total_yen") != _FROM_POINTS + _c("meal_yen").fill_null(0))),
    Check("W10", WORK, "payer_number", "生活保護の番号・公費10割",
          "生活保護の負担者番号と階層区分が合わないか、保険のある人に公費が10割です。階層区分を確かめてください。",
          (_c("is_ours") & (_c("is_welfare_number") != (_c("tier") == "A")))
          | ((_c("public_yen") == _c("total_yen")) & (_c("total_yen") > 0) & (_c("tier") != "A"))),
    Check("W11", WORK, "insurance_class", "適用区分の相違",
          "レセプトの適用区分が受給者証と違います。保険者に確かめてください。",
          _c("insurance_class").is_in(["ア", "イ", "ウ", "エ", "オ"]) & (_c("insurance_class") != _c("holder_class"))),
    Check("W12", WORK, "treatment_month", "償還払との重複",
          "この月は償還払で支払済みです。二重の支払にならないか確かめてください。", _c("is_paid")),
    Check("W13", WORK, "care_service", "対象外の介護サービス",
          "特定医療費の対象になる介護サービスではありません。サービス種類を確かめてください。",
          ~_c("is_covered_service")),
    Check("W14", WORK, "payer_number", "ほかの公費との順序",
          "ほかの公費 (小児慢性52・生活保護12) との順序を確かめてください。",
          _c("other_schemes").str.contains(r"\b52\b")
          | (_c("other_schemes").str.contains(r"\b12\b") & ~_c("is_welfare_number"))),
    Check("W15", WORK, "treatment_month", "診療年月と請求年月",
          "診療年月が請求年月より後か、5年より前です。請求できる月か確かめてください。",
          (_c("treatment_month") > _c("billing_month")) | (_c("treatment_month") < _c("oldest_month"))),
    Check("W16", WORK, "treatment_month", "同じ月の件数が多い",
          "同じ月のレセプトが多すぎます。番号の取違えがないか確かめてください。"),
)
BY_CODE: Final = {check.code: check for check in CHECKS}
ROW_CHECKS: Final = tuple(check for check in CHECKS if check.fails is not None)


def failing(frame: pl.DataFrame, severities: Mapping[str, str]) -> pl.DataFrame:
    """点検: line, code and severity of everything that fails in the joined *frame*, in the order of the lines and checks.

    *severities* is the city's choice by code; what it does not name keeps its own. ``ignore`` is left out.
    """
    held = {check.code: severities.get(check.code, check.severity) for check in ROW_CHECKS}
    asked = [check for check in ROW_CHECKS if held[check.code] != IGNORE]
    flags = frame.select(check.fails.fill_null(False).alias(check.code) for check in asked if check.fails is not None)
    found = flags.select(pl.all().any()).row(0) if flags.height else ()
    parts = [frame.select("line").filter(flags[check.code]).with_columns(code=pl.lit(check.code), severity=pl.lit(held[check.code]))
             for check, is_found in zip(asked, found, strict=False) if is_found]
    if not parts:
        return pl.DataFrame(schema={"line": pl.Int64(), "code": pl.String(), "severity": pl.String()})
    return pl.concat(parts).sort("line", maintain_order=True)


def claim_key(frame: pl.DataFrame) -> pl.Series:
    """重複の鍵 (W6) by (受給者, 診療年月, 機関, 入外, レセプト区分, 点数, 日数); null where 再審査 makes it a claim of its own.

    Two equal receipts have equal keys within one version of the program; a key is never stored.
    """
    key = pl.struct("recipient_number", "treatment_month", "facility_number", "setting", "receipt_kind", "points", "days")
    again = _c("reexamination").fill_null("0") != "0"
    return frame.select(key=pl.when(~again).then(key.hash(seed=0)))["key"]
