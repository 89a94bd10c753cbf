"""レセプトの取込: which files came, what waits for a person, what the checks found, what payers invoice."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from models.items import Code, Count, Month, Note, Record, Yen

SEVERITIES = ("block", "work", "ignore")
FINDING_STATES = ("open", "accepted", "adjust", "return", "cleared")


class ReceiptSet(Record):
    """取り込んだレセプトファイル: one file, its totals and what became of its rows; undone as a whole or not at all."""

    __tablename__ = "receipt_set"
    __table_args__ = (
        CheckConstraint("(undone_at IS NULL) = (undo_reason IS NULL)", name="undone_for_a_reason"),
        # The same file counts once; after it was undone it may come again.
        Index("uq_receipt_set_file", "sha256", unique=True, postgresql_where=text("undone_at IS NULL")),
    )

    file_name: Mapped[str] = mapped_column(comment="ファイル名")
    sha256: Mapped[str] = mapped_column(comment="SHA-256")
    size_bytes: Mapped[int] = mapped_column(BigInteger, comment="大きさ(バイト)")
    format: Mapped[str] = mapped_column(comment="形式")
    agency: Mapped[Code | None] = mapped_column(comment="審査支払機関")
    imported_at: Mapped[datetime] = mapped_column(comment="取込日時")
    imported_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), comment="取り込んだ人")
    # The numbers its receipts have, one run; None where none was stored.
    first_id: Mapped[int | None] = mapped_column(BigInteger, comment="最初の給付の番号")
    last_id: Mapped[int | None] = mapped_column(BigInteger, comment="最後の給付の番号")
    receipts: Mapped[Count] = mapped_column(server_default="0", comment="登録した件数")
    report: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="取込結果(個人情報を含まない)")
    undone_at: Mapped[datetime | None] = mapped_column(comment="取消日時")
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), comment="取り消した人")
    undo_reason: Mapped[Note | None] = mapped_column(comment="取消の理由")


class ReceiptUpload(Record):
    """受け取ったファイル: put on the screen by somebody and taken in by a job; its report stays, also of what was refused."""

    __tablename__ = "receipt_upload"
    __table_args__ = (CheckConstraint("state IN ('waiting', 'stored', 'already', 'refused')", name="state_is_known"),)

    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"), unique=True, comment="仕事")
    uploaded_by: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), comment="受け取った人")
    file_name: Mapped[str] = mapped_column(comment="ファイル名")
    sha256: Mapped[str] = mapped_column(comment="SHA-256")
    size_bytes: Mapped[int] = mapped_column(BigInteger, comment="大きさ(バイト)")
    format: Mapped[str] = mapped_column(comment="形式")
    state: Mapped[str] = mapped_column(server_default="waiting", comment="状態")
    read_bytes: Mapped[int] = mapped_column(BigInteger, server_default="0", comment="読んだ大きさ(バイト)")
    report: Mapped[dict[str, Any] | None] = mapped_column(JSONB, comment="取込結果(個人情報を含まない)")
    set_id: Mapped[int | None] = mapped_column(ForeignKey("receipt_set.id"), comment="取り込んだファイル")


class HeldReceipt(Record):
    """保留したレセプト: a receipt some check blocks; it is stored nowhere else until a person has decided."""

    __tablename__ = "held_receipt"
    __table_args__ = (
        UniqueConstraint("set_id", "line"),
        CheckConstraint("decision IN ('accepted', 'refused')", name="decision_is_known"),
        CheckConstraint("(decision IS NULL) = (decided_at IS NULL) AND (decision IS NULL) = (note IS NULL)",
                        name="decided_for_a_reason"),
        CheckConstraint("(decision = 'accepted') = (benefit_id IS NOT NULL)", name="accepted_is_stored"),
        Index("ix_held_receipt_open", "id", postgresql_where=text("decision IS NULL")),
    )

    set_id: Mapped[int] = mapped_column(ForeignKey("receipt_set.id"))
    line: Mapped[Count] = mapped_column(comment="行")
    codes: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="保留の理由")
    content: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="読み取った内容")
    raw: Mapped[bytes] = mapped_column(LargeBinary, comment="届いたままの行")
    recipient_id: Mapped[int | None] = mapped_column(ForeignKey("recipient.id"), comment="番号から分かる受給者")
    decision: Mapped[str | None] = mapped_column(comment="判断")
    note: Mapped[Note | None] = mapped_column(comment="判断の理由")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), comment="判断した人")
    decided_at: Mapped[datetime | None] = mapped_column(comment="判断日時")
    benefit_id: Mapped[int | None] = mapped_column(BigInteger, comment="登録した給付の番号")


class ReceiptFinding(Record):
    """指摘: what a check found about one receipt, or (without a receipt) about one person's month; a person decides."""

    __tablename__ = "receipt_finding"
    __table_args__ = (
        CheckConstraint("state IN ('" + "', '".join(FINDING_STATES) + "')", name="state_is_known"),
        CheckConstraint("(state IN ('open', 'cleared')) = (decided_by IS NULL)", name="decided_by_somebody"),
        Index("uq_receipt_finding_receipt", "benefit_id", "code", unique=True, postgresql_where=text("benefit_id IS NOT NULL")),
        Index("uq_receipt_finding_month", "recipient_id", "treatment_month", "code", unique=True,
              postgresql_where=text("benefit_id IS NULL AND state = 'open'")),
        Index("ix_receipt_finding_open", "code", "id", postgresql_where=text("state = 'open'")),
        Index("ix_receipt_finding_decided", "state", "id", postgresql_where=text("state IN ('adjust', 'return')")),
        Index("ix_receipt_finding_person", "recipient_id", "treatment_month"),
        Index("ix_receipt_finding_set", "set_id"),
    )

    set_id: Mapped[int | None] = mapped_column(ForeignKey("receipt_set.id"), comment="取り込んだファイル")
    benefit_id: Mapped[int | None] = mapped_column(BigInteger, comment="給付の番号")
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"))
    treatment_month: Mapped[Month] = mapped_column(comment="診療年月")
    code: Mapped[Code] = mapped_column(comment="指摘")
    state: Mapped[str] = mapped_column(server_default="open", comment="状態")
    note: Mapped[Note | None] = mapped_column(comment="対応")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), comment="対応した人")
    decided_at: Mapped[datetime | None] = mapped_column(comment="対応日時")
    listed_on: Mapped[date | None] = mapped_column(comment="一覧を出した日")


class CheckSeverity(Record):
    """点検の重さ: what the city makes of a check from a day on: hold the receipt, put it on the work list, or ignore it."""

    __tablename__ = "check_severity"
    __table_args__ = (
        UniqueConstraint("code", "valid_from"),
        CheckConstraint("severity IN ('" + "', '".join(SEVERITIES) + "')", name="severity_is_known"),
    )

    code: Mapped[Code] = mapped_column(comment="点検")
    severity: Mapped[str] = mapped_column(comment="重さ")
    valid_from: Mapped[date] = mapped_column(comment="適用開始日")
    reason: Mapped[Note] = mapped_column(comment="理由")
    changed_by: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), comment="変えた人")


class ReceiptProfile(Record):
    """ファイルの様式: how one payer's table is read, from a day on; a published version is never changed."""

    __tablename__ = "receipt_profile"
    __table_args__ = (UniqueConstraint("name", "valid_from"),)

    name: Mapped[str] = mapped_column(comment="様式の名前")
    valid_from: Mapped[date] = mapped_column(comment="適用開始日")
    definition: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="列の割当て")
    published_by: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), comment="公開した人")


class PayerInvoice(Record):
    """支払機関の請求: what one payer invoices for a month and an insurance kind, to be compared with the receipts."""

    __tablename__ = "payer_invoice"
    __table_args__ = (
        UniqueConstraint("billing_month", "agency", "payer_class"),
        CheckConstraint("receipts >= 0 AND points >= 0 AND public_yen >= 0", name="amounts_are_not_negative"),
    )

    billing_month: Mapped[Month] = mapped_column(comment="請求年月")
    agency: Mapped[Code] = mapped_column(comment="審査支払機関")
    payer_class: Mapped[Code] = mapped_column(comment="保険種別区分")
    receipts: Mapped[Count] = mapped_column(comment="件数")
    points: Mapped[int] = mapped_column(BigInteger, comment="点数")
    public_yen: Mapped[Yen] = mapped_column(comment="公費負担額")
    entered_by: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), comment="入力した人")


class BenefitAdjustment(Record):
    """調整の入力: an office slip about one receipt, typed by two people; only what both typed reaches the receipt."""

    __tablename__ = "benefit_adjustment"
    __table_args__ = (
        CheckConstraint("agreed_by IS NULL OR agreed_by <> typed_by", name="two_people"),
        CheckConstraint("(agreed_by IS NULL) = (agreed_at IS NULL)", name="agreed_by_somebody"),
        Index("uq_benefit_adjustment_open", "benefit_id", unique=True, postgresql_where=text("agreed_by IS NULL")),
    )

    benefit_id: Mapped[int] = mapped_column(BigInteger, index=True, comment="給付の番号")
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"))
    adjustment: Mapped[Code] = mapped_column(comment="調整区分")
    adjustment_date: Mapped[date] = mapped_column(comment="調整年月日")
    typed_by: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), comment="入力した人")
    agreed_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), comment="同じ内容を入力した人")
    agreed_at: Mapped[datetime | None] = mapped_column(comment="確定日時")
