"""個人番号記載票: the paper that bears the numbers, apart from the application it came with (番号法16条の本人確認)."""

from forms.sheet import SEALED_KEY, Asked, Section, Sheet, ask, must
from models.number_report import NumberLine, NumberReport

NUMBER_REPORT = Sheet("number_report", "個人番号記載票", (
    Section("記載票", (
        must(NumberReport.report_date),
        ask(NumberReport.written_acceptance_number, help="申請と一緒に出されたとき。申請書の受理番号"),
        ask(NumberReport.written_recipient_number, help="受給者証を持っている人のとき"),
        must(NumberReport.number_proof), must(NumberReport.identity_proof))),
    Section("個人番号", (
        must(NumberLine.holder), must(NumberLine.holder_name), ask(NumberLine.holder_birth_date),
        Asked(SEALED_KEY, required=True)), rows=6),
), checks=("names_its_person",))
