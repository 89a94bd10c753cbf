"""費用の分担: what insurer, patient and city each bear of a month's cost (難病法5条2項、12条)."""

from dataclasses import dataclass
from datetime import date

from rules.high_cost import limit_of
from rules.parameters import figures


@dataclass(frozen=True)
class Split:
    """分担: three amounts in yen that together are the total."""

    insurer_yen: int
    patient_yen: int
    public_yen: int


def own_share(total_yen: int, tenths: int, on: date) -> int:
    """自己負担の割合分: the insured share of *total_yen*, at most two tenths, rounded as at the window."""
    law = figures("cost_split", on)
    unit = law["round_to"]
    return int((total_yen * min(tenths, law["highest_tenths"]) + 5 * unit) // (10 * unit) * unit)


def split_of(total_yen: int, tenths: int, insurance_class: str, many_times: bool, cap_yen: int, on: date) -> Split:
    """分担 of a month of one patient under 70 with *tenths* (1–3) to bear; the insurer's 高額療養費 comes first."""
    borne = min(total_yen * tenths // 10, limit_of(insurance_class, total_yen, many_times, on))
    patient = min(own_share(total_yen, tenths, on), cap_yen, borne)
    return Split(total_yen - borne, patient, borne - patient)
