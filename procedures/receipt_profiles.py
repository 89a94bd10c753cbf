"""レセプトの様式の管理: how each payer's table is read, tried on a sample before it holds, published from a day on, never changed."""

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from itertools import islice
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.receipt_profile import GIVEN, LABELS, STANDARD, Control, Mapped, Profile, problems, profile_from
from exchange.receipt_rows import MESSAGES, Totals
from exchange.receipt_table import Table
from exchange.table_file import EnvelopeWrong
from forms.receipt_profile import CHARACTER_SETS
from models.journal import Action
from models.receipt import ReceiptProfile
from procedures import journal
from procedures.actor import Actor
from procedures.lookup import codes_of
from procedures.receipt_formats import BUILT_IN
from procedures.refusal import Refused
from translations.wording import said

CODE_LISTS: Final = ("setting", "benefit_kind", "payer_class", "care_service", "receipt_kind", "reexamination", "sex", "insurance_class")
SHOWN: Final = 5  # rows of a sample
LONGEST: Final = 200_000  # bytes of a sample that are tried
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{1,19}")


class BadProfile(Refused):
    """A profile that cannot be published."""


@dataclass(frozen=True)
class Sample:
    """見本: the beginning of a payer's file and its last line; *is_cut* where something between them was left out."""

    raw: bytes
    is_cut: bool

    def as_text(self) -> str:
        """The sample as a form can carry it on to the next step; nothing of it is stored."""
        return f"{int(self.is_cut)}{b64encode(self.raw).decode()}"


@dataclass(frozen=True)
class Tried:
    """試した結果: the first rows under our names, what is wrong in them, and the verdict on the whole in words (blank: good)."""

    rows: tuple[Mapping[str, Any], ...]
    faults: tuple[tuple[int, str, str], ...]
    read: int
    verdict: str
    declared: Totals
    counted: Totals


def codes(session: Session, on: date, language: str = "ja") -> dict[str, dict[str, str]]:
    """当市のコード of every item of a receipt that has a list."""
    return codes_of(session, set(CODE_LISTS), on, language)


def versions(session: Session) -> list[ReceiptProfile]:
    """公開した様式, by name, the newest first."""
    return list(session.scalars(select(ReceiptProfile).order_by(ReceiptProfile.name, ReceiptProfile.valid_from.desc())))


def opened(session: Session, number: int) -> Profile:
    """一つの様式 as it was published. BadProfile."""
    row = session.get(ReceiptProfile, number)
    if row is None:
        raise BadProfile("この様式はありません。一覧を開き直してください。")
    return profile_from(row.definition)


def sample_of(raw: bytes) -> Sample:
    """見本にする: what a profile is tried on; of a long file the first lines and the last. BadProfile."""
    if not raw.strip():
        raise BadProfile("見本のファイルを選んでください。")
    if len(raw) <= LONGEST:
        return Sample(raw, is_cut=False)
    end = raw.rfind(b"\n", 0, len(raw) - 2) + 1
    return Sample(raw[:raw.rfind(b"\n", 0, LONGEST) + 1] + raw[end:], is_cut=True)


def sample_again(text: str) -> Sample | None:
    """見本 as the form carried it; None where it carried none, or something else."""
    try:
        return Sample(b64decode(text[1:], validate=True), text[0] == "1") if text else None
    except ValueError:
        return None


def guessed(sample: Sample, encoding: str) -> Profile:
    """下書き: what the sample itself tells: headings we know by name, the number of columns, a last line that is shorter."""
    lines = sample.raw.decode(encoding if encoding in CHARACTER_SETS else "cp932", "replace").split("\r\n")
    first, last = lines[0].split(","), (lines[-2] if len(lines) > 2 else "").rstrip(",").split(",")
    named = {label: item for item, label in LABELS.items()}
    has_headings = not any(each.isascii() and each.isdigit() for each in first)
    columns = tuple(Mapped(named[each], place) for place, each in enumerate(first, start=1) if each in named)
    control = Control(mark=last[0]) if len(last) < len(first) else Control(GIVEN, count=0, points=0, yen=0)
    return replace(STANDARD, name="", label="", width=len(first), columns=columns, control=control, encoding=encoding,
                   headings=tuple(first) if has_headings else ())


def cells_of(sample: Sample, profile: Profile) -> list[str]:
    """見本の一行目 behind the headings, column by column, to map by."""
    skipped = bool(profile.headings) + (profile.control.where == "first")
    lines = sample.raw.decode(profile.encoding, "replace").split("\r\n")
    return lines[skipped].split(",") if len(lines) > skipped else []


def tried(session: Session, actor: Actor, profile: Profile, sample: Sample) -> Tried:
    """試す: what the profile makes of the sample; nothing is stored, who saw the rows is journalled."""
    given = Totals(0) if profile.control.where == GIVEN else None
    reading = Table(BytesIO(sample.raw), profile, given)
    rows: list[Mapping[str, Any]] = []
    faults: list[tuple[int, str, str]] = []
    read, verdict = 0, ""
    try:
        for batch in reading.batches():
            read += batch.read
            rows += islice(batch.rows.rows(named=True), SHOWN - len(rows))
            faults += [(each.line, LABELS.get(each.item, each.item), MESSAGES[each.code]) for each in batch.faults]
    except EnvelopeWrong as wrong:
        # Of a cut sample, and where the totals are on paper, only the import can say whether they agree.
        verdict = "" if wrong.code == "totals" and (sample.is_cut or given) else wrong.message
    journal.record(session, actor, Action.LISTED, detail={"receipt_profile": profile.name, "rows": len(rows)})
    return Tried(tuple(rows), tuple(faults[:20]), read, verdict, reading.declared, reading.counted)


def check(profile: Profile) -> list[str]:
    """公開できない理由, in words; empty where there is none."""
    found: list[str] = []
    if not _NAME.fullmatch(profile.name) or profile.name in {each.name for each in BUILT_IN}:
        found.append("様式の名前は英小文字で始まる2〜20字 (英小文字・数字・-) にしてください。uke と csv は使えません。")
    if not 1 <= len(profile.label) <= 40:
        found.append("表示名を1〜40字で入力してください。")
    return found + problems(profile)


def publish(session: Session, actor: Actor, profile: Profile, valid_from: date, on: date) -> ReceiptProfile:
    """公開する: from the day *valid_from*, today or later, files of this name are read so. BadProfile."""
    if wrong := check(profile):
        raise BadProfile(wrong[0])
    if valid_from < on:
        raise BadProfile("適用開始日は今日以降にしてください。取込済みのファイルの読み方は変わりません。")
    if session.scalars(select(ReceiptProfile).where(
            ReceiptProfile.name == profile.name, ReceiptProfile.valid_from == valid_from)).first():
        raise BadProfile(said("%(name)s の %(day)s からの様式はもう公開されています。別の適用開始日にしてください。",
                              name=profile.name, day=valid_from.isoformat()))
    made = ReceiptProfile(name=profile.name, valid_from=valid_from, definition=profile.as_dict(), published_by=actor.user_id)
    session.add(made)
    session.flush()
    journal.record(session, actor, Action.ADMINISTERED, made, detail={"receipt_profile": profile.name, "from": str(valid_from)})
    return made
