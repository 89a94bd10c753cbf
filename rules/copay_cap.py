"""負担上限月額: what a recipient pays at most in a month (難病法施行令1条)."""

from dataclasses import dataclass
from datetime import date

from rules.parameters import figures
from rules.tier import Tier

# 高額かつ長期 lowers the cap only from 一般所得Ⅰ upwards.
LONG_TERM_TIERS = (Tier.GENERAL_1, Tier.GENERAL_2, Tier.UPPER)


@dataclass(frozen=True)
class Specials:
    """特例: what lowers the cap of this patient; borderline_cap_yen is what the welfare office's certificate says."""

    ventilator: bool = False
    high_cost_long_term: bool = False
    transitional: str | None = None  # general | severe | ventilator (既認定者の経過措置)
    borderline_cap_yen: int | None = None


def cap_of(tier: Tier, specials: Specials, on: date) -> tuple[int, tuple[str, ...]]:
    """負担上限月額 in yen and its reasons, in the order 人工呼吸器等, 高額かつ長期, 生保移行防止 (施行令1条)."""
    cap, reason = _before_borderline(tier, specials, on)
    if specials.borderline_cap_yen is None or specials.borderline_cap_yen >= cap:
        return cap, (reason,)
    return specials.borderline_cap_yen, (
        reason, f"境界層該当証明書により{specials.borderline_cap_yen:,}円に下げる (生保移行防止)")


def _before_borderline(tier: Tier, specials: Specials, on: date) -> tuple[int, str]:
    if specials.transitional and figures("transitional_cap", on)["in_force"]:
        cap = figures("transitional_cap", on)[specials.transitional][tier]
        return cap, f"既認定者の経過措置により{cap:,}円 (施行令附則、平成29年12月31日まで)"
    caps = figures("copay_cap", on)
    if specials.ventilator and tier is not Tier.WELFARE:
        return caps["ventilator"][tier], f"人工呼吸器等装着のため{caps['ventilator'][tier]:,}円 (施行令1条)"
    if specials.high_cost_long_term and tier in LONG_TERM_TIERS:
        return caps["long_term"][tier], f"高額かつ長期のため{caps['long_term'][tier]:,}円 (施行令1条)"
    return caps["general"][tier], f"{tier.label}の上限月額は{caps['general'][tier]:,}円 (施行令1条)"


def meals_may_be_free(cap_yen: int, on: date) -> bool:
    """食費の免除: only where the cap is zero already, unless the city's order of steps is another (告示426号)."""
    return cap_yen == 0 or not figures("borderline", on)["meals_last"]


def borderline_steps(tier: Tier, on: date) -> tuple[int, ...]:
    """生保移行防止の段階: the caps in yen below that of *tier*, highest first; meals come after the last (告示426号)."""
    caps = figures("copay_cap", on)["general"]
    return tuple(sorted({cap for cap in caps.values() if cap < caps[tier]}, reverse=True))
