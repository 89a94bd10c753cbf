"""測定の命令: the project's own benchmarks as ratios, peers and floor in the same run."""

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any, Final

import click
from sqlalchemy import create_engine, text
from sqlalchemy.exc import ProgrammingError

from app.database import running_database
from bench import audit as bench_audit
from bench import benefits as bench_benefits
from bench import exchanges as bench_exchanges
from bench import failover as bench_failover
from bench import fault_exchanges as bench_fault_exchanges
from bench import faults as bench_faults
from bench import lists as bench_lists
from bench import names as bench_names
from bench import point_in_time as bench_moment
from bench import print as bench_print
from bench import receipts as bench_receipts
from bench import register as bench_register
from bench import rotation as bench_rotation
from bench.verdicts import told
from config import Settings

FEWEST = 1000
_Measure = Callable[[Settings, int, int], dict[str, Any]]


def _of_people(measure: Callable[..., dict[str, Any]]) -> _Measure:
    def measured(settings: Settings, rows: int, rounds: int) -> dict[str, Any]:
        _demand_people(str(settings.database_url))
        return measure(settings, rounds)
    return measured


_MEASURES: Final[Mapping[str, _Measure]] = {
    "lists": _of_people(bench_lists.measure),
    "names": lambda settings, rows, rounds: bench_names.measure(str(settings.database_url), min(rows, 1_000_000), rounds),
    "register": lambda settings, rows, rounds: bench_register.measure(str(settings.database_url), min(rows, 100_000), min(rounds, 5)),
    "print": lambda settings, rows, rounds: bench_print.measure(min(rows, 30_000)),
    "receipts": lambda settings, rows, rounds: bench_receipts.measure(str(settings.database_url), rows, max(rows // 10, FEWEST)),
    "benefits": lambda settings, rows, rounds: bench_benefits.measure(str(settings.database_url), rows, rounds),
    "rotation": lambda settings, rows, rounds: bench_rotation.measure(str(settings.database_url), min(rows, 100_000)),
    "audit": lambda settings, rows, rounds: bench_audit.measure(str(settings.database_url), rows // 100 * 100, min(rounds, 3))}


def _faults(rounds: int, only: str | None) -> dict[str, Any]:
    """The office's own faults and those between the systems, or one of the two."""
    parts = {name: measure(rounds, _tell) for name, measure in (
        ("office", bench_faults.measure), ("exchanges", bench_fault_exchanges.measure)) if only in (None, name)}
    return {**parts.get("office", {}), **{name: each for name, each in parts.items() if name != "office"},
            "ok": all(each["ok"] for each in parts.values())}


# These start servers of their own.
_ALONE: Final[Mapping[str, Callable[[int | None, str | None], dict[str, Any]]]] = {
    "failover": lambda rounds, only: bench_failover.measure(rounds or 20),
    "moment": lambda rounds, only: bench_moment.measure(rounds or 5),
    "exchanges": lambda rounds, only: bench_exchanges.measure(rounds or 200),
    "faults": lambda rounds, only: _faults(rounds or 20, only)}


@click.command()
@click.argument("name", type=click.Choice([*_MEASURES, *_ALONE]), default="lists")
@click.option("--json", "as_json", is_flag=True, help="結果を JSON で")
@click.option("--rounds", type=click.IntRange(1), help="繰返し (既定: 25、failover は 20、moment は 5、faults は 20、exchanges は 200)")
@click.option("--rows", default=1_000_000, show_default=True, type=click.IntRange(1000, 3_000_000), help="names の人数、receipts・benefits の件数")
@click.option("--only", type=click.Choice(["office", "exchanges"]), help="faults の片方だけ: 事務所の中か、システムの間か")
def bench(name: str, as_json: bool, rounds: int | None, rows: int, only: str | None) -> None:
    """lists: 一覧を、手書きの最小の画面と Django admin に並べて測る. names: 氏名の部分一致. register: 住民情報の取込. print: 更新案内の印刷. receipts: レセプトの取込. benefits: 給付の画面. rotation: 番号の封じ直し. audit: 操作記録の検証.

    failover: 主系を落とし続け、保存済みと答えた入力が待機系に残るかを数える. moment: 基準の写しと WAL から、二つの保存の間の時点に戻す. faults: 入力・取込・印刷・支払の途中で、アプリ・働き手・データベースを kill -9 し、ディスクを満たし、時計を跳ばせて、約束が破れた数を毎回数え、続いてシステムの間のやり取りの途中でどれかのプロセスを kill -9 し、双方の記録を数える. exchanges: 情報照会を実プロセスで往復させ、毎秒の件数と所要時間を測る.
    """
    if name in _ALONE:
        result = _ALONE[name](rounds, only)
    else:
        with running_database(Settings.from_environment()) as settings:
            _tell(f"{name} のデータを用意しています。")
            result = _MEASURES[name](settings, rows, max(rounds or 25, 3))
    click.echo(json.dumps(result, ensure_ascii=False) if as_json else told(name, result))
    sys.exit(0 if result["ok"] else 1)


def _tell(words: str) -> None:
    click.echo(words, err=True)


def _demand_people(url: str) -> None:
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            people = int(connection.scalar(text("SELECT count(*) FROM recipient")))
    except ProgrammingError:
        people = 0
    engine.dispose()
    if people < FEWEST:
        click.echo("測る人がいません。先に ./nanbyo demo-data --people 100000 を実行してください。", err=True)
        sys.exit(4)
