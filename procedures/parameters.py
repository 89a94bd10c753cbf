"""規則の数字の管理: a row that holds from its day on, beside the law's own; what it would change is shown before (impact)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.journal import Action
from models.parameter import ParameterRow
from procedures import journal
from procedures.actor import Actor
from procedures.model_row import Stale
from procedures.refusal import Refused
from rules.parameters import WrongParameters, add, read_rows
from rules.pmh_switch import unrevised
from translations.wording import said

_known_until = [0]  # the newest row this process judges by


class BadRow(Refused):
    """A row of figures that cannot be published."""


def load_parameters(session: Session, newest: int | None = None) -> None:
    """市の数字を読み込む: this process judges by them from now on; with *newest* only where something came since."""
    if newest is not None and newest == _known_until[0]:
        return
    city: dict[str, dict[date, dict[str, Any]]] = {}
    last = 0
    for row in session.scalars(select(ParameterRow).order_by(ParameterRow.id)):
        city.setdefault(row.name, {})[row.effective_from] = row.content
        last = row.id
    add(city)
    _known_until[0] = last


def newest_row(session: Session) -> int:
    """The number of the newest published row; 0 where a city has none."""
    return int(session.scalar(select(func.coalesce(func.max(ParameterRow.id), 0))) or 0)


def read_typed(name: str, typed: str) -> dict[date, dict[str, Any]]:
    """入力された数字: its dated rows; BadRow says what is wrong."""
    try:
        dated = read_rows(name, typed)
    except WrongParameters as wrong:
        raise BadRow(str(wrong)) from None
    _demand_revision(name, dated)
    return dated


def _demand_revision(name: str, rows: Mapping[date, Mapping[str, Any]]) -> None:
    if (day := unrevised(name, rows)) is not None:
        raise BadRow(said("%(day)s の行では PMH に登録できません。特定個人情報保護評価書を見直した日 (revision_on、適用開始日まで) と"
                          "文書番号 (revision_document) を記録してください。", day=day.isoformat()))


def newest_of(session: Session, name: str) -> int:
    """The number of the newest published row of one figure; 0 where the city has none."""
    return int(session.scalar(select(func.coalesce(func.max(ParameterRow.id), 0)).where(ParameterRow.name == name)) or 0)


def publish(session: Session, actor: Actor, name: str, rows: Mapping[date, dict[str, Any]], source: str,
            on: date, seen: str | None = None) -> list[ParameterRow]:
    """数字を公開する: each row holds from its day on, which must lie ahead; what was published stays. BadRow, Stale."""
    if seen is not None and seen != str(newest_of(session, name)):
        raise Stale
    _demand_revision(name, rows)
    if not source.strip():
        raise BadRow("出典を入力してください (法令、通知、年月日)。")
    if any(day <= on for day in rows):
        raise BadRow("適用開始日は明日以降にしてください。過ぎた日の数字は変えられません。")
    taken = session.scalars(select(ParameterRow.effective_from).where(
        ParameterRow.name == name, ParameterRow.effective_from.in_(rows))).first()
    if taken:
        raise BadRow(said("%(day)s の行はもう公開されています。別の適用開始日にしてください。", day=taken.isoformat()))
    made = [ParameterRow(name=name, effective_from=day, content=_plain(row), source=source.strip(), published_by=actor.user_id)
            for day, row in rows.items()]
    session.add_all(made)
    session.flush()
    for each in made:
        journal.record(session, actor, Action.ADMINISTERED, each, detail={"parameter": name, "from": str(each.effective_from)})
    return made


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {str(key): value.isoformat() if isinstance(value, date) else value for key, value in row.items()}
