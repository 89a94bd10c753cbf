"""支給認定基準世帯員: whose tax decides the tier, by kind of insurance."""

from dataclasses import dataclass

WELFARE_ONLY = ("08", "09")  # 生活保護単独・支援給付
NATIONAL = ("03", "04", "07")  # 国保・国保組合・後期高齢者: everybody of the same insurance in the household


@dataclass(frozen=True)
class Member:
    """世帯員: one person of the application; *is_insured* marks the 被保険者 of the patient's insurance."""

    key: int
    is_patient: bool = False
    is_insured: bool = False


def counted(insurance_kind: str, patient_is_insured: bool, members: tuple[Member, ...]) -> tuple[tuple[int, ...], str]:
    """数える世帯員 (keys) and the reason: all of the same 国保・国保組合・後期, the 被保険者 of an employee's insurance."""
    if insurance_kind in WELFARE_ONLY:
        return (), "生活保護等のため、世帯員の税額は数えない"
    if insurance_kind in NATIONAL:
        return tuple(member.key for member in members), "同じ医療保険に加入する世帯員全員を数える"
    if patient_is_insured:
        return tuple(member.key for member in members if member.is_patient), "被用者保険の被保険者本人だけを数える"
    insured = tuple(member.key for member in members if member.is_insured)
    return insured, "被用者保険の被扶養者のため、被保険者を数える"
