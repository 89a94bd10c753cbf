"""権限の表: every address of the building and the roles that may use it; an address that is not written here fails."""

import pytest
from flask import Flask
from sqlalchemy import text

NOBODY: frozenset[str] = frozenset()
ADMIN, AUDIT, MANAGER = "admin", "audit", "manager"
CASES = frozenset({"review", MANAGER})
KEYING = frozenset({"entry", "contract_entry"})
LOOKUP = KEYING | {ADMIN}  # master data only, no person; an administrator tries out sheets with it
SEERS = frozenset({"entry", "review", MANAGER, "numbers"})
EVERYBODY = frozenset({"entry", "contract_entry", "review", MANAGER, "numbers", ADMIN, AUDIT})
DEMO_USERS = {"entry": "clerk1", "review": "reviewer1", MANAGER: "manager1", "numbers": "numbers1",
              ADMIN: "admin1", AUDIT: "auditor1"}

# Open to everybody, each for its reason: the door itself, the health of the machine, files without content.
OPEN = {"GET /", "GET /login/", "POST /login/", "POST /logout/", "POST /lang/<string:locale>", "GET /healthz", "GET /metrics",
        "GET /readyz", "GET /static/<path:filename>", "GET /static/appbuilder/<path:filename>",
        # The way in: each opens for whoever gave the first factor, or sends the browser to the common authentication.
        "POST /login/provider/begin", "GET /login/provider/back", "GET /login/provider/token", "POST /login/provider/finish",
        "POST /login/provider/logout",  # the provider says that somebody left: its signature counts
        "GET /login/finger", "POST /login/finger", "POST /login/finger/challenge", "GET /login/enrol", "POST /login/enrol",
        "POST /login/enrol/challenge"}

LISTS = {
    "/recipients": SEERS, "/applications": SEERS,
    "/records/insurance": CASES, "/records/reviews": CASES, "/records/certifications": CASES,
    "/records/household": CASES, "/records/assessments": CASES, "/records/addressees": CASES,
    "/records/benefits": frozenset({MANAGER}), "/records/reimbursements": frozenset({MANAGER}),
}
OF_A_LIST = ("GET /", "GET /<int:number>", "GET /columns", "POST /columns", "POST /search", "POST /tabs",
             "POST /tabs/forget")
MASTERS = ("diseases", "facilities", "insurers", "municipalities", "banks", "branches", "attachments",
           "codes/<string:noun>")
OF_A_MASTER = ("GET /list/", "POST /search", "GET /show/<int:pk>", "GET /add", "POST /add", "GET /edit/<int:pk>",
               "POST /edit/<int:pk>", "GET /file", "POST /take-in")

ACCESS = {
    "GET /password/": EVERYBODY, "POST /password/": EVERYBODY,
    "GET /presence/": EVERYBODY, "GET /presence/state": EVERYBODY, "POST /presence/lock": EVERYBODY,
    "POST /presence/challenge": EVERYBODY, "POST /presence/prove": EVERYBODY,
    "GET /authenticators/": {ADMIN}, "GET /authenticators/of/<int:number>": {ADMIN},
    "POST /authenticators/of/<int:number>": {ADMIN}, "POST /authenticators/<int:number>/revoke": {ADMIN},
    "POST /authenticators/<int:number>/<any(confirm, cancel):wish>": {ADMIN},
    "GET /today/": CASES,
    "GET /reception/": {"entry", MANAGER}, "POST /reception/": {"entry", MANAGER},
    "GET /queue/": KEYING, "POST /queue/next": KEYING, "POST /keying/<int:sheet_id>": KEYING,
    "GET /queue/return/<int:sheet_id>": KEYING, "POST /queue/return/<int:sheet_id>": KEYING,
    "GET /batches/": {MANAGER}, "POST /batches/": {MANAGER}, "POST /batches/<int:number>/end": {MANAGER},
    "GET /queue/held": {MANAGER}, "POST /queue/held/<int:keying_id>": {MANAGER},
    "POST /reception/again/<int:sheet_id>": {"entry", MANAGER}, "POST /reception/for": {"entry", MANAGER}, "POST /renewals/<int:number>/add": {MANAGER},
    "POST /protection/<int:recipient_id>": {MANAGER}, "POST /protection/<int:recipient_id>/end": {MANAGER},
    "GET /register/link/<int:recipient_id>": CASES, "POST /register/link/<int:recipient_id>": CASES,
    "GET /keying/<int:sheet_id>": KEYING, "POST /keying/draft/<int:keying_id>": KEYING,
    "POST /keying/submit/<int:keying_id>": KEYING, "GET /keying/token": KEYING,
    "GET /scan/<int:sheet_id>/<int:number>": KEYING,
    "GET /lookup/<any(facility, insurer, bank, municipality):kind>/<string:number>": LOOKUP,
    "GET /lookup/branch/<string:bank>/<string:number>": LOOKUP, "GET /lookup/disease": LOOKUP,
    "GET /lookup/postal/<string:code>": LOOKUP,
    "GET /settlement/<int:sheet_id>": {"entry"}, "POST /settlement/<int:sheet_id>": {"entry"},
    "GET /assessment/": CASES, "GET /assessment/<int:application_id>": CASES,
    "POST /assessment/<int:application_id>": CASES,
    "GET /review/": CASES, "GET /review/<int:application_id>": CASES,
    "POST /review/<int:application_id>": {"review"},
    "GET /certification/": CASES, "GET /certification/<int:application_id>": CASES,
    "POST /certification/<int:application_id>/draft": CASES,
    "POST /certification/<int:application_id>/sign": {MANAGER},
    "POST /certification/<int:application_id>/back": {MANAGER}, "POST /certification/bulk": {MANAGER},
    "GET /issue/": {MANAGER}, "POST /issue/<int:certification_id>": {MANAGER},
    "GET /issue/<int:certification_id>/preview": {MANAGER},
    "GET /issue/notice/<int:application_id>/preview": {MANAGER}, "POST /issue/notice/<int:application_id>": {MANAGER},
    "GET /letters/": CASES, "POST /letters/": CASES, "POST /inquiries/remind": CASES,
    "GET /case/<int:application_id>": CASES, "POST /case/<int:application_id>/attachment": CASES,
    "POST /case/<int:application_id>/withdraw": CASES, "POST /case/<int:application_id>/board-again": CASES,
    "POST /case/<int:application_id>/ask": CASES, "POST /case/<int:application_id>/letter/<kind>": CASES,
    "POST /case/<int:application_id>/answer/<int:inquiry_id>": CASES, "GET /case/": CASES,
    "POST /case/<int:application_id>/costs": CASES,
    "GET /notices/": CASES, "GET /notices/<int:application_id>": CASES, "POST /notices/<int:application_id>": CASES,
    "GET /notices/recalls": CASES, "POST /notices/recalls": CASES,
    "GET /work/": CASES, "POST /work/<int:number>": CASES,
    "POST /work/person/<int:recipient_id>/<any(change, loss):what>": CASES,
    "GET /inquiries/": CASES, "POST /inquiries/<int:inquiry_id>/<any(remind, withdraw):what>": CASES,
    "POST /inquiries/file": CASES, "POST /inquiries/answers": CASES,
    "GET /board/": CASES, "POST /board/": {"review"}, "GET /board/<int:number>": CASES,
    "POST /board/<int:number>/add": {"review"}, "POST /board/<int:number>/off/<int:item>": {"review"},
    "POST /board/<int:number>/answer/<int:item>": {"review"}, "POST /board/<int:number>/close": {"review"},
    "POST /board/<int:number>/papers": {"review"},
    "GET /register/": {MANAGER}, "POST /register/": {MANAGER}, "POST /register/held/<int:number>": {MANAGER},
    "GET /receipts/": {MANAGER}, "POST /receipts/": {MANAGER}, "GET /receipts/<int:number>": {MANAGER},
    "POST /receipts/<int:number>/undo": {MANAGER}, "GET /receipts/uploads/<int:number>": {MANAGER},
    "GET /receipts/uploads/<int:number>/progress": {MANAGER},
    "GET /held-receipts/": {MANAGER}, "POST /held-receipts/<int:number>": {MANAGER},
    "GET /findings/": {MANAGER}, "POST /findings/": {MANAGER},
    "GET /receipt-lists/": {MANAGER}, "POST /receipt-lists/file": {MANAGER},
    "GET /adjustments/": {"entry", MANAGER}, "POST /adjustments/<int:recipient_id>/<int:number>": {"entry", MANAGER},
    "POST /adjustments/<int:number>/forget": {"entry", MANAGER},
    "GET /receipt-report/": {MANAGER}, "POST /receipt-report/invoice": {MANAGER}, "POST /receipt-report/file": {MANAGER},
    "GET /over-cap/": {MANAGER}, "GET /over-cap/candidates": {MANAGER},
    "GET /benefits/<int:recipient_id>/<int:number>": {MANAGER}, "GET /benefits/<int:recipient_id>/month/<month>": {MANAGER},
    "POST /benefits/<int:recipient_id>/<int:number>/ask": {MANAGER},
    "GET /severities/": {MANAGER}, "POST /severities/": {MANAGER},
    "GET /receipt-profiles/": {MANAGER}, "POST /receipt-profiles/": {MANAGER}, "POST /receipt-profiles/new": {MANAGER},
    "GET /receipt-profiles/<int:number>": {MANAGER},
    "POST /assessment/<int:application_id>/taxes": CASES,
    "GET /renewals/": {MANAGER}, "POST /renewals/": {MANAGER}, "GET /renewals/<int:number>": {MANAGER},
    "POST /renewals/<int:number>/print": {MANAGER}, "POST /renewals/<int:number>/back": {MANAGER},
    "POST /renewals/<int:number>/tell": {MANAGER}, "POST /renewals/<int:number>/untell": {MANAGER},
    "POST /renewals/expired": {MANAGER}, "POST /renewals/<int:number>/labels": {MANAGER}, "POST /renewals/code": {"entry", MANAGER},
    "GET /parameters/": {ADMIN}, "GET /parameters/<name>": {ADMIN}, "POST /parameters/<name>": {ADMIN},
    "GET /reimbursements/": CASES, "GET /reimbursements/<int:number>": CASES,
    **{f"POST /reimbursements/<int:number>/{what}": CASES for what in (
        "calculate", "high-cost", "bill/<int:bill>", "proxy", "forward", "withdraw", "draft", "letter", "sheet", "divide", "take-back/ask")},
    **{f"POST /reimbursements/<int:number>/take-back{what}": {MANAGER} for what in ("", "/stand")},
    "POST /reimbursements/<int:number>/sign": {MANAGER}, "POST /reimbursements/<int:number>/back": {MANAGER},
    "GET /payments/": CASES, "POST /payments/": CASES, "GET /payments/candidates": CASES, "GET /payments/<int:number>": CASES,
    "POST /payments/<int:number>/release": {MANAGER}, "POST /payments/<int:number>/cancel": CASES,
    **{f"POST /payments/<int:number>/{what}": {MANAGER} for what in ("file", "detail", "entries", "paper")},
    "POST /payments/<int:number>/return": CASES, "GET /payments/returns": CASES, "POST /payments/returns": CASES,
    "POST /payments/returns/<int:number>": CASES,
    "GET /corrections/": {MANAGER}, "POST /corrections/<int:number>": {MANAGER},
    "GET /corrections/<table>/<int:row_id>": CASES, "POST /corrections/<table>/<int:row_id>": CASES,
    "GET /statistics/": {MANAGER}, "POST /statistics/file": {MANAGER},
    "GET /off-register/": {"entry"}, "POST /off-register/": {"entry"}, "GET /off-register/<int:number>": {"entry"},
    "POST /off-register/<int:number>": {"entry"},
    "GET /wordings/": {ADMIN}, "GET /wordings/<kind>": {ADMIN}, "POST /wordings/<kind>": {ADMIN},
    "POST /wordings/<kind>/preview": {ADMIN},
    "GET /jobs/": CASES, "GET /jobs/<int:number>/progress": CASES, "POST /jobs/<int:number>/result": CASES,
    "POST /jobs/<int:number>/<any(pause, resume, cancel):wish>": CASES, "POST /jobs/certificates": {MANAGER},
    "GET /person/<int:number>": SEERS,
    "GET /numbers/<int:number>": {"numbers"}, "POST /numbers/<int:number>": {"numbers"},
    "GET /past-rights/": {ADMIN, AUDIT},
    "GET /two-person/": {ADMIN, MANAGER}, "POST /two-person/see-numbers": {ADMIN, MANAGER},
    "POST /two-person/<int:number>/<any(confirm, reject, end):wish>": {ADMIN, MANAGER},
    "GET /roles/": {ADMIN}, "POST /roles/": {ADMIN}, "POST /roles/preview": {ADMIN},
    "GET /journal/": {AUDIT}, "POST /journal/search": {AUDIT}, "POST /journal/file": {AUDIT},
    "GET /inspection/": {AUDIT}, "POST /inspection/": {AUDIT}, "POST /inspection/file": {AUDIT}, "GET /inspection/seal": {AUDIT},
    "GET /requests/": CASES, "POST /requests/": CASES, "GET /requests/<int:number>": CASES,
    "POST /requests/<int:number>/<any(identify, extend, withdraw):step>": CASES, "POST /requests/<int:number>/decide": {MANAGER},
    "POST /requests/<int:number>/preview": {MANAGER}, "POST /requests/<int:number>/copy": {MANAGER},
    "GET /disposals/": CASES | {AUDIT}, "POST /disposals/": CASES, "GET /disposals/<int:number>": CASES,
    "POST /disposals/<int:number>": {MANAGER},
    "GET /figures/": {MANAGER}, "POST /figures/file": {MANAGER},
    "GET /sheets/": {ADMIN}, "GET /sheets/<string:name>/": {ADMIN},
    "GET /sheets/<string:name>/<int:number>/preview": {ADMIN}, "POST /sheets/<string:name>/<int:number>/withdraw": {ADMIN},
    "GET /sheets/<string:name>/draft": {ADMIN}, "POST /sheets/<string:name>/draft": {ADMIN},
    "POST /sheets/<string:name>/draft/open": {ADMIN}, "POST /sheets/<string:name>/draft/take-over": {ADMIN},
    "POST /sheets/<string:name>/draft/discard": {ADMIN},
    "GET /sheets/<string:name>/publish": {ADMIN}, "POST /sheets/<string:name>/publish": {ADMIN},
    "GET /users/": {ADMIN}, "POST /users/search": {ADMIN}, "GET /users/new": {ADMIN}, "POST /users/new": {ADMIN},
    "GET /users/<int:number>": {ADMIN}, "POST /users/<int:number>": {ADMIN}, "GET /users/file": {ADMIN},
    "POST /users/<int:number>/<any(stop, resume, password, directory, provider):wish>": {ADMIN},
    "GET /users/take-in": {ADMIN}, "POST /users/take-in": {ADMIN}, "POST /users/take-in/save": {ADMIN},
    "GET /masters/": {ADMIN},
    "GET /systems/": {ADMIN, MANAGER}, "POST /systems/messages/<int:number>": {ADMIN},
    "GET /network-inquiries/": CASES, "GET /network-inquiries/<int:application_id>": CASES,
    "POST /network-inquiries/<int:application_id>": CASES, "POST /network-inquiries/<int:application_id>/here": CASES,
    "POST /network-inquiries/<int:application_id>/<int:number>/<any(cancel, file, keep):what>": CASES,
    "GET /given/<int:recipient_id>": CASES, "POST /given/<int:recipient_id>/transfer": {MANAGER}, "POST /given/<int:recipient_id>/records": CASES,
    "GET /destinations/": {MANAGER}, "POST /destinations/": {MANAGER}, "POST /destinations/<int:number>/end": {MANAGER},
    "POST /numbers/<int:number>/register": {"numbers"},
    "GET /system/": {ADMIN, MANAGER}, "POST /system/jobs/<int:number>/<any(resume, cancel):wish>": {ADMIN},
    "POST /system/copies/<int:number>/<any(ask, release):wish>": {ADMIN, MANAGER},
} | {f"{route.split()[0]} /masters/{noun}{route.split()[1]}": {ADMIN} for noun in MASTERS for route in OF_A_MASTER
     } | {f"{route.split()[0]} {base}{route.split()[1]}": roles for base, roles in LISTS.items() for route in OF_A_LIST
     } | {f"{method} {base}/export": {MANAGER} for base in LISTS for method in ("GET", "POST")}


def _routes(app: Flask) -> dict[str, object]:
    """Method and address → the function behind it."""
    return {f"{method} {rule.rule}": app.view_functions[rule.endpoint] for rule in app.url_map.iter_rules()
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}


def _address(route: str) -> str:
    """An address that matches *route* and names nothing that exists."""
    known = {"<any(facility, insurer, bank, municipality):kind>": "bank", "<any(pause, resume, cancel):wish>": "pause",
             "<any(stop, resume, password, directory, provider):wish>": "stop", "<any(confirm, cancel):wish>": "confirm", "<any(identify, extend, withdraw):step>": "identify", "<any(confirm, reject, end):wish>": "end",
             "<any(resume, cancel):wish>": "cancel", "<any(ask, release):wish>": "ask",
             "<any(change, loss):what>": "change", "<any(remind, withdraw):what>": "remind", "<any(cancel, file, keep):what>": "cancel", "<kind>": "held", "<string:noun>": "sex"}
    for part, value in known.items():
        route = route.replace(part, value)
    return "/".join("999999" if part.startswith("<") else part for part in route.split()[1].split("/"))


def test_every_address_is_in_the_table(app: Flask):
    assert set(_routes(app)) == set(ACCESS) | OPEN


def test_the_seeded_roles_hold_what_the_table_says(app: Flask, session):
    held: dict[tuple[str, str], set[str]] = {}
    for role, permission, view in session.execute(text("""
            SELECT r.name, p.name, v.name FROM ab_role r JOIN ab_permission_view_role pr ON pr.role_id = r.id
              JOIN ab_permission_view pv ON pv.id = pr.permission_view_id
              JOIN ab_permission p ON p.id = pv.permission_id JOIN ab_view_menu v ON v.id = pv.view_menu_id""")):
        held.setdefault((permission, view), set()).add(role)
    found = {}
    for route, function in _routes(app).items():
        if route not in OPEN:
            view = function.__self__  # type: ignore[attr-defined]  # what a bound method knows
            verb = function.needs  # type: ignore[attr-defined]  # a mark on the function
            found[route] = held.get((f"can_{verb}", view.class_permission_name), set()) if verb else EVERYBODY
    assert found == {route: set(roles) for route, roles in ACCESS.items()}


@pytest.mark.parametrize("role", DEMO_USERS)
def test_an_address_outside_the_role_is_refused(role, login):
    client = login(DEMO_USERS[role])
    entered = {route: client.open(_address(route), method=route.split()[0]).status_code
               for route, roles in ACCESS.items() if role not in roles}
    assert {route for route, status in entered.items() if status != 403} == set()


def test_nobody_enters_without_logging_in(client):
    entered = {route: client.open(_address(route), method=route.split()[0]) for route in ACCESS}
    assert {route for route, answer in entered.items()
            if answer.status_code != 401 and answer.headers.get("Location") != "/login/"} == set()


def test_the_administrator_of_permissions_sees_no_case():
    offices = ("/authenticators/", "/two-person/", "/past-rights/", "/masters/", "/roles/", "/users/", "/sheets/", "/journal/", "/inspection/", "/disposals/", "/lookup/", "/wordings/", "/parameters/", "/system/", "/systems/")
    assert {route for route, roles in ACCESS.items() if {ADMIN, AUDIT} & set(roles) and roles != EVERYBODY} <= {
        route for route in ACCESS if any(office in route for office in offices)}
