"""コード表: every choice on every screen is a row with dates, its source and the city's own code."""

from datetime import date

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.items import Address, Kana, Name, Number, Phone, PostalCode, Record

SPAN = "daterange(valid_from, valid_to, '[]')"


def one_at_a_time(name: str, *columns: str) -> ExcludeConstraint:
    """Two rows of the same key never hold on the same day."""
    return ExcludeConstraint(*((column, "=") for column in columns), (text(SPAN), "&&"), using="gist", name=name)


class CodeList(Record):
    """コード表: a named list of choices, as ``codes=`` of an item names it."""

    __tablename__ = "code_list"

    name: Mapped[str] = mapped_column(unique=True, comment="符号")
    label: Mapped[str] = mapped_column(comment="コード表名")
    label_en: Mapped[str] = mapped_column(comment="コード表名(英)")

    def __repr__(self) -> str:
        return self.label


class CodeEntry(Record):
    """コード: one choice of one list for a span of days; closing a row ends it, nothing is deleted."""

    __tablename__ = "code_entry"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="period_runs_forward"),
        one_at_a_time("ex_code_entry_one_at_a_time", "list_id", "code"),
    )

    list_id: Mapped[int] = mapped_column(ForeignKey("code_list.id"), index=True)
    code: Mapped[str] = mapped_column(comment="コード")
    label: Mapped[str] = mapped_column(comment="名称")
    label_en: Mapped[str | None] = mapped_column(comment="名称(英)")
    own_code: Mapped[str | None] = mapped_column(comment="市の独自コード")
    position: Mapped[int] = mapped_column(server_default="0", comment="表示順")
    valid_from: Mapped[date] = mapped_column(comment="適用開始日")
    valid_to: Mapped[date | None] = mapped_column(comment="適用終了日")
    source: Mapped[str] = mapped_column(comment="出典")

    code_list: Mapped[CodeList] = relationship(lazy="joined", innerjoin=True)


class Disease(Record):
    """指定難病: one disease of the public notice (告示), under the name it has in a span of days."""

    __tablename__ = "disease"
    __table_args__ = (one_at_a_time("ex_disease_one_name_at_a_time", "number"),
                      Index("ix_disease_grams", "grams", postgresql_using="gin"))

    number: Mapped[Number] = mapped_column(index=True, comment="告示番号")
    name: Mapped[str] = mapped_column(comment="疾病名")
    name_kana: Mapped[str | None] = mapped_column(comment="よみ")
    group_code: Mapped[str] = mapped_column(comment="疾患群")
    groups: Mapped[str] = mapped_column(comment="疾患群(すべて)")
    valid_from: Mapped[date] = mapped_column(comment="適用開始日")
    valid_to: Mapped[date | None] = mapped_column(comment="適用終了日")
    source: Mapped[str] = mapped_column(comment="出典")
    grams: Mapped[list[str]] = mapped_column(ARRAY(String), comment="検索用部分文字列")


class Municipality(Record):
    """市区町村: number and name, and whether it taxes at the designated-city rate."""

    __tablename__ = "municipality"
    __table_args__ = (one_at_a_time("ex_municipality_one_at_a_time", "number"),)

    number: Mapped[Number] = mapped_column(index=True, comment="市区町村番号")
    name: Mapped[str] = mapped_column(comment="名称")
    is_designated_city: Mapped[bool] = mapped_column(server_default="false", comment="指定都市")
    valid_from: Mapped[date] = mapped_column(comment="適用開始日")
    valid_to: Mapped[date | None] = mapped_column(comment="適用終了日")
    source: Mapped[str] = mapped_column(comment="出典")


class Bank(Record):
    """金融機関."""

    __tablename__ = "bank"
    __table_args__ = (one_at_a_time("ex_bank_one_at_a_time", "number"),)

    number: Mapped[Number] = mapped_column(index=True, comment="金融機関番号")
    name: Mapped[str] = mapped_column(comment="名称")
    name_kana: Mapped[Kana] = mapped_column(comment="名称カナ")
    valid_from: Mapped[date] = mapped_column(comment="適用開始日")
    valid_to: Mapped[date | None] = mapped_column(comment="適用終了日")
    source: Mapped[str] = mapped_column(comment="出典")


class BankBranch(Record):
    """金融機関の支店."""

    __tablename__ = "bank_branch"
    __table_args__ = (one_at_a_time("ex_bank_branch_one_at_a_time", "bank_number", "number", "name"),)

    bank_number: Mapped[Number] = mapped_column(index=True, comment="金融機関番号")
    number: Mapped[Number] = mapped_column(comment="支店番号")
    name: Mapped[str] = mapped_column(comment="支店名")
    name_kana: Mapped[Kana] = mapped_column(comment="支店名カナ")
    valid_from: Mapped[date] = mapped_column(comment="適用開始日")
    valid_to: Mapped[date | None] = mapped_column(comment="適用終了日")
    source: Mapped[str] = mapped_column(comment="出典")


class Facility(Record):
    """指定医療機関: ten digits (県2 + 点数表1 + 医療機関7), with the span of its designation."""

    __tablename__ = "facility"
    __table_args__ = (one_at_a_time("ex_facility_one_at_a_time", "number"),)

    number: Mapped[Number] = mapped_column(index=True, comment="施設番号")
    name: Mapped[Name] = mapped_column(comment="医療機関名")
    kind: Mapped[str] = mapped_column(comment="種別")
    postal_code: Mapped[PostalCode | None] = mapped_column(comment="郵便番号")
    address: Mapped[Address | None] = mapped_column(comment="所在地")
    phone: Mapped[Phone | None] = mapped_column(comment="電話番号")
    valid_from: Mapped[date] = mapped_column(comment="指定開始日")
    valid_to: Mapped[date | None] = mapped_column(comment="指定終了日")
    source: Mapped[str] = mapped_column(comment="出典")


class Insurer(Record):
    """保険者: number (6 or 8 digits) and name."""

    __tablename__ = "insurer"
    __table_args__ = (one_at_a_time("ex_insurer_one_at_a_time", "number"),)

    number: Mapped[Number] = mapped_column(index=True, comment="保険者番号")
    name: Mapped[Name] = mapped_column(comment="保険者名")
    valid_from: Mapped[date] = mapped_column(comment="適用開始日")
    valid_to: Mapped[date | None] = mapped_column(comment="適用終了日")
    source: Mapped[str] = mapped_column(comment="出典")


class PostalArea(Record):
    """郵便番号と町域."""

    __tablename__ = "postal_area"

    postal_code: Mapped[PostalCode] = mapped_column(index=True, comment="郵便番号")
    prefecture: Mapped[str] = mapped_column(comment="都道府県")
    city: Mapped[str] = mapped_column(comment="市区町村")
    town: Mapped[str] = mapped_column(comment="町域")
    source: Mapped[str] = mapped_column(comment="出典")


class RequiredAttachment(Record):
    """必要な添付書類: what one kind of application needs, always or in one circumstance; the city's own list."""

    __tablename__ = "required_attachment"
    __table_args__ = (one_at_a_time("ex_required_attachment_one_at_a_time", "application_kind", "attachment", "circumstance"),)

    application_kind: Mapped[str] = mapped_column(comment="申請区分")
    attachment: Mapped[str] = mapped_column(comment="添付書類")
    circumstance: Mapped[str] = mapped_column(comment="必要になる場合")
    valid_from: Mapped[date] = mapped_column(comment="適用開始日")
    valid_to: Mapped[date | None] = mapped_column(comment="適用終了日")
    source: Mapped[str] = mapped_column(comment="出典")
