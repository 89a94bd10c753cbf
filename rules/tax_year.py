"""税の年度: which year's municipal tax, and which calendar year's income, an application is judged by."""

from datetime import date

from rules.parameters import figures


def tax_year(applied: date) -> int:
    """賦課年度: from July on the year's own, before that the year's before (7月から翌年6月まで)."""
    return applied.year if applied.month >= figures("tax_year", applied)["first_month"] else applied.year - 1


def income_year(applied: date) -> int:
    """収入の年: the calendar year before the 賦課年度; from January to June that is the year before last."""
    return tax_year(applied) - 1
