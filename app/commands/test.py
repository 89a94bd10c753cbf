"""試験の命令: everything that must hold, in one run."""

import subprocess
import sys

import click


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
def test(args: tuple[str, ...]) -> None:
    """すべてのテストを行う; ARGS は pytest にそのまま渡る."""
    sys.exit(subprocess.run([sys.executable, "-m", "pytest", *args], check=False).returncode)
