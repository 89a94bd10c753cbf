"""様式エディタ: a sheet is changed on a draft that one administrator holds, and published with a date; papers keep theirs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from forms.sheet import Sheet, UnknownItem
from forms.sheet_design import Change, Fault, differences, faults_of_design
from models.journal import Action
from models.sheet import ReceivedSheet, SheetKind, SheetVersion
from procedures import journal
from procedures.actor import Actor, full_name
from procedures.lookup import codes_of
from procedures.refusal import Refused
from translations.wording import said

FINISHED = ("registered", "withdrawn")


class HeldByAnother(Refused):
    """Another administrator has this draft."""

    def __init__(self, name: str) -> None:
        super().__init__(said("%(name)sさんがこの様式を編集中です。続けるには「引き取る」を押してください。", name=name))


class DraftChangedMeanwhile(Refused):
    """The draft was saved from another window."""

    message = "この下書きは別の窓で変わりました。変わる点を確かめて、もう一度操作してください。この窓で変えた内容はまだ保存していません。"


class NotOnPaper(Refused):
    """An item was sent that no paper tells."""

    message = "記録項目の一覧にない項目か、申請書に書かれない項目は、様式に載せられません。"


class NoDraft(Refused):
    """There is nothing to publish or to throw away."""

    message = "下書きがありません。新しい版を作ってから操作してください。"


class DraftHasFaults(Refused):
    """A sheet that could not be keyed or registered is not published."""

    message = "直すところがあるので公開できません。画面の上に示した点を直してください。"


class NothingNew(Refused):
    """The draft asks exactly what the version before it asks."""

    message = "前の版と同じ内容です。変えてから公開してください。"


class TooEarly(Refused):
    """A version cannot begin in the past: papers of those days were received on another."""

    message = "適用開始日は今日以後の日付にしてください。"


class InForce(Refused):
    """A version that has begun stays."""

    message = "始まった版は取り消せません。直した版を新しく公開してください。"


@dataclass(frozen=True)
class KindSummary:
    """様式の一行: the version in force, one that is still to come, the draft, and papers under way on older versions."""

    kind: SheetKind
    now: SheetVersion | None
    coming: tuple[SheetVersion, ...]
    draft: SheetVersion | None
    drafted_by: str
    on_older: int


def overview(session: Session, on: date) -> list[KindSummary]:
    """様式の一覧, in the counter's order."""
    versions = list(session.scalars(select(SheetVersion).order_by(SheetVersion.effective_from, SheetVersion.number)))
    under_way: dict[int, int] = dict(session.execute(
        select(ReceivedSheet.version_id, func.count()).where(ReceivedSheet.state.not_in(FINISHED))
        .group_by(ReceivedSheet.version_id)).tuples().all())
    found = []
    for kind in session.scalars(select(SheetKind).order_by(SheetKind.position)):
        own = [version for version in versions if version.kind_id == kind.id]
        published = [(each.effective_from, each) for each in own if each.state == "published" and each.effective_from]
        now = next((each for begins, each in reversed(published) if begins <= on), None)
        draft = next((each for each in own if each.state == "draft"), None)
        found.append(KindSummary(
            kind, now, tuple(each for begins, each in published if begins > on), draft,
            editor_of(session, draft), sum(under_way.get(each.id, 0) for each in own if each is not now)))
    return found


def kind_named(session: Session, name: str) -> SheetKind | None:
    """様式 by its name; None where there is none."""
    return session.scalars(select(SheetKind).where(SheetKind.name == name)).one_or_none()


def versions_of(session: Session, kind: SheetKind) -> list[tuple[SheetVersion, list[Change]]]:
    """版の一覧: the newest first, each with what it changed against the one before it."""
    versions = list(session.scalars(select(SheetVersion).where(SheetVersion.kind_id == kind.id)
                                    .order_by(SheetVersion.number)))
    sheets = [Sheet.from_definition(version.definition) for version in versions]
    told = [differences(before, after) for before, after in zip(sheets, sheets[1:], strict=False)]
    return list(zip(versions, [[], *told], strict=True))[::-1]


def version_numbered(session: Session, kind: SheetKind, number: int) -> SheetVersion | None:
    """一つの版; None where there is none."""
    return session.scalars(select(SheetVersion).where(
        SheetVersion.kind_id == kind.id, SheetVersion.number == number)).one_or_none()


def draft_of(session: Session, kind: SheetKind) -> SheetVersion | None:
    """下書き of this sheet, whoever has it."""
    return session.scalars(select(SheetVersion).where(
        SheetVersion.kind_id == kind.id, SheetVersion.state == "draft")).one_or_none()


def editor_of(session: Session, draft: SheetVersion | None) -> str:
    """編集者: the name of who has the draft."""
    return full_name(session.get_one(User, draft.edited_by)) if draft and draft.edited_by else ""


def open_draft(session: Session, actor: Actor, kind: SheetKind) -> SheetVersion:
    """下書きを開く: the one there is, or a copy of the newest version in this person's hands."""
    session.get(SheetKind, kind.id, with_for_update=True)  # two who begin at once get the same draft
    draft = draft_of(session, kind)
    if draft is None:
        newest = _newest(session, kind)
        highest = session.scalar(select(func.max(SheetVersion.number)).where(SheetVersion.kind_id == kind.id)) or 0
        draft = SheetVersion(kind_id=kind.id, number=highest + 1, state="draft", definition=newest.definition,
                             edited_by=actor.user_id)
        session.add(draft)
        session.flush()
        _note(session, actor, draft, "drafted")
    return draft


def take_over(session: Session, actor: Actor, kind: SheetKind) -> None:
    """引き取る: the draft is this person's now; who had it is told at her next save."""
    draft = draft_of(session, kind)
    if draft is None:
        raise NoDraft
    draft.edited_by = actor.user_id
    session.flush()
    _note(session, actor, draft, "taken_over")


def save_draft(session: Session, actor: Actor, kind: SheetKind, definition: Mapping[str, Any], version: int) -> SheetVersion:
    """下書きを保存する: as it is, faults and all; NotOnPaper, HeldByAnother, DraftChangedMeanwhile, NoDraft."""
    draft = _own_draft(session, actor, kind, version)
    wanted = {**definition, "name": kind.name, "application_kind": kind.application_kind}
    try:
        kept = Sheet.from_definition(wanted).definition()
    except UnknownItem:
        raise NotOnPaper from None
    if kept != draft.definition:
        draft.definition = kept
        session.flush()
    return draft


def faults(session: Session, version: SheetVersion, on: date) -> list[Fault]:
    """設計の誤り of a version, its codes as of the day *on*."""
    sheet = Sheet.from_definition(version.definition)
    lists = {asked.item.item.codes for section in sheet.sections for asked in section.asked if asked.item.item.codes}
    return faults_of_design(sheet, codes_of(session, lists, on))


def changes_of(session: Session, draft: SheetVersion) -> list[Change]:
    """下書きの変更: what it changes against the newest published version."""
    newest = _newest(session, draft.kind)
    return differences(Sheet.from_definition(newest.definition), Sheet.from_definition(draft.definition))


def publish(session: Session, actor: Actor, kind: SheetKind, effective_from: date, version: int, today: date,
            now: datetime) -> SheetVersion:
    """公開する: papers received from that day on are keyed on this version; one received before keeps its own."""
    draft = _own_draft(session, actor, kind, version)
    if faults(session, draft, max(today, effective_from)):
        raise DraftHasFaults
    if not changes_of(session, draft):
        raise NothingNew
    if effective_from < today:
        raise TooEarly
    draft.state, draft.effective_from = "published", effective_from
    draft.published_by, draft.published_at = actor.user_id, now
    session.flush()
    _note(session, actor, draft, "published", begins=effective_from.isoformat())
    return draft


def discard(session: Session, actor: Actor, kind: SheetKind, version: int) -> None:
    """下書きを捨てる: nothing of it remains but the journal's line."""
    draft = _own_draft(session, actor, kind, version)
    _note(session, actor, draft, "discarded")
    session.execute(delete(SheetVersion).where(SheetVersion.id == draft.id))


def withdraw(session: Session, actor: Actor, kind: SheetKind, number: int, today: date) -> None:
    """公開を取り消す: a version that has not begun never begins; InForce."""
    version = session.scalars(select(SheetVersion).where(
        SheetVersion.kind_id == kind.id, SheetVersion.number == number, SheetVersion.state == "published",
    ).with_for_update()).one_or_none()
    is_used = version and session.scalar(select(exists().where(ReceivedSheet.version_id == version.id)))
    if version is None or version.effective_from is None or version.effective_from <= today or is_used:
        raise InForce
    version.state = "retired"
    session.flush()
    _note(session, actor, version, "withdrawn")


def _newest(session: Session, kind: SheetKind) -> SheetVersion:
    return session.scalars(select(SheetVersion).where(
        SheetVersion.kind_id == kind.id, SheetVersion.state == "published",
    ).order_by(SheetVersion.effective_from.desc(), SheetVersion.number.desc()).limit(1)).one()


def _own_draft(session: Session, actor: Actor, kind: SheetKind, version: int) -> SheetVersion:
    draft = session.scalars(select(SheetVersion).where(
        SheetVersion.kind_id == kind.id, SheetVersion.state == "draft",
    ).with_for_update()).one_or_none()
    if draft is None:
        raise NoDraft
    if draft.edited_by != actor.user_id:
        raise HeldByAnother(editor_of(session, draft))
    if draft.version != version:
        raise DraftChangedMeanwhile
    return draft


def _note(session: Session, actor: Actor, version: SheetVersion, act: str, **detail: object) -> None:
    journal.record(session, actor, Action.ADMINISTERED, version, detail={
        "act": act, "sheet": version.kind.name, "number": version.number, **detail})
