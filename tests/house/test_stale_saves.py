"""古い画面からの保存: every form that could write over what somebody else stored says how it does not, or why there is nothing to lose."""

import re
from collections.abc import Iterator
from inspect import unwrap
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from tests.house.test_access import ACCESS, OPEN

# How an address keeps what somebody else stored meanwhile; the first pattern that fits decides.
VERSION = "carries the version it showed: who saves second sees both values, or what she would have signed"
STEP = "a step of a state machine: taken once, refused when somebody took it before"
ADDS = "adds a row of its own and changes none"
OWN = "what is written is the writer's own: her draft, her list, her session"
READS = "gives out a paper, a file or a page; nothing is changed"
AGAIN = "says the same again, or works it out again from what is stored"

WAYS: tuple[tuple[str, str], ...] = (
    (r"/masters/.*/edit/|/users/<int:number>$|/roles/$|/roles/preview|/parameters/<name>$|/wordings/<kind>$|/assessment/<int:\w+>$", VERSION),
    (r"/case/.*/costs|/receipt-report/invoice|/reimbursements/.*/(high-cost|sign|bill/.*|proxy|forward)|/register/link/|/certification/(bulk|.*/sign)", VERSION),
    (r"/sheets/.*/(draft|discard|publish)$", VERSION),
    (r"/(search|columns|tabs|forget|export|file|preview|papers?|labels|letter.*|sheet|detail|entries|copy|take-in|print|result)$", READS),
    (r"/(letters|inspection|numbers|jobs/certificates)\b|/renewals/code", READS),
    (r"^POST /(presence|password|keying|queue/next|login|logout|lang)|/reception/for|/adjustments/", OWN),
    (r"/sheets/.*/draft/(open|take-over)", STEP),
    (r"/destinations/$|/given/.*/transfer$|/network-inquiries/<int:application_id>(/here)?$", ADDS),
    (r"/destinations/.*/end$|/network-inquiries/.*what>$", STEP),
    (r"/given/.*/records$|/systems/messages/", AGAIN),
    (r"/calculate|/taxes|/renewals/(expired|.*/(add|tell|untell))|/inquiries/remind|/jobs/<|/system/jobs", AGAIN),
    (r"/(attachment|ask|add|new|save|return|see-numbers)$|/protection/<int:\w+>$|/corrections/<table>|/work/person|/findings/|/severities/|/receipt-profiles/",
     ADDS),
    (r"^POST /(reception|board|payments|receipts|register|off-register|renewals|requests|disposals|batches|authenticators|receipts|payments/returns)/(of/.*)?$",
     ADDS),
    (r"/(settlement|review|certification|board|corrections|disposals|held-receipts|register/held|off-register|notices|work|issue|inquiries|queue)/",
     STEP),
    (r"/(batches|authenticators|two-person|payments|receipts|reimbursements|requests|protection|case|system/copies|reception|renewals|sheets|users)/",
     STEP),
)


def _way(route: str) -> str:
    return next((way for pattern, way in WAYS if re.search(pattern, route)), "")


POSTS = sorted(route for route in {*ACCESS, *OPEN} if route.startswith("POST "))


def test_every_form_has_its_way_or_its_reason():
    assert [route for route in POSTS if not _way(route)] == []


def test_every_pattern_is_about_something():
    decided = [next(pattern for pattern, _ in WAYS if re.search(pattern, route)) for route in POSTS]
    assert {pattern for pattern, _ in WAYS} == set(decided)


@pytest.mark.parametrize("route", [route for route in POSTS if _way(route) == VERSION])
def test_a_form_that_writes_over_asks_for_the_version_it_showed(app: Flask, route):
    """The code behind the address reads what the form carries; a form that forgets to send it is caught in the browser's tests."""
    rule = next(rule for rule in app.url_map.iter_rules() if rule.rule == route.split()[1] and "POST" in (rule.methods or ()))
    function = app.view_functions[rule.endpoint]
    assert any("version" in word for word in _words(unwrap(function.__func__), type(function.__self__), set())), route


def _words(function: Any, view: type, seen: set[Any]) -> Iterator[str]:
    """Every name and text of a method, and of what it calls of its view and of its file."""
    waiting = [function.__code__]
    while waiting:
        code = waiting.pop()
        yield from (*code.co_names, *(each for each in code.co_consts if isinstance(each, str)))
        waiting += [each for each in code.co_consts if hasattr(each, "co_consts")]
        for name in code.co_names:
            called = getattr(view, name, None) or function.__globals__.get(name)
            called = unwrap(called) if callable(called) else called
            if hasattr(called, "__code__") and called not in seen and called.__module__ == function.__module__:
                seen.add(called)
                yield from _words(called, view, seen)


def test_what_stays_in_the_history_is_kept_there(session):
    kept = set(session.scalars(text("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
                                    "WHERE p.proname LIKE '%history%'")))
    assert {"reimbursement_claim", "reimbursement_bill", "patient"} <= kept
