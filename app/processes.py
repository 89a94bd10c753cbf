"""プロセス: waiting for one that was started, so that a wish to stop is always heard; and stopping all of them."""

import os
import select
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from socket import create_connection


def outlast(process: subprocess.Popen[bytes]) -> int:
    """Wait for *process*; return its exit code.

    A signal may reach any thread of ours, and a library that brings threads along would let the main one sleep on in
    waitpid; the wake-up pipe is written to whichever thread was chosen.
    """
    heard, told = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    before = signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    ended = os.pidfd_open(process.pid)
    try:
        while process.poll() is None:
            if heard in select.select([heard, ended], [], [])[0]:
                os.read(heard, 64)  # the handler itself runs here, and may raise
        return process.wait()
    finally:
        signal.set_wakeup_fd(before)
        for each in (ended, heard, told):
            os.close(each)


@contextmanager
def ended_with_us(processes: list[subprocess.Popen[bytes]]) -> Iterator[None]:
    """Whatever is put into *processes* meanwhile is stopped at the end, all at once, and waited for."""
    try:
        yield
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()


def end(process: subprocess.Popen[bytes]) -> None:
    """It has ended, and nothing of it is left open."""
    process.terminate()
    process.wait()
    if process.stdin:
        process.stdin.close()


def answers(port: int) -> bool:
    """Whether somebody listens at this number of this machine."""
    try:
        create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
