"""世帯按分: several recipients of one insurance household share the highest cap among them (施行令1条)."""

from collections.abc import Sequence
from datetime import date

from rules.parameters import figures


def shares(caps: Sequence[int], on: date) -> list[int]:
    """按分後の上限月額 in yen, in the given order: highest cap × own cap ÷ sum of caps, rounded down to the city's unit."""
    total = sum(caps)
    if total == 0:
        return [0] * len(caps)
    unit = figures("apportionment", on)["round_down_to"]
    return [max(caps) * cap // total // unit * unit for cap in caps]


def known_caps(on: date) -> list[int]:
    """按分の相手の上限額になり得る額 in yen: every cap of 難病 and of 小児慢性特定疾病, the lowest first."""
    tables = [*figures("copay_cap", on).values(), *figures("child_cap", on).values()]
    return sorted({cap for table in tables for cap in table.values()})
