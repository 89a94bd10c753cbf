"""一覧の好み: saved filters and chosen columns, each user's own."""

from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.items import Record


class SavedFilter(Record):
    """保存した検索条件: kept in the database, so that no search term stands in an address or a cookie."""

    __tablename__ = "saved_filter"
    __table_args__ = (UniqueConstraint("user_id", "listing", "name"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"), index=True)
    listing: Mapped[str] = mapped_column(comment="一覧")
    name: Mapped[str | None] = mapped_column(comment="名称")  # None: the filter in use now, not a saved one
    token: Mapped[str] = mapped_column(unique=True, comment="検索の番号")
    terms: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="条件")
    is_shared: Mapped[bool] = mapped_column(server_default="false", comment="課で共有")


class ColumnChoice(Record):
    """表示列: which columns a user sees in a list, in which order, how dense."""

    __tablename__ = "column_choice"
    __table_args__ = (UniqueConstraint("user_id", "listing"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"), index=True)
    listing: Mapped[str] = mapped_column(comment="一覧")
    columns: Mapped[list[str]] = mapped_column(JSONB, comment="列")
    is_dense: Mapped[bool] = mapped_column(server_default="false", comment="詰めて表示")
