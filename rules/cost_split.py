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


@dataclass(frozen=True)
class Beside:
    """難病以外の療養がある月: the split of the disease's own cost, and what the patient bears of the other, in yen."""

    split: Split
    other_patient_yen: int


def split_beside(total_yen: int, other_yen: int, tenths: int, insurance_class: str, many_times: bool, cap_yen: int,
                 on: date) -> Beside:
    """分担 of a month with other treatment too: both shares are put together where each is high enough (健保令41条)."""
    own = split_of(total_yen, tenths, insurance_class, many_times, cap_yen, on)
    shares = [total_yen * tenths // 10, other_yen * tenths // 10]
    other = min(shares[1], limit_of(insurance_class, other_yen, many_times, on))
    if min(shares) >= figures("combined_cost", on)["combined_from"]:
        both = limit_of(insurance_class, total_yen + other_yen, many_times, on)
        other = min(other, max(both - own.patient_yen, 0))
    return Beside(own, other)
