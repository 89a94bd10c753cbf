"""入口: ``python -m systems NAME --port P`` serves a system, ``--hands`` runs what it sends and does in the background."""

import argparse
import sys
from importlib import import_module

from systems.frame.serve import serve
from systems.frame.settings import NAMES, PORTS, Settings


def main() -> int:
    """Return the exit code of what was asked for."""
    words = argparse.ArgumentParser(prog="systems")
    words.add_argument("name", choices=NAMES)
    words.add_argument("--port", type=int)
    words.add_argument("--workers", type=int, default=2)
    words.add_argument("--hands", action="store_true")
    asked = words.parse_args()
    if asked.hands:
        hands = import_module(f"systems.{asked.name}.application").hands
        hands(Settings.from_environment(asked.name))
        return 0
    return serve(asked.name, asked.port or PORTS[asked.name], asked.workers)


if __name__ == "__main__":
    sys.exit(main())
