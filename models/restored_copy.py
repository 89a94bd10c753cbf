"""復元: this database came out of a backup; nothing leaves it until two people have said that it is the one that counts."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.items import Count, Record


class RestoredCopy(Record):
    """復元の印; written by the restore itself, released by a second person, never deleted (migrations)."""

    __tablename__ = "restored_copy"
    __table_args__ = (
        CheckConstraint("(asked_by IS NULL) = (asked_at IS NULL)", name="asking_is_whole"),
        CheckConstraint("(released_by IS NULL) = (released_at IS NULL)", name="release_is_whole"),
        CheckConstraint("released_by IS NULL OR released_by <> asked_by", name="two_people_release"),
        CheckConstraint("released_by IS NULL OR asked_by IS NOT NULL", name="release_was_asked_for"),
    )

    backup_made_at: Mapped[datetime] = mapped_column(comment="控えを取った時刻")
    backup_revision: Mapped[str] = mapped_column(comment="控えを取ったときの版")
    tables: Mapped[Count] = mapped_column(comment="照合した表の数")
    rows: Mapped[int] = mapped_column(comment="照合した行の数")
    files: Mapped[Count] = mapped_column(comment="戻したファイルの数")
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), comment="解除を求めた人")
    asked_at: Mapped[datetime | None] = mapped_column(comment="解除を求めた時刻")
    released_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), comment="解除した人")
    released_at: Mapped[datetime | None] = mapped_column(comment="解除した時刻")
