"""Tries one target with bytes nobody thought of, for so many seconds: guided by coverage where atheris is there, else by chance.

``python -m tests.fuzz.run claim_file 60`` ends with code 0, or with the bytes that broke the promise.
"""

import os
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path

try:
    import atheris
except ImportError:  # made for one version of Python only
    atheris = None

with atheris.instrument_imports(include=["exchange"]) if atheris else nullcontext():
    from tests.fuzz.chance import by_chance
    from tests.fuzz.targets import ALL_SEEDS, TARGETS


def guided(name: str, seconds: int) -> None:
    """With coverage: ends the process itself."""
    target = TARGETS[name]
    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(ALL_SEEDS[target]):
            (Path(folder) / str(number)).write_bytes(seed)
        atheris.Setup([sys.argv[0], f"-max_total_time={seconds}", "-seed=1", "-timeout=20", f"-artifact_prefix={folder}/", folder],
                      lambda raw: target(bytes(raw)) and None)
        atheris.Fuzz()


def main(name: str, seconds: int) -> None:
    """Try *name* for *seconds*."""
    if atheris:
        # In a child of our own: what libFuzzer takes for our memory is the largest that whoever started us ever had.
        if child := os.fork():
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        guided(name, seconds)
    else:
        sys.stdout.write(f"{by_chance(TARGETS[name], seconds)} tried\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
