"""ファイル連携: a set is checked, taken in once, shared out and offered until its receipt is here."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.file_door import TAKEN, FileReceipt, write_receipt
from systems.platform import arrivals, deliveries
from systems.platform.partners import folders_of
from systems.platform.tables import Arrival, Delivery, RegisterRow
from tests.register_files import file_of, m11, resident, tax

NOW = datetime(2040, 11, 26, 9, tzinfo=UTC)  # later than the clock that writes the rows


def put(settings, who: str, name: str, raw: bytes, end: bytes) -> None:
    folder = folders_of(settings, who) / "in"
    (folder / name).write_bytes(raw)
    (folder / name).with_suffix(".end").write_bytes(end)


def carry(engine, settings, now=NOW) -> None:
    works = (lambda: arrivals.take_in_one(engine, settings), lambda: deliveries.hear_receipts(engine, settings, now),
             lambda: deliveries.offer_one(engine, settings, now))
    while any([work() for work in works]):
        pass


def faults(engine, name: str) -> list[str | None]:
    with Session(engine) as session:
        return list(session.scalars(select(Arrival.fault).where(Arrival.file_name == name)))


@pytest.mark.parametrize(("spoil", "why"), [
    (lambda raw, end: (raw[:-3], end), "検査値"), (lambda raw, end: (raw, end.replace(b"records=1", b"records=2")), "行数")])
def test_a_set_that_is_not_what_its_manifest_says_goes_nowhere(engine, settings, spoil, why):
    name, raw, end = file_of("residents", 801, [resident(801)])
    put(settings, "juki", name, *spoil(raw, end))
    carry(engine, settings)
    assert why in faults(engine, name)[-1] and not list((folders_of(settings, "core") / "out").glob(f"*{name[:-4]}*"))


def test_a_strange_value_stops_its_own_file_and_no_other(engine, settings):
    strange, plain = file_of("residents", 803, [resident(803, 履歴番号="99999999999")]), file_of("residents", 804, [resident(804)])
    put(settings, "juki", *strange)
    put(settings, "juki", *plain)
    carry(engine, settings)
    assert "登録できない値" in faults(engine, strange[0])[0] and faults(engine, plain[0]) == [None]


def test_nobody_sends_what_is_anothers_part(engine, settings):
    name, raw, end = file_of("taxes", 802, [tax(802)])
    put(settings, "juki", name, raw, end)
    carry(engine, settings)
    assert "この種類" in faults(engine, name)[0]


def test_a_delivery_ends_with_the_receipt_of_what_was_sent_and_is_offered_again_until_then(engine, settings):
    name, raw, end = file_of("residents", 1, [resident(1), resident(2)])
    put(settings, "juki", name, raw, end)
    carry(engine, settings)
    home = folders_of(settings, "core")

    def state() -> tuple[str, int]:
        with Session(engine) as session:
            return session.execute(select(Delivery.state, Delivery.tries).join(Arrival).where(Arrival.file_name == name)).one()

    def receipt(digest: str) -> None:
        (home / "receipts" / f"{name}.rcp").write_bytes(write_receipt(FileReceipt(name, digest, TAKEN)))
    assert (home / "out" / name).read_bytes() == raw and state() == ("offered", 1)
    (home / "out" / name).unlink()
    carry(engine, settings, NOW + timedelta(minutes=9))
    assert state() == ("offered", 1)
    carry(engine, settings, NOW + timedelta(minutes=10))
    assert state() == ("offered", 2) and (home / "out" / name).exists()
    receipt("0" * 64)
    carry(engine, settings, NOW + timedelta(minutes=11))
    assert state() == ("offered", 3)
    receipt(arrivals.set_of(name, raw, end).sha256)
    carry(engine, settings, NOW + timedelta(minutes=12))
    assert state() == ("received", 3) and not (home / "out" / name).exists()
    with Session(engine) as session:
        came, kept = session.scalar(select(Arrival.at).where(Arrival.file_name == name)), settings.data_dir / "kept" / name
        assert deliveries.forget_kept(session, settings, came + deliveries.KEPT) == 0 and kept.exists()
        assert deliveries.forget_kept(session, settings, came + deliveries.KEPT + timedelta(seconds=1)) == 1 and not kept.exists()


def test_an_older_row_is_not_overwritten_and_a_cancellation_is_seen(engine, settings):
    put(settings, "juki", *file_of("residents", 2, [resident(3)]))
    put(settings, "juki", *file_of("residents", 3, [resident(3, 取消区分="1")], is_full=False, update="C"))
    put(settings, "juki", *file_of("residents", 4, [resident(3, 氏名="別人　花子")], is_full=False))
    carry(engine, settings)
    with Session(engine) as session:
        row = session.scalars(select(RegisterRow).where(RegisterRow.file_number == m11(3))).one()
        assert (row.content["氏名"], row.content["取消区分"]) == ("見本　太郎", "1")
