"""ファイルの窓口: a set goes through the doors to whom it is meant for, whole and once, whatever dies on the way."""

import ssl
from ftplib import FTP_TLS, error_perm
from io import BytesIO

import pytest
from sqlalchemy import create_engine, text

from exchange.file_door import (
    TAKEN,
    DoorClosed,
    FileReceipt,
    fetch,
    lay_down,
    write_receipt,
)
from exchange.register_file import set_of
from systems.platform.partners import password_file
from tests.register_files import file_of, resident, tax
from tests.systems.platform.hands import door, hands_of
from tests.systems.processes import until


@pytest.fixture(scope="module")
def running(database_url, tmp_path_factory):
    with hands_of(database_url, tmp_path_factory.mktemp("town")) as hands:
        yield hands


def opened(act):
    """What *act* returns once the door answers."""
    def once():
        try:
            return [act()]
        except (DoorClosed, ConnectionRefusedError):
            return None
    return until(once)[0]


def test_each_key_opens_its_own_folders_and_only_for_its_part(running):
    opened(lambda: fetch(door(running, "core")))
    for attempt in (lambda: fetch(door(running, "core", "juki")), lambda: lay_down(door(running, "core"), "out", [("x", b"")]),
                    lambda: lay_down(door(running, "core"), "../juki/in", [("x", b"")])):
        with pytest.raises(DoorClosed):
            attempt()


def test_ftps_refuses_a_login_in_the_clear_and_takes_a_set_over_tls(running):
    host, port = running.environment["NANBYO_PLATFORM_FTPS"].split(":")
    password = password_file(running.tls_dir, "zei").read_text()
    with FTP_TLS(context=ssl.create_default_context(cafile=str(running.tls_dir / "ca.pem")), timeout=10) as line:
        opened(lambda: line.connect(host, int(port)))
        with pytest.raises(error_perm):
            super(FTP_TLS, line).login("zei", password)
        line.login("zei", password)
        line.prot_p()
        name, raw, end = file_of("taxes", 1, [tax(1)])
        for each, content in ((name, raw), (name[:-4] + ".end", end)):
            line.storbinary(f"STOR in/{each}.tmp", BytesIO(content))
            line.rename(f"in/{each}.tmp", f"in/{each}")
        with pytest.raises(error_perm):
            line.storbinary("STOR out/x", BytesIO(b"x"))
    assert until(lambda: [each.content for each in fetch(door(running, "core")) if each.name == name]) == [raw]


def test_killed_in_the_middle_of_a_delivery_it_delivers_exactly_once(running):
    sets = [file_of("residents", number, [resident(number, place) for place in range(1, 400)]) for number in range(1, 9)]
    sent = {name: raw for name, raw, _ in sets}
    for number, (name, raw, end) in enumerate(sets):
        opened(lambda n=name, r=raw, e=end: lay_down(door(running, "juki"), "in", [(n, r), (n[:-4] + ".end", e)]))
        if number in (3, 7):
            running.kill()
            running.start()

    taken: dict[str, list[bytes]] = {}

    def collect() -> bool:
        for each in opened(lambda: fetch(door(running, "core"))):
            if each.name in sent and each.name not in taken:
                taken[each.name] = [each.content]
                receipt = FileReceipt(each.name, set_of(each.name, each.content, each.manifest).sha256, TAKEN)
                lay_down(door(running, "core"), "receipts", [(f"{each.name}.rcp", write_receipt(receipt))])
        return len(taken) == len(sent)
    until(collect)
    assert taken == {name: [raw] for name, raw in sent.items()}
    engine = create_engine(running.environment["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.connect() as connection:
        def counted() -> dict[str, int]:
            connection.rollback()
            return dict(connection.execute(text(
                "SELECT d.state, count(*) FROM platform.delivery d JOIN platform.arrival a ON a.id = d.arrival_id"
                " WHERE a.kind = 'residents' GROUP BY d.state")).all())
        until(lambda: counted() == {"received": len(sent)})
        assert connection.scalar(text("SELECT count(*) FROM platform.register_row WHERE kind = 'residents'")) == 8 * 399
    engine.dispose()
