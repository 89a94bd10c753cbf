"""月ごとの累積: a person's receipts of one month add up beside the cap of that month, in step with every change of a receipt.

What adds up and how the cap of a month is found is said once, for the months an import touches and for a full recomputation.
"""

from dataclasses import dataclass
from typing import Final

import polars as pl
from sqlalchemy import text
from sqlalchemy.orm import Session

from models.benefit import PARTITIONS
from models.journal import Action
from procedures import journal
from procedures.actor import Actor
from procedures.frames import as_copy, copy_in, driver, frame_of
from procedures.holders import caps
from rules.accumulation import due_yen

ROWS: Final = {"recipient_id": pl.Int64, "treatment_month": pl.String, "total_yen": pl.Int64, "meal_yen": pl.Int64,
               "copay_yen": pl.Int64, "tenths": pl.Int8, "adjustment": pl.String}
PAIR: Final = ("recipient_id", "treatment_month")
SUMS: Final = ("receipts", "total_yen", "medical_yen", "copay_yen", "due_yen")
FEWEST_TOGETHER: Final = 50_000  # sums of months that wait before they are put together
TAKEN_BACK: Final = ("1", "3")  # 調整区分 過誤取下げ, 返還請求: the receipt stands, its money does not count
_COLUMNS: Final = (*PAIR, *SUMS, "cap_yen")
_SAME_MONTH: Final = " AND ".join(f"m.{name} = d.{name}" for name in PAIR)


def summed(rows: pl.DataFrame) -> pl.DataFrame:
    """月の合計 of receipts (columns ROWS): how many, 総医療費 with and without meals, own payments, shares due.

    The shares are unknown where one receipt does not say its 負担割合; receipts taken back do not count.
    """
    counted = rows.filter(~pl.col("adjustment").is_in(TAKEN_BACK).fill_null(value=False)).with_columns(due_yen=due_yen())
    due = pl.when(pl.col("due_yen").null_count() == 0).then(pl.col("due_yen").sum())
    return counted.group_by(PAIR).agg(
        receipts=pl.len(), total_yen=pl.col("total_yen").sum(),
        medical_yen=(pl.col("total_yen") - pl.col("meal_yen").fill_null(0)).sum(),
        copay_yen=pl.col("copay_yen").sum(), due_yen=due)


def together(parts: list[pl.DataFrame]) -> pl.DataFrame:
    """合わせた合計 of sums that were made in parts."""
    due = pl.when(pl.col("due_yen").null_count() == 0).then(pl.col("due_yen").sum())
    return pl.concat(parts).group_by(PAIR).agg(*(pl.col(name).sum() for name in SUMS[:-1]), due_yen=due)


class Gathered:
    """集めた合計 of a file's batches, put together as they come: they take the room of its months, not of its rows."""

    def __init__(self) -> None:
        self._parts: list[pl.DataFrame] = []
        self._next = FEWEST_TOGETHER

    def add(self, part: pl.DataFrame) -> None:
        """Take one batch's sums (of ``summed``) in."""
        self._parts.append(part)
        if sum(map(len, self._parts)) > self._next:
            self._parts = [together(self._parts)]
            self._next = max(FEWEST_TOGETHER, 2 * len(self._parts[0]))

    def whole(self) -> pl.DataFrame | None:
        """All of it, each month of each person once; None where nothing came."""
        return together(self._parts) if self._parts else None


def with_caps(months: pl.DataFrame, periods: pl.DataFrame) -> pl.DataFrame:
    """上限月額 beside each month: that of the first period of the person that touches it; none where there is none."""
    spans = periods.lazy().select(
        "recipient_id", "valid_from", "cap_yen", first=pl.col("valid_from").dt.strftime("%Y-%m"),
        last=pl.col("until").dt.strftime("%Y-%m"))
    found = (months.lazy().select(PAIR).join(spans, on="recipient_id")
             .filter(pl.col("treatment_month").is_between(pl.col("first"), pl.col("last")))
             .sort("valid_from").unique(PAIR, keep="first", maintain_order=True).select(*PAIR, "cap_yen"))
    return months.lazy().join(found, on=PAIR, how="left").select(_COLUMNS).collect()


def add_staged(session: Session) -> None:
    """積み増す: what is staged as ``month_delta`` is added to what is known, in one statement."""
    session.execute(text(f"""
        MERGE INTO benefit_month m USING month_delta d ON {_SAME_MONTH}
        WHEN MATCHED THEN UPDATE SET {', '.join(f'{name} = m.{name} + d.{name}' for name in SUMS)}, cap_yen = d.cap_yen
        WHEN NOT MATCHED THEN INSERT ({', '.join(_COLUMNS)}) VALUES ({', '.join(f'd.{name}' for name in _COLUMNS)})"""))


def count_again(session: Session, pairs: pl.DataFrame) -> None:
    """数え直す: these months of these people (columns PAIR) say what their receipts say now; staged as ``month_delta``."""
    stage(session, pairs.select(*PAIR, *(pl.lit(None, pl.Int64).alias(name) for name in (*SUMS, "cap_yen"))))
    rows = frame_of(session, f"SELECT {', '.join(f'b.{name}' for name in ROWS)} FROM month_delta m JOIN benefit b "
                             "ON b.recipient_id = m.recipient_id AND b.treatment_month = m.treatment_month", ROWS)
    people = pairs["recipient_id"].unique().to_list()
    session.execute(text("DELETE FROM benefit_month m USING month_delta d WHERE " + _SAME_MONTH))
    _put(session, with_caps(summed(rows), caps(session, people)))


def refresh_caps(session: Session, recipient_id: int) -> None:
    """上限の見直し: after a certification changed, every month of the person stands beside the cap that holds for it now."""
    known = frame_of(session, f"SELECT {', '.join(_COLUMNS)} FROM benefit_month WHERE recipient_id = %s",
                     {name: pl.String if name == "treatment_month" else pl.Int64 for name in _COLUMNS}, (recipient_id,))
    if known.is_empty():
        return
    stage(session, with_caps(known.drop("cap_yen"), caps(session, [recipient_id])))
    session.execute(text(f"UPDATE benefit_month m SET cap_yen = d.cap_yen FROM month_delta d WHERE {_SAME_MONTH} "
                         "AND m.cap_yen IS DISTINCT FROM d.cap_yen"))


def recompute(session: Session) -> int:
    """すべて数え直す, one part of the receipts after the other; return how many months said something else before (0: proof)."""
    periods, differing = caps(session), 0
    session.execute(text("CREATE TEMP TABLE IF NOT EXISTS month_found (LIKE benefit_month) ON COMMIT DROP; TRUNCATE month_found"))
    for part in range(PARTITIONS):
        rows = frame_of(session, f"SELECT {', '.join(ROWS)} FROM benefit_parts.part_{part}", ROWS)
        stage(session, with_caps(summed(rows), periods))
        session.execute(text(f"INSERT INTO month_found ({', '.join(_COLUMNS)}, excess_yen) "
                             f"SELECT {', '.join(_COLUMNS)}, greatest(copay_yen - cap_yen, 0) FROM month_delta"))
    differing = int(session.execute(text("""
        SELECT count(*) FROM month_found f FULL JOIN benefit_month m USING (recipient_id, treatment_month)
        WHERE f IS DISTINCT FROM m""")).scalar_one())
    if differing:
        session.execute(text("DELETE FROM benefit_month"))
        session.execute(text(f"INSERT INTO benefit_month ({', '.join(_COLUMNS)}) SELECT {', '.join(_COLUMNS)} FROM month_found"))
    return differing


@dataclass(frozen=True)
class Proof:
    """証明: how many months there are, and how many of them a full recomputation found to say something else (0: proved)."""

    months: int
    differing: int


def prove(session: Session, actor: Actor) -> Proof:
    """すべて数え直して比べる; what differed says the right thing afterwards, and both figures are journalled."""
    differing = recompute(session)
    months = int(session.execute(text("SELECT count(*) FROM benefit_month")).scalar_one())
    journal.record(session, actor, Action.CHANGED, detail={"month_totals": months, "differing": differing})
    return Proof(months, differing)


def stage(session: Session, months: pl.DataFrame) -> None:
    """用意する: *months* with their caps in the table ``month_delta`` of this transaction."""
    session.execute(text("DROP TABLE IF EXISTS month_delta; CREATE TEMP TABLE month_delta ON COMMIT DROP AS "
                         f"SELECT {', '.join(_COLUMNS)} FROM benefit_month LIMIT 0"))
    copy_in(driver(session), "month_delta", _COLUMNS, as_copy(months.select(_COLUMNS), ()))
    session.execute(text("ANALYZE month_delta"))


def _put(session: Session, months: pl.DataFrame) -> None:
    copy_in(driver(session), "benefit_month", _COLUMNS, as_copy(months, ()))
