"""文字の縮退: the signed tables of 連携基盤 as they were taken over, and the letters it was asked about. Nothing of a person."""

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.items import Count, Record


class CharacterTableFile(Record):
    """縮退の表: one signed file as it came, verified before it was stored; the highest number holds, none is changed."""

    __tablename__ = "character_table"
    __table_args__ = (UniqueConstraint("number"),)

    number: Mapped[Count] = mapped_column(comment="表の番号")
    sha256: Mapped[str] = mapped_column(comment="SHA-256")
    content: Mapped[bytes] = mapped_column(LargeBinary, comment="署名したファイル")


class CharacterQuestion(Record):
    """文字の判定の依頼: a letter that could not be written for a destination; asked of 連携基盤 once."""

    __tablename__ = "character_question"
    __table_args__ = (UniqueConstraint("letter", "destination"),)

    letter: Mapped[str] = mapped_column(comment="文字番号")
    destination: Mapped[str] = mapped_column(comment="出力先")
