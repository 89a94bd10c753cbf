"""所得割: the municipal income levy as the borders of the tiers read it."""

from datetime import date

from rules.parameters import figures


def normalised_levy(levy_yen: int, designated_city: bool, on: date) -> int:
    """換算後の所得割 in yen: a levy at the designated-city rate (8 %) counts as at 6 %; below one yen is dropped."""
    if not designated_city:
        return levy_yen
    factor = figures("income_levy", on)
    return int(levy_yen * factor["designated_city_numerator"] // factor["designated_city_denominator"])
