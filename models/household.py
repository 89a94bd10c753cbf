"""支給認定基準世帯員: whose tax decides the tier, and who shares the cap (Annex 1, recipient 103–118)."""

from datetime import date

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.items import Code, Count, Entry, Name, Note, Number, Pii, Record, Yen, extension, item

PAPER, CLERK, SYSTEM, IMPORT = Entry.PAPER, Entry.CLERK, Entry.SYSTEM, Entry.IMPORT
IDENTITY, INCOME = Pii.IDENTITY, Pii.INCOME


class HouseholdMember(Record):
    """世帯員: one line of the household section of the paper, with the tax figures of the year that counts."""

    __tablename__ = "household_member"
    __table_args__ = (UniqueConstraint("application_id", "position"),)
    annex_table = "recipient"

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    position: Mapped[int] = mapped_column(comment="行番号")
    tax_year: Mapped[Count | None] = item(103, "税賦課年度", SYSTEM)
    member_file_number: Mapped[Number | None] = item(104, "世帯員整理番号", PAPER, pii=Pii.NUMBER)
    member_name: Mapped[Name] = item(105, "世帯員氏名", PAPER, pii=IDENTITY, exact=True)
    member_birth_date: Mapped[date | None] = item(106, "世帯員生年月日", PAPER, pii=IDENTITY, exact=True)
    member_sex: Mapped[Code | None] = item(107, "世帯員性別区分", PAPER, pii=IDENTITY, codes="sex")
    member_relationship: Mapped[Code | None] = item(108, "世帯員続柄区分", PAPER, pii=IDENTITY, codes="relationship")
    other_benefit: Mapped[Code | None] = item(109, "小慢難病受給区分", PAPER, pii=Pii.HEALTH, codes="other_benefit")
    member_taxation: Mapped[Code | None] = item(110, "市町村民税課税区分", CLERK, pii=INCOME, codes="taxation")
    # 所得割 as taxed (raw); the normalised household sum is Assessment.income_levy_yen. Typed twice from a 課税証明書.
    member_income_levy_yen: Mapped[Yen | None] = item(111, "市町村民税所得割額", PAPER, pii=INCOME)
    per_capita_levy_yen: Mapped[Yen | None] = item(112, "市町村民税均等割額", CLERK, pii=INCOME)
    total_income_yen: Mapped[Yen | None] = item(113, "合計所得金額", CLERK, pii=INCOME)
    pension_yen: Mapped[Yen | None] = item(114, "公的年金等の収入金額", CLERK, pii=INCOME)
    other_income_yen: Mapped[Yen | None] = item(115, "その他厚生労働省で定める給付", PAPER, pii=INCOME)
    member_cap_yen: Mapped[Yen | None] = item(116, "負担上限月額", SYSTEM)
    household_remarks: Mapped[Note | None] = item(117, "世帯備考", CLERK)
    is_counted: Mapped[bool | None] = item(118, "被保険者又は本人フラグ", SYSTEM)

    taxed_by: Mapped[Number | None] = extension("賦課期日の市区町村番号", CLERK, pii=INCOME)
    other_recipient_number: Mapped[Number | None] = extension("他の受給者の受給者番号", PAPER, pii=Pii.NUMBER)
    member_insurance: Mapped[Code | None] = extension("世帯員の保険証種類", CLERK, pii=IDENTITY, codes="insurance_kind")
    # The tax row of the register this line's figures came from; blank where a certificate of tax was typed.
    tax_source: Mapped[str | None] = mapped_column(comment="税情報の出所")
