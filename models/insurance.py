"""臨床調査個人票と医療保険: the physician's form, the insurance, and what is asked of both (Annex 1, recipient 17–32)."""

from datetime import date

from sqlalchemy.orm import Mapped

from models.application import part_of_application
from models.items import Code, Entry, Name, Note, Number, Pii, Record, extension, item

PAPER, CLERK, IDENTITY = Entry.PAPER, Entry.CLERK, Pii.IDENTITY


class ClinicalForm(Record):
    """臨床調査個人票: who wrote it, and the inquiry to that physician."""

    __tablename__ = "clinical_form"
    annex_table = "recipient"

    application_id: Mapped[int] = part_of_application()
    physician: Mapped[Name | None] = item(17, "臨床調査個人票作成医", PAPER)
    department: Mapped[Code | None] = item(18, "診療科区分", PAPER, codes="department")
    physician_inquiry: Mapped[Code | None] = item(19, "医師照会区分", CLERK, codes="inquiry")
    physician_inquiry_date: Mapped[date | None] = item(20, "医師照会日", CLERK)
    physician_inquiry_closed_date: Mapped[date | None] = item(21, "医師照会完了日", CLERK)

    physician_number: Mapped[Number | None] = extension("指定医番号", PAPER)
    written_date: Mapped[date | None] = extension("臨床調査個人票記載年月日", PAPER)


class Insurance(Record):
    """医療保険: whose insurance the patient has, and the insurer's answer about the 適用区分."""

    __tablename__ = "insurance"
    annex_table = "recipient"

    application_id: Mapped[int] = part_of_application()
    insurance_kind: Mapped[Code] = item(22, "保険証種類区分", PAPER, codes="insurance_kind", listed=True)
    insurer_number: Mapped[Number | None] = item(23, "保険者番号", PAPER, exact=True, listed=True)
    insured_number: Mapped[Number | None] = item(24, "保険証の記号番号", PAPER, pii=Pii.NUMBER)
    insured_name: Mapped[Name | None] = item(25, "被保険者氏名", PAPER, pii=IDENTITY)
    insured_relationship: Mapped[Code | None] = item(26, "被保険者続柄区分", PAPER, pii=IDENTITY, codes="relationship")
    insured_or_dependent: Mapped[Code | None] = item(27, "本人家族の別区分", PAPER, codes="insured_or_dependent")
    insurer_inquiry: Mapped[Code | None] = item(28, "保険者照会区分", CLERK, codes="inquiry")
    insurer_inquiry_date: Mapped[date | None] = item(29, "保険者照会日", CLERK)
    insurer_inquiry_closed_date: Mapped[date | None] = item(30, "保険者照会完了日", CLERK)
    insurance_class: Mapped[Code | None] = item(31, "適用区分", CLERK, codes="insurance_class", listed=True)
    insurer_remarks: Mapped[Note | None] = item(32, "保険者備考", CLERK)
