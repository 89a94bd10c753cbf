"""個人番号記載票: whose 個人番号 came in on paper, without the numbers; those lie sealed in the numbering store alone."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.items import Code, Count, Entry, Name, Number, Pii, Record, extension

PAPER, IDENTITY = Entry.PAPER, Pii.IDENTITY


class NumberReport(Record):
    """One paper; it names its person by 受給者番号 or by the 申請受理番号 of the application it came with."""

    __tablename__ = "number_report"
    __table_args__ = (UniqueConstraint("sheet_id"),)

    sheet_id: Mapped[int] = mapped_column(ForeignKey("received_sheet.id"))
    recipient_id: Mapped[int | None] = mapped_column(ForeignKey("recipient.id"), index=True)

    report_date: Mapped[date] = extension("記載票の記入日", PAPER)
    written_acceptance_number: Mapped[Number | None] = extension("記載票の申請受理番号", PAPER, exact=True, index=True)
    written_recipient_number: Mapped[Number | None] = extension(
        "記載票の受給者番号", PAPER, pii=Pii.NUMBER, exact=True)
    number_proof: Mapped[Code] = extension("番号確認の書類", PAPER, codes="number_proof")
    identity_proof: Mapped[Code] = extension("身元確認の書類", PAPER, codes="identity_proof")

    lines: Mapped[list["NumberLine"]] = relationship(lazy="selectin", order_by="NumberLine.position")


class NumberLine(Record):
    """One person on the paper; her number is found by this row in the numbering store and nowhere else."""

    __tablename__ = "number_line"
    __table_args__ = (UniqueConstraint("report_id", "position"),)

    report_id: Mapped[int] = mapped_column(ForeignKey("number_report.id"), index=True)
    position: Mapped[Count] = mapped_column(server_default="0", comment="行")
    holder: Mapped[Code] = extension("番号の持ち主", PAPER, codes="number_holder")
    holder_name: Mapped[Name] = extension("番号の持ち主の氏名", PAPER, pii=IDENTITY, exact=True)
    holder_birth_date: Mapped[date | None] = extension("番号の持ち主の生年月日", PAPER, pii=IDENTITY, exact=True)


class SealedNumber(Record):
    """封じた個人番号: one as typed, until both keyings agree; own schema, ciphertext only."""

    __tablename__ = "sealed_number"
    __table_args__ = (UniqueConstraint("sheet_id", "field", "turn"), {"schema": "numbering"})

    sheet_id: Mapped[int] = mapped_column(ForeignKey("received_sheet.id"))
    field: Mapped[str] = mapped_column(comment="項目")
    turn: Mapped[int] = mapped_column(comment="回")  # 1, 2, 3 = retyped by the settling person
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary, comment="暗号文")
    key_version: Mapped[int] = mapped_column(comment="鍵の版")
    blind_index: Mapped[bytes] = mapped_column(LargeBinary, index=True, comment="照合用の鍵付きハッシュ")


class IndividualNumber(Record):
    """個人番号: the agreed number of one line; a later one of the same person ends it, nothing overwrites it."""

    __tablename__ = "individual_number"
    __table_args__ = (UniqueConstraint("line_id"), Index("ix_individual_number_blind_index", "blind_index"),
                      {"schema": "numbering"})

    line_id: Mapped[int] = mapped_column(ForeignKey("number_line.id"))
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary, comment="暗号文")
    key_version: Mapped[int] = mapped_column(comment="鍵の版")
    blind_index: Mapped[bytes] = mapped_column(LargeBinary, comment="照合用の鍵付きハッシュ")
    ended_at: Mapped[datetime | None] = mapped_column(comment="終了")
