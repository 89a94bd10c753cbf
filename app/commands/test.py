"""試験の命令: everything that must hold, in one run."""

import subprocess
import sys

import click


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
def test(args: tuple[str, ...]) -> None:
    """すべてのテストを行う; ARGS は pytest にそのまま渡る."""
    words = args or ("-n", "auto", "--dist", "loadfile")  # each file has its own database: files can run side by side
    sys.exit(subprocess.run([sys.executable, "-m", "pytest", *words], check=False).returncode)
