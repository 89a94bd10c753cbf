"""人工呼吸器等装着: what the clinical form must say for the lowest cap (難病法施行令1条、厚生労働省告示427号)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Findings:
    """臨床調査個人票の所見: the four that count together, and the one that counts alone."""

    wears_one: bool = False  # 人工呼吸器を装着している
    all_day: bool = False  # 一日中施行している
    no_weaning: bool = False  # 離脱の見込みがない
    needs_help: bool = False  # 生活状況の全項目が部分介助または全介助
    external_heart: bool = False  # 体外式補助人工心臓を装着している (植込型・在宅酸素は当たらない)


LABELS = {"wears_one": "人工呼吸器を装着", "all_day": "一日中施行", "no_weaning": "離脱の見込みなし",
          "needs_help": "生活状況の全項目が部分介助または全介助", "external_heart": "体外式補助人工心臓を装着"}
TOGETHER = ("wears_one", "all_day", "no_weaning", "needs_help")


def meets(findings: Findings) -> tuple[bool, str]:
    """人工呼吸器等装着に当たるか, and the reason: the four findings together, or the external heart alone."""
    if findings.external_heart:
        return True, "体外式補助人工心臓を装着しているため、人工呼吸器等装着に当たる (施行令1条)"
    lacking = [LABELS[name] for name in TOGETHER if not getattr(findings, name)]
    if not lacking:
        return True, "人工呼吸器を一日中施行し、離脱の見込みがなく、生活状況の全項目に介助を要するため、人工呼吸器等装着に当たる (施行令1条)"
    return False, f"「{'」「'.join(lacking)}」の所見がないため、人工呼吸器等装着に当たらない (施行令1条)"
