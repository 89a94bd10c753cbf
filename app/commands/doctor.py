"""診察の命令: whether this machine has what the office needs, and what to do where it has not."""

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from app.database import is_current, running_database
from app.health import LEAST_FREE_BYTES
from config import APP_ROLE, ROOT, Settings
from exchange.advisories import NoAdvisories, pins_of, weaknesses
from reports.paper import FontMissing, GlyphMissing, check_glyphs, embedded_fonts, pdf_of_text

SAMPLE = "𠮷田 邉󠄏子 髙橋"  # letters that a font without the third plane or without variants cannot print


@dataclass(frozen=True)
class Finding:
    """所見: what was looked at, whether it is right, and the remedy where it is not."""

    what: str
    is_right: bool
    remedy: str = ""


@click.command()
@click.option("--advisories", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="OSV.zip",
              help="部品を既知の弱点の一覧 (OSV、PyPI) と比べる。ほかは調べない")
def doctor(advisories: Path | None) -> None:
    """データベース・書体・鍵・空き容量を調べる; 足りないものがあれば 4 で終わる."""
    if advisories is not None:
        _tell(list(_components(advisories)))
    with running_database(Settings.from_environment()) as settings:
        found = [*_database(settings), *_fonts(), *_files(settings)]
    _tell(found)


def _tell(found: list[Finding]) -> None:
    for each in found:
        click.echo(f"{'○' if each.is_right else '×'} {each.what}{'' if each.is_right else '  → ' + each.remedy}")
    sys.exit(0 if all(each.is_right for each in found) else 4)


def _components(file: Path) -> Iterator[Finding]:
    """部品: what is pinned against a list the operator brought; SECURITY.md says within which time a weakness is remedied."""
    pins = pins_of((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    try:
        known = weaknesses(file, pins)
    except NoAdvisories:
        yield Finding(f"{file.name}", False, "PyPI の弱点の一覧 (OSV 形式の zip) ではありません。取り直してください。")
        return
    for each in known:
        yield Finding(f"{each.component} {each.version}: {each.advisory} {each.severity}", False,
                      "SECURITY.md の期間のうちに、直した版に替えてください。")
    yield Finding(f"部品 {len(pins)} 件を {file.name} と比べました", not known, "上の部品を替えてください。")


def _database(settings: Settings) -> Iterator[Finding]:
    engine = create_engine(str(settings.database_url), hide_parameters=True)
    try:
        with engine.connect() as connection:
            version = int(connection.scalar(text("SHOW server_version_num")) or 0)
            yield Finding(f"PostgreSQL {version // 10000}", version >= 150000, "PostgreSQL 15 以上にしてください。")
            yield Finding("移行", is_current(connection), "./nanbyo migrate を実行してください。")
            yield Finding("データの検査合計", connection.scalar(text("SHOW data_checksums")) == "on",
                          "pg_checksums --enable で有効にしてください。")
            drift = abs((connection.scalar(text("SELECT now()")) - datetime.now().astimezone()).total_seconds())
            yield Finding("時計", drift < 5, "データベースとこの機械の時計を合わせてください。")
            yield from _journal(connection)
    except SQLAlchemyError as fault:
        yield Finding(f"データベースに届きません ({type(fault).__name__})", False, "DATABASE_URL を確かめてください。")
    finally:
        engine.dispose()


def _journal(connection: Connection) -> Iterator[Finding]:
    waits = connection.scalar(text("SELECT journal_is_unsealed()"))
    yield Finding("操作記録の封印", not waits, "./nanbyo sealer を動かしてください。止まったままだと受給者の画面を開けません。")
    yield Finding("操作記録に書くだけの役割", not connection.scalar(text(
        f"SELECT has_table_privilege('{APP_ROLE}', 'journal_entry', 'UPDATE, DELETE, TRUNCATE')")),
        f"REVOKE UPDATE, DELETE, TRUNCATE ON journal_entry FROM {APP_ROLE} を実行してください。")
    yield Finding("番号の保管の役割", not connection.scalar(text(f"SELECT has_schema_privilege('{APP_ROLE}', 'numbering', 'USAGE')")),
                  f"REVOKE ALL ON SCHEMA numbering FROM {APP_ROLE} を実行してください。")
    yield Finding("廃棄の権限", connection.scalar(text(
        "SELECT rolsuper OR has_parameter_privilege(rolname, 'session_replication_role', 'SET') FROM pg_roles"
        " WHERE oid = (SELECT proowner FROM pg_proc WHERE proname = 'carry_out_disposal')")),
        "表の所有者に GRANT SET ON PARAMETER session_replication_role を与えてください。")


def _fonts() -> Iterator[Finding]:
    try:
        check_glyphs(SAMPLE)
        fonts = embedded_fonts(pdf_of_text(SAMPLE))
        yield Finding(f"印刷の書体 {'・'.join(sorted(fonts))}", any("IPAmj" in font for font in fonts),
                      "apt-get install fonts-ipamj-mincho を実行してください。")
    except (FontMissing, GlyphMissing) as missing:
        yield Finding("印刷の書体", False, str(missing))


def _files(settings: Settings) -> Iterator[Finding]:
    path = settings.key_file or settings.data_dir / "keys" / "master.key"
    yield Finding("鍵のファイル", path.exists() and path.stat().st_mode & 0o077 == 0,
                  "NANBYO_KEYS のファイルを置き、権限を 0600 か 0400 にしてください。")
    if settings.seal_key.exists():  # on a machine of its own, or of another user, there is nothing to see here
        yield Finding("封印の鍵のファイル", settings.seal_key.stat().st_mode & 0o077 == 0,
                      "NANBYO_SEAL_KEY のファイルの権限を 0600 にしてください。")
    free = shutil.disk_usage(settings.data_dir).free if settings.data_dir.is_dir() else 0
    yield Finding(f"空き容量 {free // 2**20:,} MB", free > LEAST_FREE_BYTES, "データの場所 (NANBYO_DATA_DIR) を空けてください。")
