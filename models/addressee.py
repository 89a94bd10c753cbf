"""宛名: the resident register's rows about our people and their households, as received (Annex 1, section 1)."""

from datetime import date

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from models.items import Address, Code, Count, Entry, Name, Number, Pii, PostalCode, Record, item

IMPORT, PAPER, IDENTITY, NUMBER = Entry.IMPORT, Entry.PAPER, Pii.IDENTITY, Pii.NUMBER


class Addressee(Record):
    """One state of one person in the register; a later state is a new row with the next history number."""

    __tablename__ = "addressee"
    __table_args__ = (UniqueConstraint("municipality", "file_number", "history_number"),
                      Index("ix_addressee_birth_date", "birth_date"))
    annex_table = "addressee"

    municipality: Mapped[Number] = item(1, "市区町村番号", IMPORT)
    file_number: Mapped[Number] = item(2, "整理番号", IMPORT, pii=NUMBER, listed=True, index=True)
    history_number: Mapped[Count] = item(3, "履歴番号", IMPORT)
    name: Mapped[Name] = item(4, "氏名", IMPORT, pii=IDENTITY, listed=True)
    birth_date: Mapped[date] = item(5, "生年月日", IMPORT, pii=IDENTITY, listed=True)
    sex: Mapped[Code] = item(6, "性別", IMPORT, pii=IDENTITY, codes="sex", listed=True)
    postal_code: Mapped[PostalCode | None] = item(7, "郵便番号", IMPORT, pii=IDENTITY)
    address: Mapped[Address] = item(8, "住所", IMPORT, pii=IDENTITY, listed=True)
    relationship_code: Mapped[Code | None] = item(9, "続柄", IMPORT, pii=IDENTITY, codes="relationship")
    household_number: Mapped[Number | None] = item(10, "世帯番号", IMPORT, pii=NUMBER, index=True)
    household_head: Mapped[Name | None] = item(11, "世帯主氏名", IMPORT, pii=IDENTITY)
    # The one row of this table a clerk may type: a person who is not on the register (住登外) comes by a sheet.
    off_register: Mapped[Code] = item(12, "住登外区分", PAPER, codes="off_register", listed=True)
    is_foreigner: Mapped[bool | None] = item(13, "外国人フラグ", IMPORT, pii=IDENTITY)
    resident_from: Mapped[date | None] = item(14, "住民となった日", IMPORT)
    resident_to: Mapped[date | None] = item(15, "住民でなくなった日", IMPORT)
    latest_movement: Mapped[Code | None] = item(16, "最新異動区分", IMPORT, codes="movement", listed=True)
    latest_movement_date: Mapped[date | None] = item(17, "最新異動日", IMPORT, listed=True)
    latest_movement_notice_date: Mapped[date | None] = item(18, "最新異動届出日", IMPORT)
    resident_movement: Mapped[Code | None] = item(19, "住民異動区分", IMPORT, codes="movement")
    resident_movement_date: Mapped[date | None] = item(20, "住民異動日", IMPORT)
    cancellation: Mapped[Code | None] = item(21, "取消区分", IMPORT, codes="cancellation")
    address_before: Mapped[Address | None] = item(22, "転入前住所", IMPORT, pii=IDENTITY)
    address_after: Mapped[Address | None] = item(23, "転出後住所", IMPORT, pii=IDENTITY)
