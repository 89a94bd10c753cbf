"""給付: what the payers claim for our recipients, one receipt a row (Annex 1, section 3)."""

from datetime import date

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.items import Code, Count, Entry, Month, Note, Number, Pii, Record, Yen, extension, item

IMPORT, CLERK, PAPER, SYSTEM, HEALTH = Entry.IMPORT, Entry.CLERK, Entry.PAPER, Entry.SYSTEM, Pii.HEALTH


class Benefit(Record):
    """給付情報: one receipt as claimed."""

    __tablename__ = "benefit"
    __table_args__ = (Index("ix_benefit_treatment_month", "treatment_month", "id"),)
    annex_table = "benefit"

    recipient_id: Mapped[int | None] = mapped_column(ForeignKey("recipient.id"), index=True)
    billing_month: Mapped[Month] = item(1, "請求年月", IMPORT, listed=True)
    treatment_month: Mapped[Month] = item(2, "診療年月", IMPORT, listed=True)
    setting: Mapped[Code] = item(3, "入外別区分", IMPORT, codes="setting", listed=True)
    benefit_kind: Mapped[Code | None] = item(4, "給付種別区分", IMPORT, codes="benefit_kind")
    days: Mapped[Count | None] = item(5, "日数", IMPORT)
    times: Mapped[Count | None] = item(6, "回数", IMPORT)
    points: Mapped[Count | None] = item(7, "決定点数", IMPORT, listed=True)
    total_yen: Mapped[Yen] = item(8, "総医療費", IMPORT, listed=True)
    insurer_yen: Mapped[Yen | None] = item(9, "医療保険負担額", IMPORT)
    public_yen: Mapped[Yen | None] = item(10, "公費負担額", IMPORT)
    copay_yen: Mapped[Yen | None] = item(11, "自己負担額", IMPORT, listed=True)
    city_support_yen: Mapped[Yen | None] = item(12, "市区町村補助金額", IMPORT)
    payer_class: Mapped[Code | None] = item(13, "保険種別区分", IMPORT, codes="payer_class")
    facility_number: Mapped[Number] = item(14, "請求医療機関番号", IMPORT, pii=HEALTH, listed=True)
    care_service: Mapped[Code | None] = item(15, "介護サービス種類コード", IMPORT, codes="care_service")
    receipt_kind: Mapped[Code | None] = item(16, "レセプト区分", IMPORT, codes="receipt_kind")
    receipt_count: Mapped[Count | None] = item(17, "件数", IMPORT)
    reexamination: Mapped[Code | None] = item(18, "再審査請求区分", IMPORT, codes="reexamination")
    # 過誤・再審査: an office slip, keyed twice like any sheet.
    adjustment_date: Mapped[date | None] = item(19, "調整年月日", PAPER)
    adjustment: Mapped[Code | None] = item(20, "調整区分", PAPER, codes="adjustment")
    entered_date: Mapped[date | None] = item(21, "入力日", SYSTEM)
    benefit_remarks: Mapped[Note | None] = item(22, "給付管理備考", CLERK)

    payer_number: Mapped[Number | None] = extension("レセプトの負担者番号", IMPORT)
    recipient_number: Mapped[Number | None] = extension("レセプトの受給者番号", IMPORT, pii=Pii.NUMBER)
