"""入力フォーム: the WTForms form of one sheet; it takes every field the sheet asks for and not one more."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wtforms import Form, StringField, ValidationError

from forms.answer import MISSING, day_of, fault_of
from forms.claim_checks import CLAIM_CHECKS
from forms.sheet import Field, Sheet
from rules.spelling import digits

Choices = Mapping[str, Mapping[str, str]]  # field name → code → label


class AnswerField(StringField):  # type: ignore[misc]  # the base has no types
    """入力欄: keeps what was typed byte for byte and judges it by the item's own kind."""

    def __init__(self, place: Field, choices: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(place.label, **kwargs)
        self.place, self.choices = place, choices

    def pre_validate(self, form: Form) -> None:
        fault = fault_of(self.place, self.data or "", self.choices)
        if fault:
            raise ValidationError(fault)


def keying_form(sheet: Sheet, choices: Choices) -> type[Form]:
    """Return the form class of *sheet*; choices hold the codes of each field on the day of entry."""
    fields = {place.name: AnswerField(place, choices.get(place.name, {})) for place in sheet.fields()}
    return type("KeyingForm", (Form,), fields)


def faults(sheet: Sheet, choices: Choices, raw: Mapping[str, str], unreadable: Sequence[str] = ()) -> dict[str, str]:
    """誤りの一覧: field name → sentence, in the paper's order; empty when the sheet can be submitted."""
    form = keying_form(sheet, choices)(data={name: text for name, text in raw.items() if name not in unreadable})
    form.validate()
    found: dict[str, str] = {}
    for place in sheet.fields():
        if place.name in unreadable:
            continue
        if form[place.name].errors:
            found[place.name] = form[place.name].errors[0]
        elif place.name in set(_missing(sheet, raw)):
            found[place.name] = MISSING
    for name in sheet.checks:
        for place_name, words in CHECKS[name](sheet, raw):
            found.setdefault(place_name, words)
    return {place.name: found[place.name] for place in sheet.fields() if place.name in found}


def not_asked(sheet: Sheet, names: Sequence[str]) -> list[str]:
    """Names the sheet does not ask for; a submission that has one is refused whole."""
    asked = {place.name for place in sheet.fields()}
    return [name for name in names if name not in asked]


def _missing(sheet: Sheet, raw: Mapping[str, str]) -> Iterator[str]:
    """Required and blank; within an optional group only where something else of the group was typed."""
    begun = {place.group for place in sheet.fields() if raw.get(place.name, "").strip()}
    for place in sheet.fields():
        if (place.required and not raw.get(place.name, "").strip() and (not place.optional_group or place.group in begun)
                and _holds(place, raw)):
            yield place.name


def _holds(place: Field, raw: Mapping[str, str]) -> bool:
    """Whether the condition of a requirement is met; the other item may stand on the same line of a repeated section."""
    if place.when is None:
        return True
    table, _, attribute = place.when.key.partition(".")
    told = raw.get(f"{table}.{place.row}.{attribute}", raw.get(place.when.key, ""))
    return digits(told) in place.when.codes


def _dates_in_order(sheet: Sheet, raw: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """生年月日は申請日より前: a birth after the application is a slip of the pen or of the finger."""
    applied = day_of(raw.get("application.application_date", ""))
    for name in ("patient.patient_birth_date", "applicant.applicant_birth_date"):
        born = day_of(raw.get(name, ""))
        if applied and born and born > applied:
            yield name, "申請日より後の日付です。生年月日と申請日を原本で確かめてください。"


def _one_main_disease(sheet: Sheet, raw: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """主たる疾病は一つ."""
    marked = [place.name for place in sheet.fields()
              if place.item.key == "application_disease.is_main" and raw.get(place.name, "").strip() == "1"]
    for name in marked[1:]:
        yield name, "主たる疾病は一つだけです。原本で確かめてください。"


def _names_its_person(sheet: Sheet, raw: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """誰の記載票か: a paper that names neither an application nor a recipient belongs to nobody."""
    names = ("number_report.written_acceptance_number", "number_report.written_recipient_number")
    if not any(raw.get(name, "").strip() for name in names):
        yield names[0], "申請受理番号か受給者番号のどちらかが必要です。原本か、一緒に出された申請書で確かめてください。"


CHECKS = {"dates_in_order": _dates_in_order, "one_main_disease": _one_main_disease,
           "names_its_person": _names_its_person, **CLAIM_CHECKS}
