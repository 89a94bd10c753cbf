"""住民情報・税情報の取込: which files came, what they held of taxes, and rows that contradict what is known."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.items import Code, Count, Note, Number, Record, Yen


class ImportSet(Record):
    """取り込んだ一組: one file with its manifest; the numbers of a system's files have no gap."""

    __tablename__ = "import_set"
    __table_args__ = (UniqueConstraint("kind", "sequence"), CheckConstraint("sequence > 0", name="sequence_is_positive"))

    kind: Mapped[str] = mapped_column(comment="種類")  # residents | taxes
    file_name: Mapped[str] = mapped_column(comment="ファイル名")
    is_full: Mapped[bool] = mapped_column(comment="全件")
    sequence: Mapped[Count] = mapped_column(comment="連番")
    made_on: Mapped[date] = mapped_column(comment="作成日")
    sha256: Mapped[str] = mapped_column(comment="SHA-256")
    imported_at: Mapped[datetime] = mapped_column(comment="取込日時")
    report: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="取込結果(個人情報を含まない)")


class HeldRow(Record):
    """保留した行: a row whose key is known with other content; a person decides, nothing is overwritten."""

    __tablename__ = "held_row"
    __table_args__ = (UniqueConstraint("set_id", "line"),
                      Index("ix_held_row_open", "id", postgresql_where=text("decided_at IS NULL")))

    set_id: Mapped[int] = mapped_column(ForeignKey("import_set.id"), index=True)
    line: Mapped[Count] = mapped_column(comment="行")
    reason: Mapped[str] = mapped_column(comment="保留の理由")
    content: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="届いた内容")
    decision: Mapped[str | None] = mapped_column(comment="判断")  # kept | taken
    note: Mapped[Note | None] = mapped_column(comment="判断の理由")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), comment="判断した人")
    decided_at: Mapped[datetime | None] = mapped_column(comment="判断日時")


class TaxRow(Record):
    """税情報: one state of one person's municipal tax of one year; a correction is a new row."""

    __tablename__ = "tax_row"
    __table_args__ = (UniqueConstraint("municipality", "file_number", "tax_year", "history_number"),
                      Index("ix_tax_row_person", "file_number", "tax_year"))

    municipality: Mapped[Number] = mapped_column(comment="市区町村番号")
    file_number: Mapped[Number] = mapped_column(comment="整理番号")
    tax_year: Mapped[Count] = mapped_column(comment="税賦課年度")
    history_number: Mapped[Count] = mapped_column(comment="履歴番号")
    taxation: Mapped[Code] = mapped_column(comment="市町村民税課税区分")
    income_levy_yen: Mapped[Yen] = mapped_column(comment="市町村民税所得割額")
    per_capita_levy_yen: Mapped[Yen] = mapped_column(comment="市町村民税均等割額")
    total_income_yen: Mapped[Yen] = mapped_column(comment="合計所得金額")
    pension_yen: Mapped[Yen] = mapped_column(comment="公的年金等の収入金額")
    corrected_on: Mapped[date | None] = mapped_column(comment="更正年月日")
    cancellation: Mapped[Code] = mapped_column(comment="取消区分")
