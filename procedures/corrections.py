"""訂正: one item of one record, asked for by one person and approved by another; what it said before is kept for ever."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from forms.answer import fault_of, value_of
from forms.sheet import Field
from models.application import Application
from models.history import Correction, RecordHistory
from models.items import Entry, Pii, Record, Recorded, catalogue, recorded_models
from models.journal import Action
from models.recipient import Recipient
from models.reimbursement import ReimbursementBill, ReimbursementClaim, ReimbursementMonth
from procedures import journal, recipient
from procedures.actor import Actor
from procedures.columns import WITHHELD, WITHHELD_KINDS
from procedures.lookup import codes_of, disease_names
from procedures.pii_uses import is_masked
from procedures.refusal import Overstepped, Refused
from procedures.reimbursement_progress import LINES_OPEN
from rules.spelling import stored
from translations.wording import said

JAPAN: Final = ZoneInfo("Asia/Tokyo")
# What a person wrote or the office noted may be corrected; what was derived, decided or imported is done again instead.
CORRECTABLE: Final = (Entry.PAPER, Entry.CLERK)
CLAIMS: Final[dict[str, type[Record]]] = {
    model.__tablename__: model for model in (ReimbursementClaim, ReimbursementBill, ReimbursementMonth)}
TABLES: Final[dict[str, type[Record]]] = {
    model.__tablename__: model for model in recorded_models() if "application_id" in model.__table__.columns
    or model is Application} | CLAIMS
MASKED: Final = "＊＊＊"  # an account, to those who neither decide nor pay
_NEVER_BLANK: Final = ("reimbursement_claim.account_holder_kana",)


class NotCorrectable(Refused):
    """There is no such record or item to correct."""

    message = "この項目は訂正できません。判定や決定は、やり直すか職権変更で直してください。"


class ClaimStands(Refused):
    """What was drafted or decided about a claim stands; an account may be put right until it is paid."""

    message = "この請求は起案か決定が済んでいるため、この項目は訂正できません。差し戻してから訂正してください。口座は支払の前と振込不能の後に訂正できます。"


class ChangedSince(Refused):
    """The record says something else by now."""

    message = "訂正を求めた後に内容が変わっています。却下して、もう一度求めてください。"


class AskersOwn(Overstepped):
    """Two people correct a record."""

    message = "訂正を求めた人は承認できません。ほかの人に回してください。"


@dataclass(frozen=True)
class Known:
    """ある日の内容: label, item and text of each recorded item of one row as it was known then."""

    row_id: int
    recipient_id: int
    lines: tuple[tuple[str, str, str, bool], ...]  # attribute, label, text, may be corrected


def record_of(session: Session, actor: Actor, table: str, row_id: int, on: date | None = None, *,
              sees_withheld: bool = True, sees_account: bool = True) -> Known | None:
    """記録を見る, as it is or as it was known at the end of the day *on*; None where there was none. Journalled.

    Where a person is 不開示, who may not see it reads that word instead of address, postal code and telephone; who may
    not see accounts reads asterisks.
    """
    row, owner = _open(session, table, row_id)
    content = _content_now(session, table, row_id) if on is None else as_known(session, table, row_id, on)
    journal.record(session, actor, Action.SAW, recipient_id=owner, detail={"table": table, "row": row_id})
    if content is None:
        return None
    hides = not sees_withheld and session.get_one(Recipient, owner).is_withheld
    return Known(row.id, owner, tuple(
        (each.attribute, each.item.label, _mask(each, hides, sees_account) or _text(content.get(each.attribute)),
         each.item.entry in CORRECTABLE) for each in catalogue() if each.model is TABLES[table]))


def as_known(session: Session, table: str, row_id: int, on: date) -> dict[str, Any] | None:
    """その日に知られていた内容 of a row at the end of the day *on* in Japan; None before it came to be."""
    end = datetime.combine(on + timedelta(days=1), time(0), JAPAN)
    before = session.execute(select(RecordHistory.content).where(
        RecordHistory.table_name == table, RecordHistory.row_id == row_id, RecordHistory.known_until >= end)
        .order_by(RecordHistory.known_until, RecordHistory.id).limit(1)).scalar()
    now = _content_now(session, table, row_id)
    content: dict[str, Any] | None = before or now
    if content is None or datetime.fromisoformat((now or content)["created_at"]) >= end:
        return None
    return content


def history_of(session: Session, table: str, row_id: int, *, hides: bool = False, sees_account: bool = True) -> list[tuple[datetime, dict[str, tuple[str, str]]]]:
    """変わったところ: when, and of each item what it said before and after; the newest first."""
    rows = session.execute(select(RecordHistory.known_until, RecordHistory.content).where(
        RecordHistory.table_name == table, RecordHistory.row_id == row_id).order_by(RecordHistory.id)).all()
    states = [row.content for row in rows] + [_content_now(session, table, row_id) or {}]
    labels = {each.attribute: each.item.label for each in catalogue()
              if each.model is TABLES[table] and not _mask(each, hides, sees_account)}
    return [(row.known_until, {labels[name]: (_text(before.get(name)), _text(after.get(name))) for name in labels
                               if before.get(name) != after.get(name)})
            for row, before, after in reversed(list(zip(rows, states, states[1:], strict=False)))]


def ask(session: Session, actor: Actor, table: str, row_id: int, attribute: str, typed: str, reason: str,
        now: datetime) -> Correction:
    """訂正を求める: it waits for another person; NotCorrectable, or a sentence about what was typed."""
    row, owner = _open(session, table, row_id)
    item = _item(table, attribute)
    _judge_claim(session, row, item)
    if not reason.strip():
        raise Refused("訂正の理由を入力してください。")
    kind, wanted = item.kind, typed.strip()
    fault = fault_of(Field(item.key, item, False, 0, 0, False), wanted, _choices(session, item, now.astimezone(JAPAN).date()))
    if fault or (not wanted and (item.required or item.key in _NEVER_BLANK)):
        raise Refused(fault or "この項目は空欄にできません。")
    new = stored(kind, wanted) if wanted else None
    old = _text(_content_now(session, table, row_id), attribute)
    if (new or "") == old:
        raise Refused("いまの内容と同じです。")
    waiting = session.scalar(select(Correction.id).where(
        Correction.table_name == table, Correction.row_id == row.id, Correction.attribute == attribute, Correction.state == "asked"))
    if waiting:
        raise Refused("この項目の訂正は、すでに承認を待っています。")
    made = Correction(recipient_id=owner, table_name=table, row_id=row.id, attribute=attribute, old_value=old or None,
                      new_value=new, reason=reason.strip(), asked_by=actor.user_id, asked_at=now)
    session.add(made)
    session.flush()
    journal.record(session, actor, Action.CHANGED, made, detail={"correction": "asked", "item": item.key})
    return made


def decide(session: Session, actor: Actor, correction_id: int, approve: bool, now: datetime) -> Correction:
    """訂正を承認・却下する: an approved one is carried out in the same transaction. AskersOwn, ChangedSince."""
    correction = session.get(Correction, correction_id, with_for_update=True)
    if correction is None or correction.state != "asked":
        raise Refused("この訂正はもう処理されています。一覧を開き直してください。")
    if correction.asked_by == actor.user_id:
        raise AskersOwn
    if approve:
        row, owner = _open(session, correction.table_name, int(correction.row_id))
        if _text(_content_now(session, correction.table_name, row.id), correction.attribute) != (correction.old_value or ""):
            raise ChangedSince
        _judge_claim(session, row, _item(correction.table_name, correction.attribute))
        kind = _item(correction.table_name, correction.attribute).kind
        setattr(row, correction.attribute, None if correction.new_value is None else value_of(kind, correction.new_value))
        session.flush()
        recipient.refresh(session, owner, on=now.astimezone(JAPAN).date())
    correction.state = "approved" if approve else "rejected"
    correction.decided_by, correction.decided_at = actor.user_id, now
    session.flush()
    journal.record(session, actor, Action.CHANGED, correction, detail={
        "correction": correction.state, "item": f"{correction.table_name}.{correction.attribute}"})
    return correction


@dataclass(frozen=True)
class Waiting:
    """承認を待つ訂正: what it was and would be, in words; a withheld person's whereabouts only for who may see them."""

    correction: Correction
    name: str
    label: str
    old: str
    new: str


def waiting(session: Session, actor: Actor, most: int = 200) -> list[Waiting]:
    """承認を待つ訂正, the oldest first, with the person's name and the item's label; journalled. Both values must be seen."""
    rows = session.execute(select(Correction, Recipient.name, Recipient.is_withheld).join(Recipient, Recipient.id == Correction.recipient_id)
                           .where(Correction.state == "asked").order_by(Correction.id).limit(most)).all()
    journal.record(session, actor, Action.LISTED, detail={
        "corrections": len(rows), "recipients": [row.Correction.recipient_id for row in rows]})
    return [_waiting(row.Correction, row.name, hides=row.is_withheld and not actor.sees_withheld) for row in rows]


def _waiting(correction: Correction, name: str, *, hides: bool) -> Waiting:
    item = _item(correction.table_name, correction.attribute)
    old, new = (WITHHELD if hides and item.kind in WITHHELD_KINDS else value or "—"
                for value in (correction.old_value, correction.new_value))
    return Waiting(correction, name, item.item.label, old, new)


def owner_of(session: Session, table: str, row_id: int) -> int:
    """だれの記録か: the ledger number of the person a record belongs to. NotCorrectable where there is none."""
    return _open(session, table, row_id)[1]


def rows_of(session: Session, application_id: int) -> list[tuple[str, int, str]]:
    """この申請の記録: table, row and first line of the class for each record of one application."""
    found = [("application", application_id, _title(Application))]
    for table, model in TABLES.items():
        if "application_id" in model.__table__.columns:
            numbers = session.scalars(select(model.id).where(model.application_id == application_id).order_by(model.id))
            found += [(table, number, _title(model)) for number in numbers]
    return found


def _title(model: type[Record]) -> str:
    return said(_TITLES.get(model.__tablename__, model.__tablename__))


_TITLES: Final = {
    "application": "申請", "application_attachment": "添付書類", "patient": "本人", "applicant": "申請者", "insurance": "医療保険",
    "clinical_form": "臨床調査個人票", "household_member": "世帯員", "assessment": "所得判定", "application_disease": "病名",
    "application_facility": "指定医療機関", "review": "審査", "certification": "認定", "decision": "起案・決裁", "loss": "資格喪失",
    "notice": "通知"}


def _open(session: Session, table: str, row_id: int) -> tuple[Any, int]:
    model = TABLES.get(table)
    row: Any = session.get(model, row_id) if model else None
    if row is None:
        raise NotCorrectable
    owner = _owner(session, row)
    if owner is None:
        raise NotCorrectable
    return row, owner


def _owner(session: Session, row: Any) -> int | None:
    if type(row) in CLAIMS.values():
        return _claim_of(session, row).recipient_id
    application = row if isinstance(row, Application) else session.get_one(Application, row.application_id)
    return application.recipient_id


def _claim_of(session: Session, row: Any) -> ReimbursementClaim:
    return row if isinstance(row, ReimbursementClaim) else session.get_one(ReimbursementClaim, row.claim_id)


def _judge_claim(session: Session, row: Any, item: Recorded) -> None:
    """ClaimStands where the claim behind *row* is too far for this item."""
    if type(row) not in CLAIMS.values():
        return
    state = _claim_of(session, row).state
    if state == "paid" if item.item.pii is Pii.BANK else state not in LINES_OPEN:
        raise ClaimStands


def _mask(item: Recorded, hides: bool, sees_account: bool) -> str:
    """What stands in place of a value that the reader may not see; nothing where she may."""
    if hides and item.kind in WITHHELD_KINDS:
        return WITHHELD
    return "" if sees_account or not is_masked(item.item.pii) else MASKED


def _item(table: str, attribute: str) -> Recorded:
    for each in catalogue():
        if each.model is TABLES.get(table) and each.attribute == attribute and each.item.entry in CORRECTABLE:
            return each
    raise NotCorrectable


def _choices(session: Session, item: Recorded, on: date) -> Mapping[str, str]:
    if item.key == "application_disease.disease_number":
        return disease_names(session, on)
    codes = item.item.codes
    return codes_of(session, {codes}, on)[codes] if codes else {}


def _content_now(session: Session, table: str, row_id: int) -> dict[str, Any] | None:
    content: dict[str, Any] | None = session.execute(
        text(f"SELECT to_jsonb(t) FROM {TABLES[table].__tablename__} t WHERE id = :id"), {"id": row_id}).scalar()
    return content


def _text(value: Any, attribute: str | None = None) -> str:
    value = (value or {}).get(attribute) if attribute is not None else value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    return " ".join(str(each) for each in value) if isinstance(value, list) else str(value)
