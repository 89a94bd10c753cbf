"""事務所の全部: a demo office in which every screen has somebody to show, and the addresses at which it shows them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import product
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.commands.worker import handler_of
from config import Settings
from procedures import jobs, print_job
from procedures.actor import Actor
from procedures.keying import claim, save_draft
from procedures.off_register import begin, key_again
from procedures.register_import import import_register
from procedures.subject_requests import Asked, decide, identify, receive
from seeds.receipts import add_receipts
from tests.house.test_access import ACCESS, DEMO_USERS
from tests.life import CITY
from tests.office import NOW, ON
from tests.register_files import file_of, resident

ABROAD = {"name": "遠方 見本子", "birth_date": "S40.1.2", "sex": "2", "postal_code": "1000001", "address": "東京都千代田区千代田1-1"}
CLERKS = ("clerk1", "clerk3")
# What a screen must be sent to show somebody; every other form is sent empty.
FORMS: Mapping[str, Mapping[str, Any]] = {
    "/export": {"format": "csv", "purpose": "記録の検証のため"}, "/certification/bulk": {"cases": "{drafted}"},
    "/inquiries/file": {"kind": "physician"}, "/labels": {"first": "1", "last": "3"},
    "POST /issue/<int:certification_id>": {"reason": "破損のため"}, "/journal/file": {"reason": "記録の検証のため"},
    "/off-register/": ABROAD | {"name": "", "reason": "検証"}, "POST /requests/<int:number>/decide": {"decision": "whole"}, "POST /requests/<int:number>/copy": {"form": "pdf"},
}
# Which rows stand behind the numbers of an address.
BEHIND: Mapping[str, str] = {
    "/person/": "SELECT id FROM recipient WHERE state IN ('certified', 'lost') ORDER BY state, id LIMIT 2",
    "/numbers/": "SELECT id FROM recipient ORDER BY id LIMIT 1", "/recipients/": "SELECT id FROM recipient ORDER BY id LIMIT 1",
    "/applications/": "SELECT id FROM application ORDER BY id LIMIT 1",
    "/records/addressees/": "SELECT id FROM addressee ORDER BY id LIMIT 1",
    "/records/insurance/": "SELECT id FROM insurance ORDER BY id LIMIT 1",
    "/records/reviews/": "SELECT id FROM review ORDER BY id LIMIT 1",
    "/records/certifications/": "SELECT id FROM certification ORDER BY id LIMIT 1",
    "/records/household/": "SELECT id FROM household_member ORDER BY id LIMIT 1",
    "/records/assessments/": "SELECT id FROM assessment ORDER BY id LIMIT 1",
    "/board/": "SELECT id FROM board_session", "/renewals/": "SELECT id FROM renewal_season LIMIT 1",
    "/corrections/<int:number>": "SELECT id FROM correction", "/jobs/": "SELECT id FROM job WHERE result IS NOT NULL",
    "/register/": "SELECT id FROM held_row", "/off-register/": "SELECT id FROM off_register_entry",
    "/records/benefits/": "SELECT id FROM benefit LIMIT 1", "/scan/": "SELECT 1",
    "/requests/": "SELECT id FROM subject_request", "/disposals/": "SELECT id FROM disposal",
    "application_id": "SELECT min(id) FROM application WHERE state IN ('registered', 'drafted', 'certified', 'accepted') AND conversion IS NULL GROUP BY state",
    "certification_id": "SELECT max(id) FROM certification WHERE certification = '1' GROUP BY issue_date IS NULL",
    "sheet_id": "SELECT min(id) FROM received_sheet GROUP BY state, scan_id IS NULL",
    "keying_id": "SELECT id FROM keying WHERE submitted_at IS NULL", "inquiry_id": "SELECT id FROM inquiry LIMIT 1",
    "recipient_id": "SELECT id FROM recipient WHERE state = 'certified' ORDER BY id LIMIT 1",
    "row_id": "SELECT min(id) FROM patient",
}
WORDS: Mapping[str, tuple[str, ...]] = {
    "table": ("patient", "household_member"), "kind": ("certified", "correction"), "number": ("1",), "item": ("1",),
    "any(change, loss):what": ("change",), "any(remind, withdraw):what": ("remind",), "any(cancel, file, keep):what": ("cancel",), "name": ("tier",), "form": ("csv",)}


@dataclass(frozen=True)
class Door:
    """一つの入口: who goes to which address of which route with what in her hands."""

    route: str
    user: str
    address: str
    form: dict[str, Any] = field(default_factory=dict)

    @property
    def method(self) -> str:
        return self.route.split()[0]


def furnish(session: Session, settings: Settings) -> None:
    """Add to the demo office whatever else a screen can show: drafts, differences, contradictions, a finished print, a request."""
    rows = session.execute(text("SELECT username, id, last_name || ' ' || first_name FROM ab_user"))
    actors = {name: Actor(number, full) for name, number, full in rows}
    sheet = session.execute(text("SELECT id FROM received_sheet WHERE state = 'waiting_first' AND scan_id IS NOT NULL LIMIT 1"))
    keying = claim(session, actors["clerk1"], sheet.scalar_one(), NOW)
    save_draft(session, actors["clerk1"], keying.id, {"patient.patient_name": "下書 見本子"}, None, NOW)
    entry = begin(session, actors["clerk1"], ABROAD, "市外の被保険者", NOW)
    key_again(session, actors["clerk2"], entry.id, ABROAD | {"name": "遠方 見本乃"}, CITY, NOW)
    for sequence, name in ((1, "届出 見本子"), (2, "届出 見本乃")):
        import_register(session, actors["manager1"], "residents", *file_of("residents", sequence, [resident(7, 氏名=name)]), CITY, NOW)
    waiting = print_job.waiting(session, actors["manager1"])[:1]
    job = jobs.ask_for(session, actors["manager1"], print_job.KIND, {"ids": waiting, "folded": False})
    person = session.execute(text(BEHIND["recipient_id"])).scalar_one()
    for _ in range(2):
        asked = receive(session, actors["reviewer1"], Asked("disclosure", person, ON - timedelta(days=3), "self", "",
                                                               "保有する情報のすべて"), ON)
        identify(session, actors["reviewer1"], asked.id, "1", ON)
    decide(session, actors["manager1"], asked.id, "whole", "", (), ON)
    add_receipts(session, 20, 1, ON)
    session.commit()
    jobs.take(session, NOW)
    jobs.work(session, job.id, handler_of(job.kind, settings), lambda: NOW)
    session.commit()


def doors(session: Session) -> Iterator[Door]:
    """Every address of the access table at which somebody could be shown, with real numbers in it."""
    drafted = session.execute(text("SELECT id FROM application WHERE state = 'drafted' LIMIT 1")).scalar_one()
    # What was signed waits for nobody, and whoever leaves her screen sees nothing more, so these come last.
    last = ("POST /certification/<int:application_id>/sign", "POST /presence/lock")
    for route, roles in sorted(ACCESS.items(), key=lambda each: (last.index(each[0]) if each[0] in last else -1, each[0])):
        form = next((dict(form) for part, form in FORMS.items() if part in route), {})
        form = {name: drafted if value == "{drafted}" else value for name, value in form.items()}
        role = next((role for role in ("manager", "review", "entry", "numbers", "audit", "admin") if role in roles), None)
        users = CLERKS if role == "entry" else (DEMO_USERS[role or "entry"],)
        for user, address in product(users, _addresses(session, route)):
            yield Door(route, user, address, form)


def _addresses(session: Session, route: str) -> Iterator[str]:
    parts = route.split()[1].split("/")
    places = [place for place, part in enumerate(parts) if part.startswith("<")]
    choices = [_values(session, route.split()[1], parts[place].strip("<>")) for place in places]
    for chosen in product(*choices):
        for place, value in zip(places, chosen, strict=True):
            parts[place] = str(value)
        yield "/".join(parts)


def _values(session: Session, path: str, name: str) -> list[Any]:
    if name in WORDS:
        return list(WORDS[name])
    statement = BEHIND.get(name.removeprefix("int:")) or next(
        (each for prefix, each in BEHIND.items() if prefix.startswith("/") and path.startswith(prefix)), None)
    return list(session.execute(text(statement)).scalars()) if statement and name.startswith("int:") else ["999999"]
