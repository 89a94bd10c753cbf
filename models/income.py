"""所得判定: what the household's tax means for tier and monthly cap (Annex 1, recipient 33–44)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.application import part_of_application
from models.items import Code, Entry, Note, Pii, Record, Yen, item

PAPER, CLERK, SYSTEM, INCOME = Entry.PAPER, Entry.CLERK, Entry.SYSTEM, Pii.INCOME


class Assessment(Record):
    """所得区分の判定結果 of one application; the reasons stand beside the result as the rules gave them."""

    __tablename__ = "assessment"
    __table_args__ = (CheckConstraint("copay_cap_yen >= 0", name="cap_is_not_negative"),)
    annex_table = "recipient"

    application_id: Mapped[int] = part_of_application()
    taxation: Mapped[Code | None] = item(33, "市町村民税課税区分", SYSTEM, pii=INCOME, codes="taxation")
    income_yen: Mapped[Yen | None] = item(34, "収入額", SYSTEM, pii=INCOME)
    income_levy_yen: Mapped[Yen | None] = item(35, "市町村民税所得割額", SYSTEM, pii=INCOME)
    is_apportioned: Mapped[bool | None] = item(36, "世帯按分フラグ", PAPER)
    tier: Mapped[Code | None] = item(37, "階層区分", SYSTEM, pii=INCOME, codes="tier", listed=True)
    copay_cap_yen: Mapped[Yen | None] = item(38, "負担上限月額", SYSTEM, listed=True)
    high_cost_long_term: Mapped[bool | None] = item(39, "高額かつ長期フラグ", PAPER)
    ventilator: Mapped[bool | None] = item(40, "人工呼吸器フラグ", PAPER, pii=Pii.HEALTH)
    income_unknown: Mapped[bool | None] = item(41, "所得状況の確認不能フラグ", CLERK, pii=INCOME)
    borderline: Mapped[bool | None] = item(42, "生保移行防止措置対象者フラグ", CLERK, pii=INCOME)
    borderline_meals_free: Mapped[bool | None] = item(43, "生保移行防止措置食費免除フラグ", CLERK, pii=INCOME)
    borderline_previous_tier: Mapped[Code | None] = item(44, "生保移行防止措置前階層区分", CLERK, pii=INCOME, codes="tier")

    plain_cap_yen: Mapped[Yen | None] = mapped_column(comment="按分前の負担上限月額")
    other_caps: Mapped[list[dict[str, object]] | None] = mapped_column(JSONB, comment="按分した他の受給者の上限月額")
    borderline_cap_yen: Mapped[Yen | None] = mapped_column(comment="境界層該当証明書の上限月額")
    ventilator_findings: Mapped[dict[str, bool] | None] = mapped_column(JSONB, comment="人工呼吸器等の所見")
    reasons: Mapped[list[str] | None] = mapped_column(JSONB, comment="判定理由")
    assessed_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), comment="判定者")
    assessed_at: Mapped[datetime | None] = mapped_column(comment="判定日時")


class TaxAdjustment(Record):
    """所得割の調整: one credit of one member, so that the clerk's arithmetic stays visible."""

    __tablename__ = "tax_adjustment"
    __table_args__ = (CheckConstraint("amount_yen > 0", name="amount_is_positive"),)

    household_member_id: Mapped[int] = mapped_column(ForeignKey("household_member.id"), index=True)
    kind: Mapped[Code] = mapped_column(comment="調整の種類")
    amount_yen: Mapped[Yen] = mapped_column(comment="調整額")
    evidence: Mapped[Note] = mapped_column(comment="根拠")
