"""更新時期: one round of renewals, and for each person due what was sent and what came back."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.items import Record


class RenewalSeason(Record):
    """更新の回: everybody whose certification ends on one day."""

    __tablename__ = "renewal_season"
    __table_args__ = (UniqueConstraint("ends_on"),
                      CheckConstraint("opens_on <= closes_on AND closes_on <= ends_on", name="days_in_order"))

    ends_on: Mapped[date] = mapped_column(comment="有効期間終了日")
    opens_on: Mapped[date] = mapped_column(comment="受付開始日")
    closes_on: Mapped[date] = mapped_column(comment="受付終了日")


class RenewalNotice(Record):
    """更新案内: one person of a season; *position* is the order of the envelopes."""

    __tablename__ = "renewal_notice"
    __table_args__ = (UniqueConstraint("season_id", "recipient_id"), UniqueConstraint("season_id", "position"),
                      Index("ix_renewal_notice_recipient", "recipient_id"))

    season_id: Mapped[int] = mapped_column(ForeignKey("renewal_season.id"))
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"))
    certification_id: Mapped[int] = mapped_column(ForeignKey("certification.id"))
    position: Mapped[int] = mapped_column(comment="印刷順")
    printed_at: Mapped[datetime | None] = mapped_column(comment="印刷日時")
    reminded_on: Mapped[date | None] = mapped_column(comment="勧奨日")
    came_back_on: Mapped[date | None] = mapped_column(comment="返戻日")
