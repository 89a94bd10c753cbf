"""事務の画面: no barrier on any of them while they hold real work; pictures of the new ones."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from config import Settings
from tests.browser.test_keying_safety import barriers
from tests.browser.test_main_job import picture
from tests.sealer import at_work
from tests.templates import demo_city

SCREENS = {
    "case-file": ("reviewer1", "/case/{case}"), "cases": ("reviewer1", "/case/"), "assessment-filled": ("reviewer1", "/assessment/{case}"),
    "notices": ("reviewer1", "/notices/"), "notice": ("reviewer1", "/notices/{notice}"), "recalls": ("reviewer1", "/notices/recalls"),
    "work": ("reviewer1", "/work/"), "inquiries": ("reviewer1", "/inquiries/"), "board": ("reviewer1", "/board/"),
    "agenda": ("reviewer1", "/board/{board}"), "certifications": ("manager1", "/certification/"), "issues": ("manager1", "/issue/"),
    "renewals": ("manager1", "/renewals/"), "season": ("manager1", "/renewals/{season}"), "corrections": ("manager1", "/corrections/"),
    "record": ("reviewer1", "/corrections/application/{case}"), "statistics": ("manager1", "/statistics/"),
    "payments": ("manager1", "/payments/"), "candidates": ("reviewer1", "/payments/candidates"),
    "run": ("manager1", "/payments/{run}"), "sent-run": ("manager1", "/payments/{sent}"), "returns": ("reviewer1", "/payments/returns"),
    "register": ("manager1", "/register/"), "off-register": ("clerk1", "/off-register/"), "person": ("manager1", "/person/{person}"),
    "claims": ("manager1", "/reimbursements/"), "claim": ("reviewer1", "/reimbursements/{claim}"), "granted": ("manager1", "/reimbursements/{granted}"),
    "wordings": ("admin1", "/wordings/"), "wording": ("admin1", "/wordings/refused"), "parameters": ("admin1", "/parameters/"),
    "parameter": ("admin1", "/parameters/tier")}
PICTURES = ("case-file", "season", "statistics", "parameters", "payments", "run")


@pytest.fixture(scope="module")
def settings(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The demo city."""
    for settings in demo_city(server, "screens", tmp_path_factory.mktemp("city")):
        with at_work(settings):
            yield settings


@pytest.fixture(scope="module")
def database_url(settings: Settings) -> str:
    return str(settings.database_url)


@pytest.fixture(scope="module")
def places(engine: Engine) -> dict[str, int]:
    """The numbers the screens of the demo city are opened with."""
    with Session(engine) as session:
        one = lambda query: session.scalar(text(query))  # noqa: E731  # three words, used six times
        return {"case": one("SELECT application_id FROM inquiry WHERE closed_on IS NULL ORDER BY id DESC LIMIT 1"),
                "notice": one("SELECT id FROM application WHERE state = 'accepted' ORDER BY id DESC LIMIT 1"),
                "board": one("SELECT max(session_id) FROM board_item"), "season": one("SELECT max(id) FROM renewal_season"),
                "run": one("SELECT max(id) FROM payment_batch WHERE state = 'made'"),
                "sent": one("SELECT max(id) FROM payment_batch WHERE state = 'sent'"),
                "claim": one("SELECT claim_id FROM reimbursement_calculation WHERE content -> 'overlaps' <> '[]' ORDER BY id DESC LIMIT 1"),
                "granted": one("SELECT max(id) FROM reimbursement_claim WHERE state = 'returned'"),
                "person": one("SELECT max(recipient_id) FROM work_item WHERE kind = 'died'")}


@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_of_the_office_has_no_barrier(sit_down, places, name):
    who, address = SCREENS[name]
    page = sit_down(who)
    assert page.goto(address.format(**places)).status == 200
    assert barriers(page) == []
    if name in PICTURES:
        picture(page, name)
