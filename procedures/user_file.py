"""利用者のファイル: a whole list of accounts as CSV; read in sentences first, then taken in whole or not at all."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.table_file import EnvelopeWrong, read_table
from models.journal import Action
from procedures import journal, users
from procedures.actor import Actor
from procedures.characters import write_file
from procedures.refusal import Refused
from procedures.rights import ROLES
from procedures.users import Account, AccountRefused
from translations.wording import said

HEADINGS: Final = {"username": ("利用者名",), "family": ("姓",), "given": ("名",), "roles": ("役割",), "state": ("状態",)}
ACTIVE: Final = "有効"
STOPPED: Final = "停止"
_ROLE_NAMES: Final = {japanese: name for name, (japanese, _) in ROLES.items()} | {name: name for name in ROLES}
_LONGEST_FILE: Final = 2000
Row = dict[str, str]


class FileChangedMeanwhile(Refused):
    """What the file would do is no longer what was read in the preview."""

    message = "確かめた後に利用者が変わりました。何も取り込んでいません。もう一度ファイルを選んで確かめてください。"


@dataclass(frozen=True)
class Step:
    """一行の結果: add | change | stop | resume | same, or the fault of that line."""

    line: int
    account: Account
    act: str
    before: Account | None = None
    fault: str = ""


@dataclass
class Plan:
    """取込の見込み: what every line would do; a plan with a fault cannot be carried out."""

    steps: list[Step] = field(default_factory=list)
    fault: str = ""

    @property
    def is_clean(self) -> bool:
        """Whether the whole file can be taken in."""
        return not self.fault and not any(step.fault for step in self.steps)

    @property
    def acts(self) -> list[Step]:
        """The lines that would change something."""
        return [step for step in self.steps if step.act != "same" and not step.fault]

    @property
    def version(self) -> str:
        """版: changes with anything the plan says."""
        return hashlib.sha256(repr((self.steps, self.fault)).encode()).hexdigest()[:16]


def read(raw: bytes) -> list[Row]:
    """ファイルを読む: its rows with their line under ``line``; EnvelopeWrong where it is no such table."""
    lines = read_table(raw, HEADINGS, ("username", "family", "given", "roles"))
    if len(lines) > _LONGEST_FILE:
        raise EnvelopeWrong("too_long", said("行が多すぎます。%(most)s行以下に分けてください。", most=_LONGEST_FILE))
    return [{"line": str(each.number), **each.values} for each in lines]


def plan(session: Session, rows: list[Row]) -> Plan:
    """見込みを立てる: what each row would do; nothing is changed."""
    known = {user.username: user for user in session.scalars(select(User))}
    seen: dict[str, str] = {}
    made = Plan(fault="" if rows else "利用者の行がありません。見出しの下に一人一行で書いてください。")
    for row in rows:
        account = _account(row)
        step = _step(session, row, account, known.get(account.username))
        if account.username in seen and not step.fault:
            step = Step(step.line, account, "same", fault=said("%(line)s行目と同じ利用者名です。一行にまとめてください。", line=seen[account.username]))
        seen.setdefault(account.username, row["line"])
        made.steps.append(step)
    return made


def carry_out(session: Session, actor: Actor, rows: list[Row], version: str, now: datetime) -> list[tuple[User, str]]:
    """取り込む: every row, or none; return the accounts that got a temporary password, with it. Refused otherwise."""
    made = plan(session, rows)
    if made.version != version or not made.is_clean:
        raise FileChangedMeanwhile
    given: list[tuple[User, str]] = []
    # Who gets rights comes before who loses them: an office may hand its keys over in one file.
    for step in sorted(made.acts, key=lambda each: ("add", "resume", "change", "stop").index(each.act)):
        given += _act(session, actor, step, now)
    journal.record(session, actor, Action.IMPORTED, detail={"kind": "users", "rows": len(rows), "acts": len(made.acts)})
    return given


def as_csv(session: Session, actor: Actor) -> str:
    """出力: every account under the headings that can be read back; journalled."""
    found = list(session.scalars(select(User).order_by(User.username)))
    journal.record(session, actor, Action.EXPORTED, detail={"master": "users", "rows": len(found)})
    return write_file(session, (each[0] for each in HEADINGS.values()), map(_written, found))


def _written(user: User) -> tuple[str, ...]:
    account = users.account_of(user)
    names = "、".join(ROLES[name][0] for name in account.roles)
    return account.username, account.family, account.given, names, ACTIVE if user.active else STOPPED


def _account(row: Mapping[str, str]) -> Account:
    words = [each.strip() for each in row.get("roles", "").replace(",", "、").replace(";", "、").split("、")]
    roles = [_ROLE_NAMES.get(each, each) for each in words if each]
    ordered = [name for name in ROLES if name in roles] + [each for each in roles if each not in ROLES]
    return Account(row["username"], row.get("family", ""), row.get("given", ""), tuple(ordered))


def _step(session: Session, row: Row, account: Account, user: User | None) -> Step:
    line, state = int(row["line"]), row.get("state") or ACTIVE
    if state not in (ACTIVE, STOPPED):
        return Step(line, account, "same", fault="状態は「有効」か「停止」で書いてください。")
    try:
        users.judge(session, account)
    except AccountRefused as refusal:
        return Step(line, account, "same", fault=refusal.message)
    if user is None:
        if state == STOPPED:
            return Step(line, account, "same", fault="いない利用者を停止にはできません。利用者名を確かめてください。")
        return Step(line, account, "add")
    before = users.account_of(user)
    if state == STOPPED:
        return Step(line, account, "stop" if user.active else "same", before)
    if not user.active:
        return Step(line, account, "resume", before)
    return Step(line, account, "same" if before == account else "change", before)


def _act(session: Session, actor: Actor, step: Step, now: datetime) -> list[tuple[User, str]]:
    if step.act == "add":
        return [users.add(session, actor, step.account, now)]
    user = session.scalars(select(User).where(User.username == step.account.username)).one()
    if step.act == "stop":
        users.stop(session, actor, user, None)
        return []
    plain = users.resume(session, actor, user, None, now) if step.act == "resume" else ""
    users.change(session, actor, user, step.account, None)
    return [(user, plain)] if plain else []
