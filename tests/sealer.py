"""封印する者: the sealer of a test's database, beside it as in the office."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event, Thread

from app.sealing import Sealer, sealer_engine
from config import Settings


@contextmanager
def at_work(settings: Settings) -> Iterator[None]:
    """Inside, what is journalled is sealed within a second."""
    stop, engine = Event(), sealer_engine(settings)
    sealer = Sealer(engine, settings, lambda: datetime.now(UTC), is_trial=True)

    sealer.step()

    def work() -> None:
        while not stop.wait(0.5):
            sealer.step()

    thread = Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        engine.dispose()
