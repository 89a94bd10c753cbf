"""プロセス: a wish to stop is heard whichever thread it reaches, and what was started ends with whoever started it."""

import os
import signal
import subprocess
import sys
import threading

import pytest

from app.processes import ended_with_us, outlast

FOR_EVER = [sys.executable, "-c", "import signal; signal.pause()"]


class ToldToStop(Exception):
    """What the handler of the test raises."""


def _told(number, frame):
    raise ToldToStop


def test_the_exit_code_is_the_one_of_the_process():
    assert outlast(subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"])) == 3


def test_a_signal_that_reaches_another_thread_is_heard_and_everything_ends():
    before = signal.signal(signal.SIGUSR1, _told)
    started = subprocess.Popen(FOR_EVER)
    thread = threading.Thread(target=lambda: signal.pthread_kill(threading.get_ident(), signal.SIGUSR1))
    try:
        with pytest.raises(ToldToStop), ended_with_us([started]):
            thread.start()
            outlast(started)
    finally:
        signal.signal(signal.SIGUSR1, before)
        thread.join()
    assert started.returncode == -signal.SIGTERM
    assert not os.path.exists(f"/proc/{started.pid}")
