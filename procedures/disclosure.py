"""開示する内容: everything held on one person and everybody who looked, with what tells of others masked."""

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

from flask_appbuilder import Model
from flask_appbuilder.security.sqla.models import Role, User
from sqlalchemy import Date, DateTime, select, text
from sqlalchemy.orm import Session

from models.inquiry import INQUIRY_KINDS
from models.journal import JournalEntry
from models.recipient import Recipient
from models.subject_request import SubjectRequest
from models.work_item import KINDS
from procedures.city import City
from procedures.columns import STATE_LABELS, WITHHELD, WITHHELD_KINDS
from procedures.costs import SOURCES
from procedures.desk import labels
from procedures.journal_search import JAPAN, showed
from procedures.letters import KINDS as LETTERS
from procedures.lookup import disease_names
from procedures.number_store import DRAFTS, NUMBERS, PARENTS, rows_of
from procedures.owned_rows import OWNED, history, rows
from procedures.rights import ROLES
from reports.disclosure import ACTIONS, DECISIONS, MASKED, NOTES, WORDS, Access, Copy, Section
from rules.era_date import era_text
from rules.third_party import SELF_RELATIONSHIP, folded, third_party

# In the order in which her copy tells them; what is not here is told in a note or has no content of its own.
TITLES: Final[Mapping[str, str]] = {
    "recipient": "受給者台帳", "addressee": "宛名 (住民情報)", "application": "申請", "patient": "本人", "applicant": "申請者",
    "application_attachment": "添付書類", "insurance": "医療保険", "clinical_form": "臨床調査個人票", "application_disease": "病名",
    "application_facility": "指定医療機関", "household_member": "世帯員", "tax_row": "税情報", "tax_adjustment": "所得割の調整",
    "assessment": "所得判定", "cost_month": "月ごとの医療費", "review": "審査", "board_item": "審査会の議題", "inquiry": "照会",
    "decision": "起案・決裁", "certification": "認定", "certificate": "受給者証の印刷", "notice": "通知", "letter": "出した文書",
    "recall": "受給者証の回収", "renewal_notice": "更新案内", "loss": "資格喪失", "benefit": "給付 (レセプト)",
    "benefit_adjustment": "自己負担額の調整", "held_receipt": "保留したレセプト", "receipt_finding": "レセプトの点検結果",
    "reimbursement_claim": "償還払", "reimbursement_bill": "償還払の領収書", "reimbursement_month": "償還払の月ごとの確認",
    "reimbursement_calculation": "償還払の算定", "payment_decision": "償還払の決定", "payment_order": "振込", "payment_return": "振込不能",
    "protection": "支援措置", "number_report": "個人番号記載票", "number_line": "個人番号記載票の行", "work_item": "作業",
    "correction": "訂正", "subject_request": "開示・訂正・利用停止の請求", "received_sheet": "受付票", "keying": "入力", "difference": "入力の相違",
    "parked_keying": "預かった下書き", "integrated_number": "統合宛名番号", "network_inquiry": "情報照会", "provision": "提供情報", "portal_notice": "更新のお知らせ",
    "transfer": "移転", "network_record": "情報提供等の記録"}
UNTOLD: Final = frozenset({NUMBERS, DRAFTS, "request_correction", "outgoing_message"})
_INNER: Final = frozenset({"version", "kana_key", "grams", "answers", "submission_key", "swapped", "confirmed", "cause", "row_id",
                           "fields_keyed", "active_seconds", "current_certification_id", "occasion_id", "replaced_by", "replaces_id"})
_OF_REGISTER: Final = """SELECT to_jsonb(t) FROM {table} t WHERE t.file_number IN (
  SELECT p.patient_file_number FROM patient p JOIN application a ON a.id = p.application_id WHERE a.recipient_id = :person) ORDER BY t.id"""


# Of our own columns: the code list that says them, or the words.
CODES: Final[Mapping[str, str]] = {
    "received_sheet.counter": "counter", "received_sheet.application_method": "application_method",
    "received_sheet.attachments": "attachment", "board_item.result": "review_result", "board_item.review_group": "review_group",
    "inquiry.state": "inquiry", "subject_request.identity_proof": "identity_proof"}
SAID: Final[Mapping[str, Mapping[str, str]]] = {
    **STATE_LABELS, **WORDS, "inquiry.kind": INQUIRY_KINDS, "work_item.kind": KINDS, "cost_month.source": SOURCES,
    "letter.kind": {kind: each.label for kind, each in LETTERS.items()}}


class _Reader:
    """読み方: how a value of one person's records is written for her."""

    def __init__(self, session: Session, person: Recipient, city: City, on: date, *, hides_where: bool) -> None:
        self.session, self.person, self.city, self.hides_where = session, person, city, hides_where
        self.columns = {mapper.local_table.fullname: mapper.local_table.columns for mapper in Model.registry.mappers}
        codes = {column.info["item"].codes for columns in self.columns.values() for column in columns
                 if "item" in column.info and column.info["item"].codes}
        self.labels, self.diseases = labels(session, codes | set(CODES.values())), disease_names(session, on)
        self.names = folded(person.name, person.name_kana)
        self.own_lines = {row["id"] for row in rows(session, "household_member", [person.id])
                          if row["member_relationship"] == SELF_RELATIONSHIP}
        self.clerks = _clerks(session, city)

    def line(self, table: str, row: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        """Label and text of every value of a row that says something."""
        others = third_party(table, row, self.names, self.own_lines)
        found = []
        for column in self.columns[table]:
            value = row.get(column.name)
            if value in (None, "", [], {}) or column.name in _INNER or column.comment is None:
                continue
            found.append((column.comment.split(":")[0], MASKED if column.name in others else self._text(table, column, value)))
        return tuple(found)

    def _text(self, table: str, column: Any, value: Any) -> str:
        if any(key.column.table.name == "ab_user" for key in column.foreign_keys):
            return self.clerks.get(value, "職員")
        if table in ("keying", "parked_keying") and column.name == "raw":
            return "、".join(self._typed(value))
        if table == "difference" and column.name == "raw":
            return MASKED  # which of two clerks read what of whom; the record itself is told above
        if self.hides_where and _tells_where(column.name):
            return WITHHELD
        if column.name == "disease_number":
            return f"{value} {self.diseases.get(value, '')}".strip()
        info = column.info.get("item") or column.info.get("mirrors")
        codes = info.codes if info is not None else CODES.get(f"{table}.{column.name}")
        words = self.labels.get(codes, {}) if codes else SAID.get(f"{table}.{column.name}", {})
        return _dated(column, value) or _plain(value, words)

    def _typed(self, raw: Mapping[str, str]) -> Iterator[str]:
        """What was typed, item by item; a line of the household is judged as the line it became."""
        groups: dict[tuple[str, str], dict[str, str]] = {}
        for name, typed in raw.items():
            table, _, rest = name.partition(".")
            place, _, attribute = rest.rpartition(".")
            groups.setdefault((table, place), {})[attribute] = typed
        for (table, _place), row in groups.items():
            others = third_party(table, row, self.names)
            for attribute, typed in row.items():
                if typed and table in self.columns and attribute in self.columns[table]:
                    label = self.columns[table][attribute].comment
                    hidden = self.hides_where and _tells_where(attribute)
                    yield f"{label}: {MASKED if attribute in others else WITHHELD if hidden else typed}"


def _tells_where(name: str) -> bool:
    return any(kind in name for kind in WITHHELD_KINDS)


def copy_of(session: Session, request: SubjectRequest, city: City, on: date) -> Copy:
    """写しの内容 of a request, but for what the decision leaves out; nothing is journalled here."""
    person = session.get_one(Recipient, request.recipient_id)
    reader = _Reader(session, person, city, on, hides_where=person.is_withheld and request.requester != "self")
    left_out = set(request.left_out or ())
    sections = [section for table, title in TITLES.items() if table not in left_out
                for section in _sections(session, reader, table, title, person.id)]
    numbers = len(rows_of(session, NUMBERS, [row["id"] for row in rows(session, PARENTS[NUMBERS], [person.id])]))
    sections.append(Section("個人番号", ((("登録", f"{numbers}件" if numbers else "なし"),),)))
    return Copy(request.number, person.name, on, request.wish, DECISIONS.get(request.decision or "", ""), tuple(sections),
                tuple(TITLES[table] for table in TITLES if table in left_out), tuple(_accesses(session, reader, person.id)), NOTES)


def _sections(session: Session, reader: _Reader, table: str, title: str, person: int) -> Iterator[Section]:
    if table in OWNED:
        found = list(rows(session, table, [person]))
        before = [{**content, "known_until": until} for until, content in history(session, table, [person])]
    else:
        found = list(session.scalars(text(_OF_REGISTER.format(table=table)), {"person": person}))
        before = []
    if found:
        yield Section(title, tuple(reader.line(table, row) for row in found))
    if before:
        yield Section(f"{title} — 変更前の内容", tuple(
            (("この内容だった最後の時", f"{row['known_until'].astimezone(JAPAN):%Y-%m-%d %H:%M}"), *reader.line(table, row)) for row in before))


def _accesses(session: Session, reader: _Reader, person: int) -> Iterator[Access]:
    for entry in session.scalars(select(JournalEntry).where(showed(person)).order_by(JournalEntry.id)):
        yield Access(entry.at.astimezone(JAPAN), reader.clerks.get(entry.actor_id, "システム"),
                     ACTIONS.get(entry.action, entry.action), TITLES.get(entry.subject_kind or "", "一覧・その他"), entry.reason)


def _clerks(session: Session, city: City) -> dict[int | None, str]:
    """だれ: the office and the role of each clerk, or her name where the city tells it (公務員の職と職務の内容は開示する: 第78条)."""
    names = {role.name: ROLES[role.name][0] for role in session.scalars(select(Role)) if role.name in ROLES}
    found: dict[int | None, str] = {}
    for user in session.scalars(select(User)):
        roles = "・".join(names[role.name] for role in user.roles if role.name in names)
        found[user.id] = f"{user.last_name} {user.first_name}" if city.disclosed_clerks == "name" else f"{city.office}　{roles}の職員".strip()
    return found


def _dated(column: Any, value: Any) -> str:
    """Days in the era, moments in Japan, amounts in yen; blank for anything else."""
    if isinstance(column.type, DateTime):
        return f"{datetime.fromisoformat(value).astimezone(JAPAN):%Y-%m-%d %H:%M}"
    if isinstance(column.type, Date):
        return era_text(date.fromisoformat(value))
    return f"{value:,}円" if column.name.endswith("_yen") else ""


def _plain(value: Any, words: Mapping[str, str]) -> str:
    if isinstance(value, bool):
        return "該当" if value else "非該当"
    if isinstance(value, list):
        return "・".join(_plain(each, words) for each in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return words.get(str(value), str(value))

