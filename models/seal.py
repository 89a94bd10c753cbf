"""封印: the journal's leaves in the order they were sealed, the signed checkpoints, and how far the sealer has come."""

from datetime import datetime
from uuid import UUID

from flask_appbuilder import Model
from sqlalchemy import BigInteger, CheckConstraint, DateTime, Identity, Index, LargeBinary, func
from sqlalchemy.orm import Mapped, mapped_column


class JournalLeaf(Model):  # type: ignore[misc]  # the base has no types
    """葉: the hash of one entry at its place in the tree; it stays when the entry is lawfully disposed of."""

    __tablename__ = "journal_leaf"
    __table_args__ = (CheckConstraint("octet_length(hash) = 32", name="hash_is_sha256"),)

    leaf_index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False, comment="葉の番号")
    entry_id: Mapped[int] = mapped_column(BigInteger, unique=True, comment="記録番号")
    hash: Mapped[bytes] = mapped_column(LargeBinary, comment="葉のハッシュ")


class JournalCheckpoint(Model):  # type: ignore[misc]  # the base has no types
    """封印の控え: one signed line, byte for byte as it also stands outside the database."""

    __tablename__ = "journal_checkpoint"
    __table_args__ = (Index("ix_journal_checkpoint_size", "size"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger, comment="封印した件数")
    line: Mapped[str] = mapped_column(unique=True, comment="署名した行")
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp(), comment="封印した時")


class SealState(Model):  # type: ignore[misc]  # the base has no types
    """封印の進み: everything committed before *at* is sealed; below *watermark* no transaction is unsealed."""

    __tablename__ = "seal_state"
    __table_args__ = (CheckConstraint("id = 1", name="there_is_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    log: Mapped[UUID] = mapped_column(server_default=func.gen_random_uuid(), comment="この記録の名")
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp(), comment="最後に見終えた時")
    watermark: Mapped[int] = mapped_column(BigInteger, server_default="0", comment="これより前の取引はすべて封印済み")
    size: Mapped[int] = mapped_column(BigInteger, server_default="0", comment="封印した件数")
    frontier: Mapped[bytes] = mapped_column(LargeBinary, server_default="", comment="木の前線")
