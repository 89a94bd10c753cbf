"""本人・申請者: who is ill and who applies, as written on the application (Annex 1, recipient 82–97)."""

from datetime import date

from sqlalchemy.orm import Mapped

from models.application import part_of_application
from models.items import Address, Code, Entry, Kana, Name, Number, Phone, Pii, PostalCode, Record, extension, item

PAPER, SYSTEM, IDENTITY = Entry.PAPER, Entry.SYSTEM, Pii.IDENTITY


class Patient(Record):
    """本人: the person with the disease; a copy taken on the day of application, never updated by later moves."""

    __tablename__ = "patient"
    annex_table = "recipient"

    application_id: Mapped[int] = part_of_application()
    patient_file_number: Mapped[Number | None] = item(82, "本人個人整理番号", SYSTEM, pii=Pii.NUMBER)
    patient_name: Mapped[Name] = item(83, "本人個人氏名", PAPER, pii=IDENTITY, listed=True, exact=True)
    patient_birth_date: Mapped[date] = item(84, "本人個人生年月日", PAPER, pii=IDENTITY, listed=True, exact=True)
    patient_relationship: Mapped[Code | None] = item(85, "本人個人続柄区分", SYSTEM, codes="relationship")
    patient_sex: Mapped[Code] = item(86, "本人個人性別区分", PAPER, pii=IDENTITY, codes="sex", listed=True)
    patient_postal_code: Mapped[PostalCode | None] = item(87, "本人個人郵便番号", PAPER, pii=IDENTITY)
    patient_address: Mapped[Address] = item(88, "本人個人住所", PAPER, pii=IDENTITY, listed=True)
    patient_phone: Mapped[Phone | None] = item(89, "本人個人電話番号", PAPER, pii=IDENTITY)

    patient_name_kana: Mapped[Kana | None] = extension("本人個人氏名カナ", PAPER, pii=IDENTITY, listed=True)
    is_withheld: Mapped[bool | None] = extension("不開示(支援措置)", SYSTEM, pii=IDENTITY)


class Applicant(Record):
    """申請者: who applies for the patient; there is no row when the patient applies in person."""

    __tablename__ = "applicant"
    annex_table = "recipient"

    application_id: Mapped[int] = part_of_application()
    applicant_file_number: Mapped[Number | None] = item(90, "申請者個人整理番号", SYSTEM, pii=Pii.NUMBER)
    applicant_name: Mapped[Name] = item(91, "申請者個人氏名", PAPER, pii=IDENTITY, exact=True)
    applicant_birth_date: Mapped[date | None] = item(92, "申請者個人生年月日", PAPER, pii=IDENTITY, exact=True)
    applicant_relationship: Mapped[Code | None] = item(93, "申請者個人続柄区分", PAPER, pii=IDENTITY, codes="relationship")
    applicant_sex: Mapped[Code | None] = item(94, "申請者個人性別区分", PAPER, pii=IDENTITY, codes="sex")
    applicant_postal_code: Mapped[PostalCode | None] = item(95, "申請者個人郵便番号", PAPER, pii=IDENTITY)
    applicant_address: Mapped[Address | None] = item(96, "申請者個人住所", PAPER, pii=IDENTITY)
    applicant_phone: Mapped[Phone | None] = item(97, "申請者個人電話番号", PAPER, pii=IDENTITY)

    applicant_name_kana: Mapped[Kana | None] = extension("申請者個人氏名カナ", PAPER, pii=IDENTITY)
