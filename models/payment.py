"""支払: runs of transfers to the accounts of those whose claims were granted, each order as it was sent, and what came back."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.items import Code, Kana, Note, Number, Record, Yen

BATCH_STATES = ("made", "released", "sent", "cancelled")
ORDER_STATES = ("ordered", "cancelled", "returned")


def _known(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ('" + "', '".join(values) + "')"


class PaymentBatch(Record):
    """支払回: the transfers of one day; its bytes are decided when it is made, its release is another person's."""

    __tablename__ = "payment_batch"
    __table_args__ = (
        CheckConstraint(_known("state", BATCH_STATES), name="state_is_known"),
        CheckConstraint("order_count > 0 AND total_yen > 0", name="pays_something"),
        CheckConstraint("released_by <> made_by", name="maker_does_not_release"),
        CheckConstraint("(state IN ('released', 'sent')) = (released_by IS NOT NULL) AND "
                        "(released_by IS NULL) = (released_at IS NULL)", name="released_by_somebody"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL) AND (sent_at IS NULL) = (sent_how IS NULL)",
                        name="sent_somehow"),
        CheckConstraint("(state = 'cancelled') = (cancelled_by IS NOT NULL) AND (cancelled_by IS NULL) = "
                        "(cancelled_at IS NULL) AND (cancelled_by IS NULL) = (cancel_reason IS NULL)", name="cancelled_by_somebody"),
        UniqueConstraint("number"),
        # The same day asked for again is the same run, never a second payment.
        Index("uq_payment_batch_day", "transfer_date", unique=True, postgresql_where=text("state <> 'cancelled'")),
    )

    number: Mapped[int] = mapped_column(comment="支払回の番号")
    transfer_date: Mapped[date] = mapped_column(comment="振込指定日")
    state: Mapped[str] = mapped_column(server_default="made", comment="状態")
    order_count: Mapped[int] = mapped_column(comment="件数")
    total_yen: Mapped[Yen] = mapped_column(comment="合計金額")
    sha256: Mapped[str] = mapped_column(comment="振込データのSHA-256")
    consignor: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="委託者(作成時)")
    made_by: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), comment="作成者")
    made_at: Mapped[datetime] = mapped_column(comment="作成日時")
    released_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), comment="承認者")
    released_at: Mapped[datetime | None] = mapped_column(comment="承認日時")
    sent_how: Mapped[str | None] = mapped_column(comment="渡し方")  # taken | outbox
    sent_at: Mapped[datetime | None] = mapped_column(comment="銀行に渡した日時")
    cancelled_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), comment="取り消した人")
    cancelled_at: Mapped[datetime | None] = mapped_column(comment="取り消した日時")
    cancel_reason: Mapped[Note | None] = mapped_column(comment="取消の理由")


class PaymentOrder(Record):
    """振込一件: account, name and amount as they were sent; a claim has at most one that lives."""

    __tablename__ = "payment_order"
    __table_args__ = (
        CheckConstraint(_known("state", ORDER_STATES), name="state_is_known"),
        CheckConstraint("yen > 0", name="pays_something"),
        UniqueConstraint("batch_id", "position"),
        UniqueConstraint("number"),
        Index("uq_payment_order_live", "claim_id", unique=True, postgresql_where=text("state = 'ordered'")),
        Index("ix_payment_order_claim_id", "claim_id", "id"),
    )

    batch_id: Mapped[int] = mapped_column(ForeignKey("payment_batch.id"), comment="支払回")
    position: Mapped[int] = mapped_column(comment="行番号")
    number: Mapped[int] = mapped_column(comment="顧客コード")
    claim_id: Mapped[int] = mapped_column(ForeignKey("reimbursement_claim.id"), comment="請求")
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"), index=True, comment="受給者")
    yen: Mapped[Yen] = mapped_column(comment="振込金額")
    bank: Mapped[Number] = mapped_column(comment="金融機関番号")
    bank_name: Mapped[str] = mapped_column(comment="金融機関名")
    bank_kana: Mapped[Kana] = mapped_column(comment="金融機関名カナ")
    branch: Mapped[Number] = mapped_column(comment="支店番号")
    branch_name: Mapped[str] = mapped_column(comment="支店名")
    branch_kana: Mapped[Kana] = mapped_column(comment="支店名カナ")
    account_kind: Mapped[Code] = mapped_column(comment="預金種別")
    account_number: Mapped[Number] = mapped_column(comment="口座番号")
    holder_kana: Mapped[Kana] = mapped_column(comment="受取人名")
    state: Mapped[str] = mapped_column(server_default="ordered", comment="状態")


class ReturnedList(Record):
    """振込不能一覧: one list as the bank sent it; the same file read twice changes nothing."""

    __tablename__ = "returned_list"
    __table_args__ = (UniqueConstraint("sha256"),)

    batch_id: Mapped[int] = mapped_column(ForeignKey("payment_batch.id"), comment="支払回")
    file_name: Mapped[str] = mapped_column(comment="ファイル名")
    sha256: Mapped[str] = mapped_column(comment="SHA-256")
    row_count: Mapped[int] = mapped_column(comment="件数")
    total_yen: Mapped[Yen] = mapped_column(comment="合計金額")
    read_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), comment="取り込んだ人")
    read_at: Mapped[datetime] = mapped_column(comment="取込日時")


class PaymentReturn(Record):
    """振込不能: one order the bank could not pay, why, and how its claim came back to be paid."""

    __tablename__ = "payment_return"
    __table_args__ = (
        CheckConstraint("(requeued_by IS NULL) = (requeued_at IS NULL)", name="requeued_by_somebody"),
        # 口座を訂正した場合は訂正に二人の目が入っている; an unchanged account needs a second person here.
        CheckConstraint("requeue_note IS NULL OR (requeued_by IS NOT NULL AND requeued_by IS DISTINCT FROM registered_by)",
                        name="unchanged_by_a_second_person"),
        UniqueConstraint("order_id"),
    )

    order_id: Mapped[int] = mapped_column(ForeignKey("payment_order.id"), comment="振込")
    list_id: Mapped[int | None] = mapped_column(ForeignKey("returned_list.id"), index=True, comment="振込不能一覧")
    reason: Mapped[Code] = mapped_column(comment="不能理由")
    returned_on: Mapped[date] = mapped_column(comment="振込不能の日")
    note: Mapped[Note | None] = mapped_column(comment="登録の補足")
    registered_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), comment="登録者")
    registered_at: Mapped[datetime] = mapped_column(comment="登録日時")
    requeued_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), comment="支払に戻した人")
    requeued_at: Mapped[datetime | None] = mapped_column(comment="支払に戻した日時")
    requeue_note: Mapped[Note | None] = mapped_column(comment="口座を変えずに戻す理由")
