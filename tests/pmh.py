"""PMHの代わり: a real HTTP server in a thread that speaks the published description, keeps what it was told, and refuses what that refuses."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "trial-token.1"
SHAPES = {"orgSpecificCertificateTypeId": r"[0-9A-Za-z]{1,50}", "myNumber": r"[0-9]{12}", "certificationName": r".{1,100}",
          "isAlwaysReimbursement": r"[01]", "validFrom": r"\d{4}-\d\d-\d\d", "validTo": r"\d{4}-\d\d-\d\d", "historyKey": r".+"}
OPTIONAL = {"medicalSubsidyInsurerNumber": r"[0-9]{8}", "medicalSubsidyRecipientNumber": r".{1,30}", "segment": r".+", "incomeSegment": r".+"}
KINDS = {"basicFiveInfo": dict, "isNotDisclosed": bool, "isDeleted": bool, "certificationDetail": list}
NAMES = {*SHAPES, *OPTIONAL, *KINDS, "maxCopaymentAmount"}


def is_taken(record: dict[str, Any]) -> bool:
    """Whether the description takes this record: names, lengths, letters and kinds."""
    return (set(record) <= NAMES
            and all(isinstance(record.get(name), str) and re.fullmatch(shape, record[name]) for name, shape in SHAPES.items())
            and all(re.fullmatch(shape, record[name]) for name, shape in OPTIONAL.items() if name in record)
            and all(isinstance(record.get(name), kind) for name, kind in KINDS.items())
            and set(record["basicFiveInfo"]) == {"name", "nameKana", "address", "dateOfBirth", "sex"})


class Desk:
    """受付: what it was told, and the status it answers with where somebody wants another."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.answers_with: int | None = None
        self.address = ""


@contextmanager
def desk() -> Iterator[Desk]:
    """Inside, PMH's stand-in answers at ``desk.address``."""
    here = Desk()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status = here.answers_with or (401 if self.headers["Authorization"] != f"Bearer {TOKEN}" else
                                           201 if all(map(is_taken, said)) else 400)
            if status == 201:
                here.told.extend(said)
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *words: object) -> None:
            """Nothing is written."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    here.address = f"http://127.0.0.1:{server.server_address[1]}/registrations"
    try:
        yield here
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
