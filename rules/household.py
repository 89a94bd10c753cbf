"""支給認定基準世帯員: whose tax decides the tier, by kind of insurance; and whose income decides 低所得Ⅰ."""

from dataclasses import dataclass
from datetime import date

from rules.parameters import figures

WELFARE_ONLY = ("08", "09")  # 生活保護単独・支援給付
MUNICIPAL, SOCIETY, ELDERLY = "03", "04", "07"  # 市町村国保・国保組合・後期高齢者
TOGETHER = {MUNICIPAL: "市町村国保", SOCIETY: "同じ国保組合", ELDERLY: "後期高齢者医療"}
PARENTS = ("05", "06", "20", "21")  # 続柄: 父・母・保護者(親権者)・未成年後見人


@dataclass(frozen=True)
class Member:
    """世帯員: one person of the application; *insurance* is blank where it is the patient's own.

    *is_insured* marks the 被保険者 of the patient's insurance, *is_guardian* who applies for a child.
    """

    key: int
    is_patient: bool = False
    is_insured: bool = False
    is_guardian: bool = False
    insurance: str | None = None


def counted(insurance_kind: str, patient_is_insured: bool, members: tuple[Member, ...],
            *, patient_is_minor: bool = False) -> tuple[tuple[int, ...], str]:
    """数える世帯員 (keys) and the reason: all of one 国保・国保組合・後期, the 被保険者 of an employee's insurance."""
    if insurance_kind in WELFARE_ONLY:
        return (), "生活保護等のため、世帯員の税額は数えない"
    if insurance_kind in TOGETHER:
        same = tuple(member.key for member in members if member.insurance in (None, insurance_kind))
        guardians = tuple(member.key for member in members if member.is_guardian and member.insurance == ELDERLY)
        if insurance_kind == MUNICIPAL and patient_is_minor and guardians:
            return (*same, *guardians), "18歳未満で市町村国保のため、国保の世帯員に、後期高齢者医療に加入する保護者を加えて数える"
        return same, f"住民票が同じ世帯で{TOGETHER[insurance_kind]}に加入する人全員を数える"
    if patient_is_insured:
        return tuple(member.key for member in members if member.is_patient), "被用者保険の被保険者本人だけを数える"
    insured = tuple(member.key for member in members if member.is_insured)
    return insured, "被用者保険の被扶養者のため、被保険者を数える (別に住んでいても数える)"


def is_minor(birth: date, on: date) -> bool:
    """18歳未満か on the day *on*: an age is reached at the end of the day before the birthday (年齢計算ニ関スル法律)."""
    limit = figures("guardian", on)["under_age"]
    return (birth.year + limit, birth.month, birth.day) > (on.year, on.month, on.day)


def whose_income(birth: date, on: date) -> tuple[str, str]:
    """低所得Ⅰの収入を見る人: ``patient`` or, under 18, ``guardian``; with the reason (施行令1条)."""
    if is_minor(birth, on):
        return "guardian", "18歳未満のため、保護者の収入で低所得Ⅰか判定する (施行令1条)"
    return "patient", "本人の収入で低所得Ⅰか判定する (施行令1条)"
