"""更新のお知らせの文: what stands on a person's own page; no name, disease or amount, for others may look at it with her."""

from datetime import date
from typing import Final

from rules.era_date import era_text

TITLE: Final = "受給者証の更新のご案内"


def renewal_text(ends_on: date, opens_on: date, closes_on: date) -> str:
    """Return the days of the season in a sentence or two, in the calendar of the certificates."""
    return (f"お持ちの受給者証の有効期間は{era_text(ends_on)}までです。更新の申請は{era_text(opens_on)}から{era_text(closes_on)}まで"
            "受け付けます。詳しくは郵送のご案内をご覧ください。")
