"""試験の命令: everything that must hold, in one run."""

import os
import subprocess
import sys

import click


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
def test(args: tuple[str, ...]) -> None:
    """すべてのテストを行う; ARGS は pytest にそのまま渡る."""
    # Each file has its own database: files can run side by side; one more than cores, for many wait for a browser or a process.
    words = args or ("-n", str((os.cpu_count() or 1) + 1), "--dist", "loadfile", "--no-loadscope-reorder")
    sys.exit(subprocess.run([sys.executable, "-m", "pytest", *words], check=False).returncode)
