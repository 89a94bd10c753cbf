"""統一様式と二重入力: the sheets, the papers received on them, and two keyings of each, unseen by one another."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.items import Code, Note, Number, Record

# 様式の状態と受付票の状態, in the order they are passed through.
VERSION_STATES = ("draft", "published", "retired")
SHEET_STATES = ("waiting_first", "first", "waiting_second", "second", "settling", "registered", "returned", "withdrawn")


class SheetKind(Record):
    """様式: one kind of paper the office receives; its content is in its versions."""

    __tablename__ = "sheet_kind"

    name: Mapped[str] = mapped_column(unique=True, comment="様式の符号")
    label: Mapped[str] = mapped_column(comment="様式名")
    application_kind: Mapped[Code | None] = mapped_column(comment="申請区分")
    position: Mapped[int] = mapped_column(server_default="0", comment="表示順")
    holds_numbers: Mapped[bool] = mapped_column(server_default="false", comment="個人番号を含む")


class SheetVersion(Record):
    """様式の版: sections and items of a sheet as forms.sheet reads them; published versions never change."""

    __tablename__ = "sheet_version"
    __table_args__ = (
        UniqueConstraint("kind_id", "number"),
        CheckConstraint("state IN ('draft', 'published', 'retired')", name="state_is_known"),
    )

    kind_id: Mapped[int] = mapped_column(ForeignKey("sheet_kind.id"))
    number: Mapped[int] = mapped_column(comment="版番号")
    state: Mapped[str] = mapped_column(server_default="draft", comment="状態")
    effective_from: Mapped[date | None] = mapped_column(comment="適用開始日")
    definition: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="様式定義")
    edited_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), comment="編集者")
    published_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), comment="公開者")
    published_at: Mapped[datetime | None] = mapped_column(comment="公開日時")

    kind: Mapped[SheetKind] = relationship(lazy="selectin")


class Scan(Record):
    """原本画像: one scanned file, kept once by its hash; the bytes lie encrypted in the data directory."""

    __tablename__ = "scan"

    sha256: Mapped[str] = mapped_column(unique=True, comment="SHA-256")
    media_type: Mapped[str] = mapped_column(comment="形式")
    size_bytes: Mapped[int] = mapped_column(comment="大きさ(バイト)")
    page_count: Mapped[int] = mapped_column(comment="ページ数")


class ReceivedSheet(Record):
    """受付票: one paper that arrived; nothing else exists of it until two keyings agree."""

    __tablename__ = "received_sheet"
    __table_args__ = (
        CheckConstraint("state IN ('" + "', '".join(SHEET_STATES) + "')", name="state_is_known"),
        Index("ix_received_sheet_queue", "state", "received_date", "id"),
    )

    acceptance_number: Mapped[Number] = mapped_column(unique=True, comment="申請受理番号")
    received_date: Mapped[date] = mapped_column(comment="申請受理日")
    counter: Mapped[Code] = mapped_column(comment="受付窓口区分")
    application_method: Mapped[Code | None] = mapped_column(comment="申請方法区分")
    version_id: Mapped[int] = mapped_column(ForeignKey("sheet_version.id"))
    scan_id: Mapped[int | None] = mapped_column(ForeignKey("scan.id"))
    state: Mapped[str] = mapped_column(server_default="waiting_first", comment="状態")
    batch: Mapped[str | None] = mapped_column(index=True, comment="束")
    attachments: Mapped[list[str] | None] = mapped_column(JSONB, comment="添付書類種別")
    remarks: Mapped[Note | None] = mapped_column(comment="受付備考")
    returned_reason: Mapped[Note | None] = mapped_column(comment="返戻の理由")
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("received_sheet.id"), unique=True, comment="受け直した元の票")
    received_by: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), comment="受付者")
    # Whom the counter found on the ledger: by the code of a renewal sheet, or among those who look alike.
    recipient_id: Mapped[int | None] = mapped_column(ForeignKey("recipient.id"), index=True, comment="受付で確かめた受給者")
    registered_at: Mapped[datetime | None] = mapped_column(comment="登録日時")

    sheet_version: Mapped[SheetVersion] = relationship(lazy="selectin")
    scan: Mapped[Scan | None] = relationship(lazy="selectin")
    keyings: Mapped[list["Keying"]] = relationship(back_populates="sheet", order_by="Keying.turn", lazy="selectin")
    differences: Mapped[list["Difference"]] = relationship(order_by="Difference.id", lazy="selectin")


class Keying(Record):
    """入力: what one clerk typed from one sheet; a draft until it is submitted, never changed afterwards."""

    __tablename__ = "keying"
    __table_args__ = (
        UniqueConstraint("sheet_id", "turn"),
        UniqueConstraint("sheet_id", "clerk_id"),  # the second keying is always somebody else's
        CheckConstraint("turn IN (1, 2)", name="there_is_no_third_turn"),
        Index("ix_keying_submitted", "submitted_at", postgresql_where=text("submitted_at IS NOT NULL")),
    )

    sheet_id: Mapped[int] = mapped_column(ForeignKey("received_sheet.id"), index=True)
    turn: Mapped[int] = mapped_column(comment="回")
    clerk_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), index=True, comment="入力者")
    raw: Mapped[dict[str, str]] = mapped_column(JSONB, server_default=text("'{}'"), comment="入力のまま")
    answers: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"), comment="比較用")
    unreadable: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'"), comment="判読不能の項目")
    confirmed: Mapped[dict[str, str]] = mapped_column(JSONB, server_default=text("'{}'"), comment="警告を確認した理由")
    started_at: Mapped[datetime] = mapped_column(comment="入力開始")
    saved_at: Mapped[datetime | None] = mapped_column(comment="下書き保存")
    submitted_at: Mapped[datetime | None] = mapped_column(comment="登録")
    active_seconds: Mapped[int] = mapped_column(server_default="0", comment="入力秒数")
    submission_key: Mapped[str | None] = mapped_column(unique=True, comment="二重送信防止")
    fields_keyed: Mapped[int] = mapped_column(
        Computed("jsonb_array_length(jsonb_path_query_array(answers, '$.keyvalue()'))", persisted=True),
        comment="入力した項目数")

    sheet: Mapped[ReceivedSheet] = relationship(back_populates="keyings")


class Difference(Record):
    """相違: an item on which the two keyings differ, and how a third person settled it."""

    __tablename__ = "difference"
    __table_args__ = (
        UniqueConstraint("sheet_id", "field"),
        CheckConstraint("choice IS NULL OR choice IN ('first', 'second', 'typed')", name="choice_is_known"),
        CheckConstraint("(choice IS NULL) = (settled_by IS NULL) AND (choice IS NULL) = (settled_at IS NULL)",
                        name="a_choice_has_an_actor_and_a_time"),
    )

    sheet_id: Mapped[int] = mapped_column(ForeignKey("received_sheet.id"), index=True)
    field: Mapped[str] = mapped_column(comment="項目")
    swapped: Mapped[bool] = mapped_column(comment="A・Bの入替え")  # shown in random order, the same at every look
    choice: Mapped[str | None] = mapped_column(comment="採用")
    raw: Mapped[str | None] = mapped_column(comment="採用値(入力のまま)")
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), comment="確認者")
    settled_at: Mapped[datetime | None] = mapped_column(comment="確認日時")


class ParkedKeying(Record):
    """預かった下書き: what a clerk had typed when somebody else had to go on; it is hers again if the sheet returns."""

    __tablename__ = "parked_keying"
    __table_args__ = (UniqueConstraint("sheet_id", "clerk_id"),)

    sheet_id: Mapped[int] = mapped_column(ForeignKey("received_sheet.id"))
    clerk_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), comment="入力者")
    raw: Mapped[dict[str, str]] = mapped_column(JSONB, comment="入力のまま")
    unreadable: Mapped[list[str]] = mapped_column(JSONB, comment="判読不能の項目")
    active_seconds: Mapped[int] = mapped_column(comment="入力秒数")
    parked_by: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), comment="引き取った人")


class BatchAssignment(Record):
    """束の割当: a pile of papers that somebody keys who may key no other; ended, never deleted, so that a past day can be told."""

    __tablename__ = "batch_assignment"
    __table_args__ = (
        CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name="ended_by_somebody"),
        Index("uq_batch_assignment_open", "user_id", "batch", unique=True, postgresql_where=text("ended_at IS NULL")),
    )

    batch: Mapped[str] = mapped_column(comment="束")
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), comment="割り当てた相手")
    given_by: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), comment="割り当てた人")
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), comment="割当を終えた人")
    ended_at: Mapped[datetime | None] = mapped_column(comment="割当を終えた時")
