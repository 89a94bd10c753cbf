"""指定難病審査会: its sessions, what stands on the agenda, and what the board said of each case (法7条2項)."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.items import Code, Note, Record


class BoardSession(Record):
    """審査会の一回."""

    __tablename__ = "board_session"

    held_on: Mapped[date] = mapped_column(comment="開催日")
    place: Mapped[str] = mapped_column(comment="会場")
    closed_on: Mapped[date | None] = mapped_column(comment="結果を確定した日")


class BoardItem(Record):
    """議題: one case of one session; an answer, once recorded, stays, and a second look is a new row."""

    __tablename__ = "board_item"
    __table_args__ = (
        UniqueConstraint("session_id", "application_id"),
        CheckConstraint("(result IS NULL) = (answered_on IS NULL)", name="answered_with_a_result"),
        Index("uq_board_item_open", "application_id", unique=True, postgresql_where=text("result IS NULL")),
    )

    session_id: Mapped[int] = mapped_column(ForeignKey("board_session.id"), index=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    review_group: Mapped[Code | None] = mapped_column(comment="審査グループ")
    is_second_review: Mapped[bool] = mapped_column(server_default="false", comment="再審査")
    result: Mapped[Code | None] = mapped_column(comment="審査結果")
    meets_criteria: Mapped[bool | None] = mapped_column(comment="診断基準該当")
    opinion: Mapped[Note | None] = mapped_column(comment="意見")
    answered_on: Mapped[date | None] = mapped_column(comment="結果登録日")
