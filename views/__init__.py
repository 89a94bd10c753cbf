"""Screens hosted by FAB: no SQL, no law."""

from importlib import import_module
from types import ModuleType

from flask_appbuilder import AppBuilder

# Every room of screens, in the order of the office; each names its views in VIEWS.
ROOMS: tuple[str, ...] = (
    "login", "second_factor", "presence", "own_password", "today", "work", "reception", "queue", "batches", "keying", "comparison", "scan", "lookup", "case_file",
    "assessment", "notices", "inquiries", "network_inquiries", "given", "destinations", "letters", "board", "wordings", "parameters", "register_files", "receipts", "held_receipts", "findings", "receipt_lists", "adjustments",
    "receipt_report", "month_totals", "benefit", "severities", "receipt_profiles", "renewals", "corrections", "statistics",
    "off_register", "register_link", "protection", "reimbursement", "payment", "review", "system", "systems",
    "certification", "issue", "jobs", "recipients", "person", "individual_numbers", "applications", "records", "roles",
    "users", "authenticators", "two_person", "past_rights", "sheets", "masters", "figures", "journal", "journal_inspection", "subject_requests", "disposals")


def rooms() -> list[ModuleType]:
    """Every room of screens, read."""
    return [import_module(f"views.{room}") for room in ROOMS]


def register(appbuilder: AppBuilder) -> None:
    """Hang every view into the building; FAB's menu stays empty, app.menu is ours."""
    for room in rooms():
        for view in room.VIEWS:
            appbuilder.add_view_no_menu(view)
