"""規則の命令: JSON lines in, JSON lines out; the same functions the screens use."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from app.database import running_database
from config import Settings
from procedures.city import city_of
from procedures.impact import impact_of
from procedures.parameters import load_parameters
from rules.parameters import WrongParameters, read_rows
from rules.questions import (
    Answer,
    judge_apportion,
    judge_number,
    judge_refund,
    judge_special,
    judge_split,
    judge_tier,
    judge_validity,
    judge_ventilator,
)
from rules.tier import CannotJudge

MOST_NUMBERS = 50


@click.group()
def rules() -> None:
    """規則を計算する: 1行に1件の JSON を読み、1行ずつ答える."""


def answer_lines(judge: Callable[[Answer], Answer]) -> None:
    """Answer every line of stdin in order; a line that cannot be judged says why, and the exit code is then 1."""
    rejected = False
    for number, line in enumerate(sys.stdin, start=1):
        if not line.strip():
            continue
        answer = _answer(judge, line, number)
        rejected |= "error" in answer
        click.echo(json.dumps(answer, ensure_ascii=False))
    sys.exit(1 if rejected else 0)


def _answer(judge: Callable[[Answer], Answer], line: str, number: int) -> Answer:
    asked: Any = None
    try:
        asked = json.loads(line)
        return {"id": asked["id"], **judge(asked)}
    except CannotJudge as problem:
        return {"id": asked["id"], "error": problem.code, "message": problem.message}
    except json.JSONDecodeError:
        return {"id": None, "error": "not_json", "message": f"{number}行目は JSON として読めません。"}
    except KeyError as problem:
        name = str(problem.args[0])
        return {"id": _id(asked), "error": "missing_or_unknown", "message": f"{number}行目: {name} がないか、値が決まりにありません。"}
    except LookupError as problem:
        return {"id": _id(asked), "error": "no_figures", "message": f"{number}行目: その日の数字がありません ({problem})。"}
    except (ValueError, TypeError, AttributeError):
        return {"id": _id(asked), "error": "bad_value", "message": f"{number}行目: 値の形が違います。日付は 2025-10-01、金額は整数です。"}


def _id(asked: Any) -> Any:
    return asked.get("id") if isinstance(asked, dict) else None


@rules.command()
def tier() -> None:
    """階層区分と負担上限月額."""
    answer_lines(judge_tier)


@rules.command()
@click.option("--on", default="2025-10-01", show_default=True, help="端数処理を決める日")
def apportion(on: str) -> None:
    """世帯按分."""
    answer_lines(lambda asked: judge_apportion(asked, on))


@rules.command()
def validity() -> None:
    """有効期間."""
    answer_lines(judge_validity)


@rules.command()
def split() -> None:
    """費用の分担 (一か月、70歳未満)."""
    answer_lines(judge_split)


@rules.command()
def refund() -> None:
    """償還払の算定."""
    answer_lines(judge_refund)


@rules.command()
def special() -> None:
    """軽症高額と高額かつ長期."""
    answer_lines(judge_special)


@rules.command()
def ventilator() -> None:
    """人工呼吸器等装着 (臨床調査個人票の所見)."""
    answer_lines(judge_ventilator)


@rules.command()
def number() -> None:
    """番号の検証."""
    answer_lines(judge_number)


@rules.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="結果を JSON で")
def impact(file: Path, as_json: bool) -> None:
    """数字のファイル (例 tier.yaml) を変えると、どの計算例とどの認定が変わるか; 何も変えない."""
    try:
        tried = read_rows(file.stem, file.read_text(encoding="utf-8"))
    except (WrongParameters, UnicodeDecodeError) as wrong:
        click.echo(str(wrong) if isinstance(wrong, WrongParameters) else "文字コードが UTF-8 ではありません。", err=True)
        sys.exit(2)
    with running_database(Settings.from_environment()) as settings:
        engine = create_engine(str(settings.database_url))
        with Session(engine) as session:
            load_parameters(session)
            found = impact_of(session, file.stem, tried, city_of(settings.city_file))
        engine.dispose()
    if as_json:
        click.echo(json.dumps(found.as_json(), ensure_ascii=False))
        return
    click.echo(f"計算例 {found.examples} 件のうち {len(found.changed_examples)} 件が変わります。")
    for each in found.changed_examples:
        click.echo(f"  {each.name}: {each.before} → {each.after}")
    click.echo(f"いまの認定 {found.people:,} 件のうち {found.changed_people:,} 件が変わります。")
    for change, count in found.changes.items():
        click.echo(f"  {change}: {count:,} 件")
    if found.certifications:
        click.echo(f"認定の番号: {', '.join(map(str, found.certifications[:MOST_NUMBERS]))}"
                   + (" … (--json ですべて)" if len(found.certifications) > MOST_NUMBERS else ""))
