"""置く手: a process that places released runs for the bank and may be killed at any moment.

``python -m tests.procedures.placing_process URL FOLDER`` forks one hand for each line it reads, and prints its number.
"""

import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from procedures.delivery import put_out

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def place(url: str, folder: Path) -> None:
    """One hand: says that it begins, places everything that is released, and is gone without a word."""
    with Session(create_engine(url)) as session:
        session.connection()
        print(os.getpid(), flush=True)  # noqa: T201  # a process of its own answers on its output
        put_out(session, folder, NOW)
    os._exit(0)


if __name__ == "__main__":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the dead
    engine = create_engine(sys.argv[1])
    with Session(engine) as warm:  # what every hand would do first is done once
        put_out(warm, Path(sys.argv[2]), NOW)
    engine.dispose()
    for _line in sys.stdin:
        if os.fork() == 0:
            place(sys.argv[1], Path(sys.argv[2]))
