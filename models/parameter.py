"""規則の数字: dated rows a city adds to the figures of the law; a published row is never changed, a later one follows it."""

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.items import Note, Record


class ParameterRow(Record):
    """数字の一行: holds from its day on, beside the rows of the rules' own files."""

    __tablename__ = "parameter_row"
    __table_args__ = (UniqueConstraint("name", "effective_from"),)

    name: Mapped[str] = mapped_column(comment="数字の名前")
    effective_from: Mapped[date] = mapped_column(comment="適用開始日")
    content: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="数字")
    source: Mapped[Note] = mapped_column(comment="出典")
    published_by: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), comment="公開した人")
