"""疾病: the designated diseases an application names; several a person (Annex 1, recipient 98–102)."""

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.items import Code, Entry, Note, Number, Pii, Record, item

PAPER, HEALTH = Entry.PAPER, Pii.HEALTH


class ApplicationDisease(Record):
    """申請疾病: one disease of one application; at most one of them is the main one."""

    __tablename__ = "application_disease"
    __table_args__ = (
        UniqueConstraint("application_id", "position"),
        Index("uq_application_disease_main", "application_id", unique=True, postgresql_where=text("is_main")),
    )
    annex_table = "recipient"

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    position: Mapped[int] = mapped_column(comment="行番号")
    disease_group: Mapped[Code | None] = item(98, "疾患分類番号", Entry.SYSTEM, pii=HEALTH, codes="disease_group")
    disease_number: Mapped[Number] = item(99, "疾患番号", PAPER, pii=HEALTH, exact=True, listed=True)
    is_refused: Mapped[bool | None] = item(100, "疾病非認定フラグ", Entry.BOARD, pii=HEALTH)
    is_main: Mapped[bool | None] = item(101, "主たる疾病フラグ", PAPER)
    disease_remarks: Mapped[Note | None] = item(102, "疾病備考", Entry.CLERK, pii=HEALTH)
