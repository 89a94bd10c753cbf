"""台帳の入力欄: FAB's converter from columns to fields, with fields that read what an office types."""

from typing import Any

from flask_appbuilder.forms import DynamicForm, GeneralModelConverter
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, IntegerField, StringField, ValidationError
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import TextInput

from rules.era_date import NotADate, parse_date

LARGEST_NUMBER = 99_999_999


class EraDateField(Field):  # type: ignore[misc]  # the base has no types
    """日付の欄: R8.4.1, 5080401 and 2026-04-01 alike; what was typed stays as typed until it is right."""

    widget = TextInput()

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data else self.data.isoformat() if self.data else ""

    def process_formdata(self, valuelist: Any) -> None:
        typed = valuelist[0].strip() if valuelist else ""
        self.data = None
        if typed:
            try:
                self.data = parse_date(typed)
            except NotADate as wrong:
                raise ValidationError(wrong.message) from wrong


class OfficeConverter(GeneralModelConverter):  # type: ignore[misc]  # the base has no types
    """欄を作る: one field a column, fresh validators for each form, a NOT NULL flag that may stay unticked."""

    def _convert_simple(self, col_name: str, label: Any, description: str, lst_validators: Any,
                        form_props: dict[str, Any]) -> dict[str, Any]:
        column = self.datamodel.list_columns[col_name]
        must = not column.nullable and column.server_default is None and not self.datamodel.is_boolean(col_name)
        judges: list[Any] = [InputRequired(_l("入力してください。")) if must else Optional()]
        form_props[col_name] = self._field(col_name, label, [*judges, *lst_validators])
        return form_props

    def _field(self, col_name: str, label: Any, judges: list[Any]) -> Any:
        if self.datamodel.is_boolean(col_name):
            return BooleanField(label, false_values=("", "0"))
        if self.datamodel.is_date(col_name):
            return EraDateField(label, judges)
        if self.datamodel.is_integer(col_name):
            return IntegerField(label, [*judges, NumberRange(0, LARGEST_NUMBER, _l("0以上の整数で入力してください。"))])
        longest = self.datamodel.get_max_length(col_name)
        if longest != -1:
            judges.append(Length(max=longest, message=_l("%(max)d文字までです。")))
        return StringField(label, judges, filters=[lambda text: text.strip() if text else None])

    def create_form(self, *args: Any, **kwargs: Any) -> type[DynamicForm]:
        """The form; CSRF is checked for the whole application before any view, so a form carries no second token."""
        made = super().create_form(*args, **kwargs)
        made.Meta = type("Meta", (), {"csrf": False})
        return made  # type: ignore[no-any-return]  # what it holds has no types
