"""審査: document review, board, and the mild-high-cost inquiry (Annex 1, recipient 45–58)."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.application import part_of_application
from models.items import Code, Entry, Month, Note, Pii, Record, Yen, extension, item

CLERK, BOARD, HEALTH = Entry.CLERK, Entry.BOARD, Pii.HEALTH


class Review(Record):
    """書類審査と審査会: what the office found and what the board said."""

    __tablename__ = "review"
    annex_table = "recipient"

    application_id: Mapped[int] = part_of_application()
    review_group: Mapped[Code | None] = item(45, "審査グループ", CLERK, codes="review_group", listed=True)
    document_review: Mapped[Code | None] = item(46, "書類審査区分", CLERK, codes="document_review", listed=True)
    review_request: Mapped[Code | None] = item(47, "審査依頼区分", BOARD, codes="review_request")
    review_request_date: Mapped[date | None] = item(48, "審査依頼日", BOARD)
    review_result_date: Mapped[date | None] = item(49, "審査結果登録日", BOARD)
    needs_second_review: Mapped[bool | None] = item(50, "再審査フラグ", BOARD)
    # Annex 1 prints 再審査依頼日 twice; beside 審査依頼区分/審査依頼日 the first is probably 再審査依頼区分. Kept as printed.
    second_review_request: Mapped[Code | None] = item(51, "再審査依頼日", BOARD, codes="review_request")
    second_review_request_date: Mapped[date | None] = item(52, "再審査依頼日", BOARD)
    second_review_result_date: Mapped[date | None] = item(53, "再審査結果登録日", BOARD)
    review_remarks: Mapped[Note | None] = item(54, "審査備考", BOARD, pii=HEALTH)
    mild_high_cost: Mapped[bool | None] = item(55, "軽症高額該当フラグ", Entry.PAPER, pii=HEALTH)
    mild_high_cost_inquiry: Mapped[Code | None] = item(56, "軽症高額照会区分", CLERK, codes="inquiry")
    mild_high_cost_inquiry_date: Mapped[date | None] = item(57, "軽症高額照会日", CLERK)
    mild_high_cost_inquiry_closed_date: Mapped[date | None] = item(58, "軽症高額照会完了日", CLERK)

    review_result: Mapped[Code | None] = extension("審査結果", BOARD, pii=HEALTH, codes="review_result", listed=True)
    meets_diagnostic_criteria: Mapped[bool | None] = extension("診断基準該当", BOARD, pii=HEALTH)
    reviewed_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), comment="書類審査者")


class CostMonth(Record):
    """医療費の月: the total medical cost (10割) of one month, as the 管理票 or the 医療費申告書 shows it."""

    __tablename__ = "cost_month"
    __table_args__ = (UniqueConstraint("application_id", "month"),
                      CheckConstraint("total_yen >= 0 AND child_yen >= 0", name="not_negative"))

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    month: Mapped[Month] = mapped_column(comment="診療年月")
    total_yen: Mapped[Yen] = mapped_column(comment="医療費総額")
    child_yen: Mapped[Yen] = mapped_column(server_default="0", comment="小児慢性特定疾病の医療費総額")
    source: Mapped[str] = mapped_column(comment="資料")  # ledger | statement | receipts
