"""印刷: every document reaches a real printer process byte for byte, once; held it waits, unclear it is nobody's second copy."""

import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from exchange import ipp
from exchange.soap import SoapFault
from systems.platform import printing
from systems.platform.service_tables import PrintJob
from tests.serving import beside, free_ports
from tests.systems.platform.room import Browser

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40
NOW = datetime(2040, 11, 26, 9, tzinfo=UTC)  # later than the clock that writes the rows


@pytest.fixture(scope="module")
def paper(tmp_path_factory):
    """An IPP printer as a process of its own; its address, and the folder its papers fall into."""
    folder, (port,) = tmp_path_factory.mktemp("paper"), free_ports()
    with beside([sys.executable, "-W", "ignore", "-m", "ippserver", "--host", "127.0.0.1", "--port", str(port), "save", "--pdf",
                 str(folder)], port, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        yield f"ipp://127.0.0.1:{port}/printer", folder


def printed(folder: Path) -> list[bytes]:
    return [each.read_bytes() for each in sorted(folder.glob("*.pdf"))]


def work(engine):
    while printing.send_one(engine, NOW) or printing.follow_one(engine, NOW + timedelta(hours=1)):
        pass


def queued(engine, address, *, is_held=False, copies=1, document=PDF):
    with Session(engine) as session:
        printer = printing.add_printer(session, f"見本{datetime.now(UTC).timestamp()}", address)
        job = printing.queue(session, printer, "通知の束", document, copies, "manager1", is_held=is_held)
        session.commit()
        return job.id


def state(engine, number):
    with Session(engine) as session:
        job = session.get_one(PrintJob, number)
        return job.state, job.fault


def change(engine, number, wish):
    with Session(engine) as session:
        made = printing.change(session, number, wish, "manager1", datetime.now(UTC))
        session.commit()
        return made.id


def test_a_document_is_held_released_printed_once_and_printed_again_as_a_job_of_its_own(paper, engine):
    address, folder = paper
    number = queued(engine, address, is_held=True)
    work(engine)
    assert state(engine, number) == ("held", "") and printed(folder) == []
    change(engine, number, "release")
    work(engine)
    work(engine)
    assert state(engine, number) == ("printed", "") and printed(folder) == [PDF]
    with pytest.raises(SoapFault):
        change(engine, number, "hold")
    again = change(engine, number, "again")
    work(engine)
    assert again != number and state(engine, again) == ("printed", "") and printed(folder) == [PDF, PDF]
    with Session(engine) as session:
        assert printing.empty_old(session, datetime.now(UTC) + timedelta(days=8)) == 2
        with pytest.raises(SoapFault):
            printing.change(session, number, "again", "manager1", NOW)
        session.rollback()


def test_a_printer_that_is_away_is_tried_again_and_a_cancelled_job_never_comes(engine):
    number = queued(engine, f"ipp://127.0.0.1:{free_ports()[0]}/printer")
    assert printing.send_one(engine, NOW) and state(engine, number) == ("waiting", "away")
    assert not printing.send_one(engine, NOW), "later"
    change(engine, number, "cancel")
    assert not printing.send_one(engine, NOW + timedelta(days=1)) and state(engine, number)[0] == "cancelled"


def test_what_was_begun_and_never_answered_is_not_sent_twice(paper, engine):
    address, folder = paper
    number, before = queued(engine, address), len(printed(folder))
    with Session(engine) as session:  # the process ended between the first byte and the answer
        session.get_one(PrintJob, number).state = "sent"
        session.commit()
    work(engine)
    assert state(engine, number) == ("failed", "unclear") and len(printed(folder)) == before


def test_only_a_pdf_is_printed_and_only_at_a_printers_address(engine):
    with Session(engine) as session:
        printer = printing.add_printer(session, "見本", "ipps://printer.example/ipp/print")
        for document, copies in ((b"GIF89a", 1), (PDF, 0), (PDF, 100)):
            with pytest.raises(SoapFault):
                printing.queue(session, printer, "題", document, copies, "manager1", is_held=False)
        for name, address in (("見本", "ipp://x/"), ("別", "http://x/"), (" ", "ipp://x/")):
            with pytest.raises(SoapFault):
                printing.add_printer(session, name, address)
        session.rollback()


def test_the_queue_is_worked_from_the_screen(app, engine, paper):
    operator, manager = Browser(app, "admin1"), Browser(app, "manager1")
    operator.post("/printers", name="三階", address=paper[0])
    page = manager.get("/print").get_data(as_text=True)
    choice = page.split('<option value="')[-1].split('"')[0] if "三階" in page else ""
    page = manager.post("/print", printer=choice, title="束 7", copies="2", held="yes",
                        document=(BytesIO(PDF), "a.pdf")).get_data(as_text=True)
    assert "束 7" in page and "保留を解く" in page
    assert Browser(app, "clerk1").get("/print").status_code == 403


@given(st.binary(max_size=60))
@settings(max_examples=40, deadline=None)
def test_whatever_a_printer_answers_is_read_or_unclear(raw):
    with suppress(ipp.PrinterUnclear):
        ipp.decoded(raw)
