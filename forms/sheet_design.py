"""様式の設計: what a sheet must be before it may be published, what one may add to it, and what changed in it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final

from sqlalchemy import inspect

from forms.answer import FLAGS, fault_of
from forms.claim_checks import SEEN_TO
from forms.keying_form import CHECKS
from forms.sheet import SEALED_KEY, Asked, Field, Section, Sheet
from models.application import Application
from models.items import Entry, Record, Recorded, catalogue
from models.number_report import NumberLine, NumberReport
from models.reimbursement import ReimbursementBill, ReimbursementClaim, ReimbursementMonth
from translations.wording import said

MOST_ROWS: Final = 10
LONGEST_TITLE: Final = 40
LONGEST_HELP: Final = 100
# 申請日: where a paper has no place for it, the day of its receipt stands for it.
TOLD_AT_RECEPTION: Final = "application.application_date"
Choices = Mapping[str, Mapping[str, str]]  # code list → code → label


@dataclass(frozen=True)
class Fault:
    """設計の誤り: the place of the editor it is about (``s0``, ``s0.a2``, blank: the whole sheet), and what to do."""

    place: str
    message: str


@dataclass(frozen=True)
class Change:
    """変更: one difference between two versions; *act* names the kind, *what* the item or section, *detail* the rest."""

    act: str
    what: str
    detail: str = ""


def may_ask(sheet_name: str, model: type[Record]) -> bool:
    """載せられる表: whether what this sheet registers has a place for rows of *model*."""
    if sheet_name == "number_report":
        return model in (NumberReport, NumberLine)
    if sheet_name == "reimbursement":
        return model in (ReimbursementClaim, ReimbursementBill, ReimbursementMonth)
    return model is Application or "application_id" in inspect(model).columns


def offered(sheet: Sheet) -> list[Recorded]:
    """加えられる項目: those a paper tells, that this kind of sheet can register, and that it does not have yet."""
    on_it = {asked.key for section in sheet.sections for asked in section.asked}
    return [each for each in catalogue() if each.item.entry is Entry.PAPER and each.key not in on_it
            and may_ask(sheet.name, each.model)]


def faults_of_design(sheet: Sheet, choices: Choices) -> list[Fault]:
    """設計の誤り, in the order of the sheet; a sheet with none can be keyed, compared and registered."""
    return [*_faults_of_sections(sheet), *_faults_of_items(sheet, choices), *_faults_of_the_whole(sheet)]


def _faults_of_sections(sheet: Sheet) -> Iterator[Fault]:
    titles: set[str] = set()
    for place, section in enumerate(sheet.sections):
        if not 0 < len(section.title) <= LONGEST_TITLE:
            yield Fault(f"s{place}", said("区分の見出しを1〜%(most)s字で入力してください。", most=LONGEST_TITLE))
        elif section.title in titles:
            yield Fault(f"s{place}", "同じ見出しの区分があります。見出しを変えてください。")
        titles.add(section.title)
        if not section.asked:
            yield Fault(f"s{place}", "項目がありません。項目を加えるか、区分を外してください。")
        if not 1 <= section.rows <= MOST_ROWS:
            yield Fault(f"s{place}", said("行数は1〜%(most)sにしてください。", most=MOST_ROWS))
        elif section.rows > 1 and not _repeats(section):
            yield Fault(f"s{place}", "くり返せない項目があります。行数を1にするか、その項目を別の区分に移してください。")


def _repeats(section: Section) -> bool:
    """Rows of a repeated section become rows of one table that numbers them."""
    models = {asked.item.model for asked in section.asked}
    return len(models) == 1 and "position" in inspect(next(iter(models))).columns


def _faults_of_items(sheet: Sheet, choices: Choices) -> Iterator[Fault]:
    seen: set[str] = set()
    asked_by_key = {asked.key: asked for section in sheet.sections for asked in section.asked}
    tables_of_lines: dict[type[Record], int] = {}
    for s, section in enumerate(sheet.sections):
        for a, asked in enumerate(section.asked):
            place, model = f"s{s}.a{a}", asked.item.model
            if asked.key in seen:
                yield Fault(place, said("「%(item)s」が二度あります。一つを外してください。", item=said(asked.item.item.label)))
            seen.add(asked.key)
            if not may_ask(sheet.name, model):
                yield Fault(place, said("「%(item)s」はこの様式では登録できません。外してください。", item=said(asked.item.item.label)))
            if "position" in inspect(model).columns and tables_of_lines.setdefault(model, s) != s:
                yield Fault(place, said("「%(item)s」は、同じ行の項目と一つの区分に置いてください。", item=said(asked.item.item.label)))
            if len(asked.help) > LONGEST_HELP:
                yield Fault(place, said("説明は%(most)s字以内にしてください。", most=LONGEST_HELP))
            yield from (Fault(place, message) for message in _faults_of_answering(asked, asked_by_key, choices))


def _faults_of_answering(asked: Asked, others: Mapping[str, Asked], choices: Choices) -> Iterator[str]:
    label = said(asked.item.item.label)
    if asked.when:
        known = _codes(others[asked.when.key], choices) if asked.when.key in others else {}
        if not known or asked.when.key == asked.key:
            yield said("「%(item)s」の条件には、この様式にあるほかの番号選択の項目を選んでください。", item=label)
        elif not asked.when.codes or any(code not in known for code in asked.when.codes):
            yield said("「%(item)s」の条件の番号が一覧にありません。「、」で区切って入力してください。", item=label)
    if asked.fixed and asked.key == SEALED_KEY:
        yield "個人番号は固定値にできません。"
    elif asked.fixed and asked.when:
        yield said("「%(item)s」は固定値なので、条件は付けられません。", item=label)
    elif asked.fixed:
        field = Field(asked.key, asked.item, True, 0, 0, False)
        fault = fault_of(field, asked.fixed, _codes(asked, choices))
        if fault:
            yield said("「%(item)s」の固定値: %(fault)s", item=label, fault=fault)


def _codes(asked: Asked, choices: Choices) -> Mapping[str, str]:
    if asked.item.kind == "bool":
        return {code: code for code in FLAGS}
    return choices.get(asked.item.item.codes or "", {})


def _faults_of_the_whole(sheet: Sheet) -> Iterator[Fault]:
    """What a record cannot do without is asked and required; whose paper it is can be known."""
    asked_by_key = {asked.key: asked for section in sheet.sections for asked in section.asked}
    models = {asked.item.model for asked in asked_by_key.values()}
    seen_to = {TOLD_AT_RECEPTION, *(key for name in sheet.checks for key in SEEN_TO.get(name, ()))}
    for each in catalogue():
        if each.model in models and each.item.entry is Entry.PAPER and each.required and each.key not in seen_to:
            asked = asked_by_key.get(each.key)
            if asked is None or not (asked.fixed or asked.required and asked.when is None):
                yield Fault("", said("「%(item)s」は、なければ登録できない項目です。必須で載せてください。", item=said(each.item.label)))
    if sheet.name == "reimbursement" and ReimbursementBill not in models:
        yield Fault("", "証明書の項目がありません。診療日・医療機関・金額を、行をくり返す一つの区分に載せてください。")
    if any(name not in CHECKS for name in sheet.checks):
        yield Fault("", "知らない点検があります。選び直してください。")
    if (SEALED_KEY in asked_by_key) != (sheet.name == "number_report"):
        yield Fault("", "個人番号の欄は、個人番号記載票にだけ、必ず一つ置きます。")
    written = asked_by_key.get("application.written_recipient_number")
    if (sheet.application_kind and "patient.patient_name" not in asked_by_key
            and not (written and written.required and written.when is None)):
        yield Fault("", "だれの書類か分かりません。受診者の氏名か、受給者番号を必須で載せてください。")


def differences(old: Sheet, new: Sheet) -> list[Change]:
    """版の違い, in words' order: sections, items added, moved, changed and taken away, checks."""
    before = {asked.key: (section, asked) for section in old.sections for asked in section.asked}
    after = {asked.key: (section, asked) for section in new.sections for asked in section.asked}
    found = list(_of_sections(old, new))
    found += [Change("added", after[key][1].item.item.label, after[key][0].title) for key in after if key not in before]
    found += [Change("removed", before[key][1].item.item.label, before[key][0].title) for key in before if key not in after]
    kept_before, kept_after = ([key for key in keys if key in before and key in after] for keys in (before, after))
    blocks = SequenceMatcher(None, kept_before, kept_after, autojunk=False).get_matching_blocks()
    stayed = {key for block in blocks for key in kept_after[block.b:block.b + block.size]}
    for key in kept_after:
        found += _of_item(before[key], after[key], key not in stayed)
    found += [Change("check_added", name) for name in new.checks if name not in old.checks]
    return found + [Change("check_removed", name) for name in old.checks if name not in new.checks]


def _of_sections(old: Sheet, new: Sheet) -> Iterator[Change]:
    before, after = ({section.title: section for section in sheet.sections} for sheet in (old, new))
    yield from (Change("section_added", title) for title in after if title not in before)
    yield from (Change("section_removed", title) for title in before if title not in after)
    for title in after:
        if title in before and before[title].rows != after[title].rows:
            yield Change("rows", title, f"{before[title].rows} → {after[title].rows}")
        if title in before and before[title].blank_allowed != after[title].blank_allowed:
            yield Change("blank_allowed" if after[title].blank_allowed else "blank_refused", title)


def _of_item(before: tuple[Section, Asked], after: tuple[Section, Asked], has_moved: bool) -> Iterator[Change]:
    (old_section, old), (new_section, new) = before, after
    label = new.item.item.label
    if old_section.title != new_section.title:
        yield Change("section_changed", label, f"{old_section.title} → {new_section.title}")
    elif has_moved:
        yield Change("moved", label)
    if (old.required, old.when) != (new.required, new.when):
        yield Change("conditional" if new.when else "required" if new.required else "optional", label,
                     f"{new.when.key.partition('.')[2]} = {', '.join(new.when.codes)}" if new.when else "")
    if old.fixed != new.fixed:
        yield Change("fixed" if new.fixed else "unfixed", label, new.fixed)
    if old.help != new.help:
        yield Change("help", label, new.help)


def arranged(definition: dict[str, Any], act: str) -> dict[str, Any]:
    """並べ替え: the definition after one press in the editor (``item-up:2.3`` …); an unknown press changes nothing."""
    name, _, where = act.partition(":")
    numbers = [int(part) for part in where.split(".") if part.isdecimal() and len(part) < 4]
    sections = [{**section, "asked": list(section["asked"])} for section in definition["sections"]]
    mover = _ACTS.get(name)
    if mover is not None and numbers and numbers[0] < len(sections):
        mover(sections, *numbers[:2])
    elif name == "section-add":
        sections.append({"title": "", "rows": 1, "blank_allowed": False, "asked": []})
    return {**definition, "sections": sections}


def _section_up(sections: list[dict[str, Any]], s: int, _a: int = 0) -> None:
    if s > 0:
        sections[s - 1], sections[s] = sections[s], sections[s - 1]


def _section_down(sections: list[dict[str, Any]], s: int, _a: int = 0) -> None:
    if s + 1 < len(sections):
        _section_up(sections, s + 1)


def _section_remove(sections: list[dict[str, Any]], s: int, _a: int = 0) -> None:
    del sections[s]


def _item_up(sections: list[dict[str, Any]], s: int, a: int = 0) -> None:
    """Over the top of its section an item goes to the end of the one before."""
    asked = sections[s]["asked"]
    if 0 < a < len(asked):
        asked[a - 1], asked[a] = asked[a], asked[a - 1]
    elif a == 0 and s > 0 and asked:
        sections[s - 1]["asked"].append(asked.pop(0))


def _item_down(sections: list[dict[str, Any]], s: int, a: int = 0) -> None:
    asked = sections[s]["asked"]
    if a + 1 < len(asked):
        asked[a], asked[a + 1] = asked[a + 1], asked[a]
    elif a + 1 == len(asked) and s + 1 < len(sections):
        sections[s + 1]["asked"].insert(0, asked.pop())


def _item_remove(sections: list[dict[str, Any]], s: int, a: int = 0) -> None:
    if a < len(sections[s]["asked"]):
        del sections[s]["asked"][a]


_ACTS: Final = {"section-up": _section_up, "section-down": _section_down, "section-remove": _section_remove,
                "item-up": _item_up, "item-down": _item_down, "item-remove": _item_remove}
