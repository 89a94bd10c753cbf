"""申請: one paper application from its reception to its forwarding to the head office (Annex 1, recipient 1–16)."""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.items import Code, Codes, Entry, Month, Note, Number, Pii, Record, extension, item

PAPER, CLERK, SYSTEM = Entry.PAPER, Entry.CLERK, Entry.SYSTEM


class Application(Record):
    """What was applied for: after two agreeing keyings of its sheet, by conversion of an old system, or by authority."""

    __tablename__ = "application"
    __table_args__ = (
        CheckConstraint("num_nonnulls(sheet_id, conversion, office_reason) = 1", name="from_a_sheet_a_conversion_or_the_office"),
        UniqueConstraint("sheet_id"),
        UniqueConstraint("acceptance_number"),
        Index("ix_application_acceptance_date", "acceptance_date", "id"),
    )
    annex_table = "recipient"

    recipient_id: Mapped[int | None] = mapped_column(ForeignKey("recipient.id"), index=True)
    sheet_id: Mapped[int | None] = mapped_column(ForeignKey("received_sheet.id"))
    conversion: Mapped[str | None] = mapped_column(comment="移行: the old system's file this row came from")
    office_reason: Mapped[Note | None] = mapped_column(comment="職権の理由")

    application_date: Mapped[date] = item(1, "申請日", PAPER, listed=True)
    moved_in: Mapped[bool | None] = item(2, "転入フラグ", CLERK)
    counter: Mapped[Code | None] = item(3, "受付窓口区分", CLERK, codes="counter", listed=True)
    application_kind: Mapped[Code] = item(4, "申請区分", SYSTEM, codes="application_kind", listed=True)
    change_contents: Mapped[Codes | None] = item(5, "変更内容", PAPER, codes="change_content")
    reissue_reason: Mapped[Code | None] = item(6, "再交付理由区分", PAPER, codes="reissue_reason")
    acceptance_date: Mapped[date] = item(7, "申請受理日", CLERK, listed=True)
    acceptance_number: Mapped[Number] = item(8, "申請受理番号", SYSTEM, listed=True)
    application_method: Mapped[Code | None] = item(9, "申請方法区分", CLERK, codes="application_method")
    agreed_to_insurer_inquiry: Mapped[bool | None] = item(11, "保険者照会同意フラグ", PAPER)
    forwarding: Mapped[Code | None] = item(12, "進達区分", CLERK, codes="forwarding", listed=True)
    forwarding_date: Mapped[date | None] = item(13, "進達日", CLERK)
    head_office_date: Mapped[date | None] = item(14, "本庁受領日", CLERK)
    branch: Mapped[Code | None] = item(15, "登録支所区分", CLERK, codes="counter")
    remarks: Mapped[Note | None] = item(16, "申請備考", CLERK)

    written_recipient_number: Mapped[Number | None] = extension("申請書記載の受給者番号", PAPER, pii=Pii.NUMBER, exact=True)
    diagnosed_date: Mapped[date | None] = extension("診断年月日", PAPER, pii=Pii.HEALTH, exact=True)
    retroactive_reason: Mapped[Code | None] = extension("遡り理由", PAPER, codes="retroactive_reason")
    onset_month: Mapped[Month | None] = extension("発症年月", PAPER, pii=Pii.HEALTH)
    wants_registration_certificate: Mapped[bool | None] = extension("登録者証の交付希望", PAPER)
    agreed_to_research: Mapped[bool | None] = extension("研究利用への同意", PAPER)

    # Where the case stands; moves only along procedures.progress.
    state: Mapped[str] = mapped_column(server_default="registered", index=True, comment="処理状況")

    attachments: Mapped[list["ApplicationAttachment"]] = relationship(lazy="selectin", order_by="ApplicationAttachment.id")


class ApplicationAttachment(Record):
    """添付書類: one document that came with an application; 添付書類種別 is a repeated answer, hence a row each."""

    __tablename__ = "application_attachment"
    __table_args__ = (UniqueConstraint("application_id", "attachment"),)
    annex_table = "recipient"

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    attachment: Mapped[Code] = item(10, "添付書類種別", CLERK, codes="attachment")
    received_date: Mapped[date | None] = mapped_column(comment="添付書類受領日")


def part_of_application(**column: Any) -> Any:
    """A foreign key to the application whose step this row is; one row an application."""
    return mapped_column(ForeignKey("application.id"), unique=True, **column)
