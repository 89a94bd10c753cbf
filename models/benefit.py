"""給付: what the payers claim for our recipients, one receipt a row (Annex 1, section 3), and the totals of each month."""

from datetime import date
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import BigInteger, CheckConstraint, Computed, ForeignKey, Identity, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from models.items import Code, Count, Entry, Month, Note, Number, Pii, Record, Yen, extension, item

IMPORT, CLERK, PAPER, SYSTEM, HEALTH = Entry.IMPORT, Entry.CLERK, Entry.PAPER, Entry.SYSTEM, Pii.HEALTH
PARTITIONS = 8


class Benefit(Record):
    """給付情報: one receipt as claimed; cut by recipient, so that one person's receipts always lie together."""

    __tablename__ = "benefit"
    __table_args__: Any = (
        Index("ix_benefit_person", "recipient_id", "treatment_month"),
        Index("ix_benefit_treatment_month", "treatment_month", "id"),
        # One institution's month, the newest first and counted without opening a row: what lists are asked for most.
        Index("ix_benefit_facility", "facility_number", "treatment_month", "id"),
        # Of an older billing month the newest are found at once; its receipts come in together, so the index grows at its end.
        Index("ix_benefit_billing_month", "billing_month", "id"),
        {"postgresql_partition_by": "HASH (recipient_id)"},
    )
    annex_table = "benefit"

    # The key of a partitioned table holds what it is cut by; numbers are unique by themselves (one series).
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, sort_order=-10)
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"), primary_key=True, sort_order=-9)
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
    # 過誤・再審査: an office slip, typed by two people.
    adjustment_date: Mapped[date | None] = item(19, "調整年月日", PAPER)
    adjustment: Mapped[Code | None] = item(20, "調整区分", PAPER, codes="adjustment")
    entered_date: Mapped[date | None] = item(21, "入力日", SYSTEM)
    benefit_remarks: Mapped[Note | None] = item(22, "給付管理備考", CLERK)

    payer_number: Mapped[Number | None] = extension("レセプトの負担者番号", IMPORT)
    recipient_number: Mapped[Number | None] = extension("レセプトの受給者番号", IMPORT, pii=Pii.NUMBER)
    meal_yen: Mapped[Yen | None] = extension("食事・生活療養の額", IMPORT)
    tenths: Mapped[Count | None] = extension("負担割合(割)", IMPORT)

    # Where it came from: the file and the place in it, and one bit an Annex item (number less one) for what was
    # computed and for what the office typed; everything else stands in the file as it is here.
    set_id: Mapped[int | None] = mapped_column(BigInteger, comment="取り込んだファイル")
    line: Mapped[int | None] = mapped_column(Integer, comment="行")
    first_byte: Mapped[int | None] = mapped_column(BigInteger, comment="ファイルの中の位置(バイト)")
    byte_count: Mapped[int | None] = mapped_column(Integer, comment="長さ(バイト)")
    computed: Mapped[int] = mapped_column(Integer, server_default="0", comment="計算した項目")
    office: Mapped[int] = mapped_column(Integer, server_default="0", comment="職員が入力した項目")


class BenefitMonth(Model):  # type: ignore[misc]  # the base has no types
    """月ごとの合計 of one person: what her receipts of one month of treatment add up to, beside the cap of that month.

    Derived, and kept in step by whatever changes a receipt or a cap; a full recomputation gives the same rows.
    """

    __tablename__ = "benefit_month"
    __table_args__ = (
        CheckConstraint("receipts > 0", name="has_receipts"),
        Index("ix_benefit_month_excess", "treatment_month", "recipient_id", postgresql_where=text("excess_yen > 0")),
    )

    recipient_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("recipient.id"), primary_key=True)
    treatment_month: Mapped[Month] = mapped_column(primary_key=True, comment="診療年月")
    receipts: Mapped[Count] = mapped_column(comment="件数")
    total_yen: Mapped[Yen] = mapped_column(comment="総医療費")
    medical_yen: Mapped[Yen] = mapped_column(comment="総医療費(食事・生活療養を除く)")
    copay_yen: Mapped[Yen] = mapped_column(comment="自己負担額")
    due_yen: Mapped[Yen | None] = mapped_column(comment="割合による負担額")
    cap_yen: Mapped[Yen | None] = mapped_column(comment="負担上限月額")
    excess_yen: Mapped[Yen | None] = mapped_column(
        BigInteger, Computed("GREATEST(copay_yen - cap_yen, 0)", persisted=True), comment="上限を超えた額")
