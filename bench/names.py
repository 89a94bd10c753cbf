"""氏名検索の測定: any part of a name among a million, by the very statement the list runs, in a database of its own."""

from datetime import date
from statistics import median
from time import perf_counter
from typing import Any, Final

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from bench.scratch import scratch
from models.recipient import Recipient
from procedures.listing import Question, listing, page
from seeds.bulk import Batch
from seeds.conversion import COLUMNS, add_to_ledger
from seeds.residents import residents

ROUNDS: Final = 15
LIMIT_MS: Final = 35.0
SOUGHT: Final = ("山", "田", "髙橋", "渡邉󠄏", "ﾔﾏﾀﾞ", "やまだ", "タナベ", "小鳥遊", "花子", "山田花子", "佐々木", "龘龘")


def measure(url: str, people: int, rounds: int = ROUNDS) -> dict[str, Any]:
    """Return the median of page and count for each of SOUGHT among *people* names."""
    with scratch(url, "bench_names", prepare_threshold=None,
                 options="-c plan_cache_mode=force_custom_plan") as engine:
        _fill(engine, people)
        recipients = listing("recipients", "受給者一覧", Recipient, orders=(Recipient.kana_key,), descending=False)
        shown = tuple(column for column in recipients.columns if column.listed)
        with Session(engine) as session:
            found = {}
            for sought in SOUGHT:
                asked = Question({"q": {"has": sought}}, recipients.order(None), columns=shown)
                times = []
                for _ in range(rounds):
                    start = perf_counter()
                    counted = page(session, recipients, asked).counted
                    times.append((perf_counter() - start) * 1000)
                found[sought] = {"ms": round(median(times), 1), "counted": counted}
    worst = max(each["ms"] for each in found.values())
    return {"people": people, "names": found, "worst_ms": worst, "limit_ms": LIMIT_MS, "ok": worst < LIMIT_MS}


def _fill(engine: Engine, people: int) -> None:
    with Session(engine) as session:
        batch = Batch(session, {Recipient: COLUMNS[Recipient]})
        for place, who in enumerate(residents(people, 1, date(2026, 11, 23)), start=1):
            add_to_ledger(batch, who)
            if place % 10_000 == 0:
                batch.write()
        batch.close()
        session.commit()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE recipient"))
