"""受給者台帳: one line a person, what the office looks people up by; filled from records, never typed."""

from datetime import date

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.application import Application
from models.certification import Certification
from models.disease import ApplicationDisease
from models.income import Assessment
from models.items import Address, Code, Kana, Name, Number, Phone, PostalCode, Record, Yen, mirror
from models.person import Patient

# 状態: in the order a person passes through them.
STATES = ("applying", "certified", "held", "refused", "lost", "expired", "withdrawn")


class Recipient(Record):
    """受給者: the person behind all applications, with what is true now; history stays in the records."""

    __tablename__ = "recipient"
    __table_args__ = (
        UniqueConstraint("recipient_number"),
        CheckConstraint("state IN ('" + "', '".join(STATES) + "')", name="state_is_known"),
        # Keyset order of every list, and its filters.
        Index("ix_recipient_kana_key", "kana_key", "id"),
        Index("ix_recipient_state_kana", "state", "kana_key", "id"),
        Index("ix_recipient_valid_to", "valid_to", "id"),
        Index("ix_recipient_birth", "birth_date", "id"),
        Index("ix_recipient_grams", "grams", postgresql_using="gin"),
    )

    state: Mapped[str] = mapped_column(server_default="applying", comment="状態")
    file_number: Mapped[Number | None] = mirror(Patient.patient_file_number, index=True)
    recipient_number: Mapped[Number | None] = mirror(Certification.recipient_number)
    name: Mapped[Name] = mirror(Patient.patient_name)
    name_kana: Mapped[Kana | None] = mirror(Patient.patient_name_kana)
    birth_date: Mapped[date] = mirror(Patient.patient_birth_date)
    sex: Mapped[Code] = mirror(Patient.patient_sex)
    postal_code: Mapped[PostalCode | None] = mirror(Patient.patient_postal_code)
    address: Mapped[Address] = mirror(Patient.patient_address)
    phone: Mapped[Phone | None] = mirror(Patient.patient_phone)
    counter: Mapped[Code | None] = mirror(Application.counter, index=True)
    disease_number: Mapped[Number | None] = mirror(ApplicationDisease.disease_number, index=True)
    tier: Mapped[Code | None] = mirror(Assessment.tier)
    copay_cap_yen: Mapped[Yen | None] = mirror(Assessment.copay_cap_yen)
    payer_number: Mapped[Number | None] = mirror(Certification.payer_number)
    valid_from: Mapped[date | None] = mirror(Certification.valid_from)
    valid_to: Mapped[date | None] = mirror(Certification.valid_to)
    is_withheld: Mapped[bool] = mirror(Patient.is_withheld, server_default="false")

    current_certification_id: Mapped[int | None] = mapped_column(
        ForeignKey("certification.id", use_alter=True), comment="現在の認定")
    # rules.spelling: the folded kana (or name), and every 1- and 2-gram of name and kana. Collation "C": one index
    # then serves the order, the keyset comparison and the prefix search.
    kana_key: Mapped[str] = mapped_column(Text(collation="C"), comment="検索用カナ")
    grams: Mapped[list[str]] = mapped_column(ARRAY(String), comment="検索用部分文字列")
