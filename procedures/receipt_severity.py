"""点検の重さ: what the city makes of each check from a day on; what it never said anything about keeps its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.journal import Action
from models.receipt import CheckSeverity
from procedures import journal
from procedures.actor import Actor
from procedures.refusal import Refused
from rules.receipt_check import BLOCK, CHECKS, IGNORE, WORK, Check

WORDS: Final = {BLOCK: "登録せずに保留する", WORK: "登録して指摘の一覧に載せる", IGNORE: "調べない"}


class CannotBlock(Refused):
    """A check of whole files or months knows its answer only when the receipts are stored."""

    message = "ファイル全体や月の合計で分かる点検は、保留にはできません。指摘の一覧に載せるか、調べないかを選んでください。"


@dataclass(frozen=True)
class Graded:
    """点検と重さ: a check, what holds today, since when, and what is to hold from a later day."""

    check: Check
    severity: str
    since: date | None
    later: CheckSeverity | None


def severities(session: Session, on: date) -> Mapping[str, str]:
    """その日の重さ of every check."""
    return {each.check.code: each.severity for each in graded(session, on)}


def graded(session: Session, on: date) -> list[Graded]:
    """点検の一覧 in their order, with the severity of the day *on*."""
    rows: dict[str, list[CheckSeverity]] = {}
    for row in session.scalars(select(CheckSeverity).order_by(CheckSeverity.valid_from)):
        rows.setdefault(row.code, []).append(row)
    found = []
    for check in CHECKS:
        held = [row for row in rows.get(check.code, []) if row.valid_from <= on]
        later = next((row for row in rows.get(check.code, []) if row.valid_from > on), None)
        found.append(Graded(check, held[-1].severity if held else check.severity, held[-1].valid_from if held else None, later))
    return found


def change(session: Session, actor: Actor, code: str, severity: str, valid_from: date, reason: str, on: date) -> CheckSeverity:
    """重さを変える from the day *valid_from* (not before today) on; the rows of before stay. CannotBlock, Refused."""
    check = next((check for check in CHECKS if check.code == code), None)
    if check is None or severity not in WORDS:
        raise Refused("点検と重さを一覧から選んでください。")
    if severity == BLOCK and check.fails is None:
        raise CannotBlock
    if valid_from < on:
        raise Refused("適用開始日は今日以降にしてください。取込済みのレセプトの扱いは変わりません。")
    if not reason.strip():
        raise Refused("重さを変える理由を入力してください。")
    if session.scalar(select(CheckSeverity.id).where(CheckSeverity.code == code, CheckSeverity.valid_from == valid_from)):
        raise Refused("この点検の重さは、その日からの分がもう決まっています。別の日にしてください。")
    row = CheckSeverity(code=code, severity=severity, valid_from=valid_from, reason=reason.strip(), changed_by=actor.user_id)
    session.add(row)
    session.flush()
    journal.record(session, actor, Action.ADMINISTERED, row, detail={"check": code, "severity": severity,
                                                                    "begins": valid_from.isoformat()})
    return row
