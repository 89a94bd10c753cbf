"""隣のシステムの起動: which of them are in the tree, where each will answer, and how one is started."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from socket import AF_INET, SO_REUSEADDR, SOCK_STREAM, SOL_SOCKET, socket

from config import ROOT, Settings
from exchange.neighbours import FILE_PORTS, NAMES, PORTS, door_variable, variable_of

FOLDER = ROOT / "systems"


def in_the_tree() -> tuple[str, ...]:
    """The systems that can be started, as they stand in the tree."""
    return tuple(name for name in NAMES if (FOLDER / name / "application.py").exists())


def environment_of(settings: Settings, *, is_demo: bool) -> dict[str, str]:
    """What a system reads of this installation; a database address without the name of our driver."""
    url = str(settings.database_url).replace("postgresql+psycopg://", "postgresql://", 1)
    return {**os.environ, "DATABASE_URL": url, "NANBYO_DEMO": "1" if is_demo else "0", "PYTHONPATH": str(ROOT),
            "NANBYO_DATA_DIR": str(settings.data_dir), "PYTHONDONTWRITEBYTECODE": "1"}


def start(name: str, port: int, environment: Mapping[str, str], workers: int = 2) -> subprocess.Popen[bytes]:
    """Start one system beside us; its words go where our errors go."""
    return subprocess.Popen([sys.executable, "-m", "systems", name, "--port", str(port), "--workers", str(workers)],
                            cwd=ROOT, env=dict(environment), stdout=sys.stderr.fileno())


def addresses(names: Sequence[str]) -> dict[str, str]:
    """Variable → address of each system: its usual port, or another free one where somebody has that already."""
    found, held = {}, []
    for name in names:
        held.append(_probe(PORTS[name]))
        found[variable_of(name)] = f"https://localhost:{held[-1].getsockname()[1]}"
    for kind, usual in FILE_PORTS.items() if "platform" in names else ():
        held.append(_probe(usual))
        found[door_variable(kind)] = f"localhost:{held[-1].getsockname()[1]}"
    for probe in held:
        probe.close()
    return found


def _probe(port: int) -> socket:
    probe = socket(AF_INET, SOCK_STREAM)
    probe.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
    try:
        probe.bind(("127.0.0.1", port))
    except OSError:
        probe.bind(("127.0.0.1", 0))
    return probe
