"""指定医療機関: where the patient means to be treated (Annex 1, recipient 119–121)."""

from datetime import date

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.items import Entry, Number, Record, item

PAPER = Entry.PAPER


class ApplicationFacility(Record):
    """利用医療機関: one designated facility of one application."""

    __tablename__ = "application_facility"
    __table_args__ = (UniqueConstraint("application_id", "position"),)
    annex_table = "recipient"

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    position: Mapped[int] = mapped_column(comment="行番号")
    facility_number: Mapped[Number] = item(119, "施設番号", PAPER, exact=True, listed=True)
    used_from: Mapped[date | None] = item(120, "適用開始日", PAPER)
    is_main: Mapped[bool | None] = item(121, "主たる医療機関フラグ", PAPER)
