"""命令: one room a command noun; a room is read only when its command is called."""

import sys
from importlib import import_module
from typing import Any, Final

import click

# name → (room:object, one line for the overview)
COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "run": ("app.commands.run:run", "準備してから画面を開けるようにする (set up and serve)"),
    "system": ("app.commands.system:system", "隣のシステムを始める: numberlink, interconnect … (start a neighbouring system)"),
    "test": ("app.commands.test:test", "すべてのテストを行う (run all tests)"),
    "migrate": ("app.commands.setup:migrate", "データベースを最新にする (migrate the database)"),
    "load-codes": ("app.commands.setup:load_codes", "コード表・様式・権限を読み込む (load code lists)"),
    "create-admin": ("app.commands.setup:create_admin", "最初の管理者を作る (create the first administrator)"),
    "rules": ("app.commands.rules:rules", "規則を計算する: tier, apportion, validity … (the law as commands)"),
    "items": ("app.commands.items:items", "記録項目 187 の一覧 (the recorded items)"),
    "enrol-code": ("app.commands.setup:enrol_code", "読取装置の登録コードをサーバーで出す (enrolment code at the console)"),
    "worker": ("app.commands.worker:worker", "待っている仕事を行う (run queued jobs)"),
    "sealer": ("app.commands.sealer:sealer", "操作記録を封印する (seal the journal)"),
    "audit": ("app.commands.audit:audit", "操作記録を検証・出力する: verify, export (prove the journal)"),
    "issue": ("app.commands.issue:issue", "受給者証を印刷する (print certificates)"),
    "pay": ("app.commands.pay:pay", "振込データと仕訳を書き出す (the payment run)"),
    "import": ("app.commands.import_:import_", "ファイルを取り込む: residents, taxes, receipts, facilities, insurers (import files)"),
    "receipts": ("app.commands.receipts:receipts", "月の合計を数え直して比べる: recompute (prove the month totals)"),
    "export": ("app.commands.export:export", "一覧を出力する (export a list)"),
    "demo-data": ("app.commands.demo_data:demo_data", "試用データを作る (synthetic people)"),
    "backup": ("app.commands.backup:backup", "全体の控えを一つのファイルに取る (back up the whole system)"),
    "restore": ("app.commands.backup:restore", "控えから戻し、照合する (restore a backup and check it)"),
    "keys": ("app.commands.keys:keys", "番号の保管の鍵を更新する (rotate the keys of the numbering store)"),
    "doctor": ("app.commands.doctor:doctor", "足りないものを調べる (say what is missing)"),
    "bench": ("app.commands.bench:bench", "速さを測る (benchmarks)"),
}


UNSEALED: Final = "NB001"  # what the database says of a show while nothing is sealed; models.journal would cost every start


class Door(click.Group):
    """The overview of all commands; each command's room is imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        room, _, thing = COMMANDS[name][0].partition(":")
        command: click.Command = getattr(import_module(room), thing)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; where the journal cannot be sealed nobody is shown, by a command neither."""
        try:
            return super().invoke(ctx)
        except Exception as fault:
            if getattr(getattr(fault, "orig", None), "sqlstate", None) != UNSEALED:
                raise
            click.echo("操作記録の封印が1分以上止まっているため、出力できません。./nanbyo sealer を動かしてください。", err=True)
            sys.exit(4)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.command(cls=Door, context_settings={"help_option_names": ["-h", "--help"]})
def door() -> None:
    """難病医療費助成 (nanbyo): 特定医療費(指定難病)の事務."""
