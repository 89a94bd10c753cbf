"""測定の命令: the project's own benchmarks as ratios, peers and floor in the same run."""

import json
import sys
from typing import Any

import click
from sqlalchemy import create_engine, text
from sqlalchemy.exc import ProgrammingError

from app.database import running_database
from bench import benefits as bench_benefits
from bench import failover as bench_failover
from bench import faults as bench_faults
from bench import lists as bench_lists
from bench import names as bench_names
from bench import print as bench_print
from bench import receipts as bench_receipts
from bench import register as bench_register
from bench import rotation as bench_rotation
from config import Settings

FEWEST = 1000


@click.command()
@click.argument("name", type=click.Choice(["lists", "names", "register", "print", "receipts", "benefits", "rotation", "failover", "faults"]), default="lists")
@click.option("--json", "as_json", is_flag=True, help="結果を JSON で")
@click.option("--rounds", type=click.IntRange(1), help="繰返し (既定: 25、failover は 20、faults は 200)")
@click.option("--rows", default=1_000_000, show_default=True, type=click.IntRange(1000, 1_000_000), help="names の人数、receipts の件数")
def bench(name: str, as_json: bool, rounds: int | None, rows: int) -> None:
    """lists: 一覧を、手書きの最小の画面と Django admin に並べて測る. names: 氏名の部分一致. register: 住民情報の取込. print: 更新案内の印刷. receipts: レセプトの取込. benefits: 給付の画面. rotation: 番号の封じ直し.

    failover: 主系を落とし続け、保存済みと答えた入力が待機系に残るかを数える. faults: 各所を kill -9 し、約束が破れた数を数える.
    """
    if name in ("failover", "faults"):
        result = bench_failover.measure(rounds or 20) if name == "failover" else bench_faults.measure(rounds or 200, _tell)
        click.echo(json.dumps(result, ensure_ascii=False) if as_json else _lines(result))
        sys.exit(0 if result["ok"] else 1)
    rounds = max(rounds or 25, 3)
    with running_database(Settings.from_environment()) as settings:
        if name == "names":
            click.echo(f"{rows:,} 人の氏名を用意しています。", err=True)
            result = bench_names.measure(str(settings.database_url), rows, rounds)
        elif name == "register":
            result = bench_register.measure(str(settings.database_url), min(rows, 100_000), min(rounds, 5))
        elif name == "receipts":
            click.echo(f"{rows // 10:,} 人と {rows:,} 件のレセプトを用意しています。", err=True)
            result = bench_receipts.measure(str(settings.database_url), rows, max(rows // 10, FEWEST))
        elif name == "benefits":
            _demand_people(str(settings.database_url))
            result = bench_benefits.measure(settings, rounds)
        elif name == "rotation":
            result = bench_rotation.measure(str(settings.database_url), min(rows, 100_000))
        elif name == "print":
            result = bench_print.measure(min(rows, 30_000))
        else:
            _demand_people(str(settings.database_url))
            result = bench_lists.measure(settings, rounds)
    click.echo(json.dumps(result, ensure_ascii=False) if as_json else _table(name, result))
    sys.exit(0 if result["ok"] else 1)


def _tell(words: str) -> None:
    click.echo(words, err=True)


def _lines(result: dict[str, Any]) -> str:
    return "\n".join([*(f"{name}\t{value}" for name, value in result.items() if name != "ok"), _verdict(result)])


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


def _table(name: str, result: dict[str, Any]) -> str:
    if name == "names":
        lines = [f"{sought}\t{each['ms']} ms\t{each['counted']}" for sought, each in result["names"].items()]
        return "\n".join([f"{result['people']:,} names; median of page and count", *lines,
                          f"worst {result['worst_ms']} ms, limit {result['limit_ms']} ms: {_verdict(result)}"])
    if name == "rotation":
        return (f"{result['rows']:,} numbers: sealed anew {result['seconds']} s (limit {result['limit_seconds']:g}), bare update "
                f"{result['bare_update']} s, ratio {result['ratio']}, unreadable {result['unreadable']}: {_verdict(result)}")
    if name == "print":
        return (f"{result['people']:,} people, two pages each: stamped {result['stamped_pages_s']:,} pages/s, WeasyPrint one each "
                f"{result['weasyprint_pages_s']} pages/s, ratio {result['ratio']} (must {result['must']:g}), same text "
                f"{result['same_text']}, most differing pixels {result['worst_pixels']}, peak {result['peak_mb']} MB: "
                f"{_verdict(result)}")
    if name == "benefits":
        return "\n".join([f"{result['receipts']:,} receipts, median of {result['rounds']} rounds, ms", *(
            f"{page}\tnanbyo {each['nanbyo']}\tfloor {each['floor']}\t÷ floor {each['times_floor']} (must {each['must']:g}): {_verdict(each)}"
            for page, each in result["pages"].items())])
    if name == "receipts":
        return (f"{result['rows']:,} receipts of {result['holders']:,} holders: whole import {result['import']} s, bare COPY {result['copy']} s, "
                f"ratio {result['ratio']} (limit {result['limit']}), {result['rows_per_second']:,} rows/s, peak {result['peak_mb']} MB "
                f"({result['before_mb']} before); COPY into a plain table {result['plain_copy']} s; "
                f"recomputation differs in {result['recomputed_differing']} months: {_verdict(result)}")
    if name == "register":
        return (f"{result['rows']:,} rows: import {result['import']} s, bare COPY {result['copy']} s, "
                f"ratio {result['ratio']} (limit {result['limit']}), {result['rows_per_second']:,} rows/s: {_verdict(result)}")
    lines = [f"{result['people']:,} people, median of {result['rounds']} rounds, ms (SQL statements)",
             f"{'page':10}{'nanbyo':>14}{'floor':>14}{'Django admin':>16}{'÷ floor':>10}{'Django ÷ ours':>15}"
             f"{'must':>8}"]
    for page, each in result["pages"].items():
        shown = "".join(f"{each[peer]['ms']:>{width}.1f} ({each[peer]['sql']})"
                        for peer, width in (("nanbyo", 10), ("floor", 10), ("django", 12)))
        lines.append(f"{page:10}{shown}{each['times_floor']:>10.1f}{each['django_over_nanbyo']:>15.1f}"
                     f"{each['must']:>7.0f}× {_verdict(each)}")
    return "\n".join(lines)


def _verdict(result: dict[str, Any]) -> str:
    return "ok" if result["ok"] else "MISSED"
