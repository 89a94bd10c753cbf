"""区分の表: every item obeys its class, in every list, search and file, and no class is without its line."""

from dataclasses import replace

import pytest

from models.items import Pii, catalogue, recorded_models
from models.recipient import Recipient
from models.reimbursement import ReimbursementClaim
from procedures import export, terms
from procedures.columns import column_of, columns_of
from procedures.listing import Question, listing
from procedures.pii_uses import USES, DoesNotLeave
from tests.office import NOW
from views.applications import VIEWS as APPLICATIONS
from views.recipients import VIEWS as RECIPIENTS
from views.records import VIEWS as RECORDS

LISTS = [each for each in (*APPLICATIONS, *RECIPIENTS, *RECORDS) if hasattr(each, "listing")]
ACCOUNT = column_of(ReimbursementClaim.account_number)


def test_every_class_has_every_use():
    assert set(USES) == set(Pii)
    assert [pii for pii, uses in USES.items() if not uses.listed and (uses.searched or uses.exported)] == []


def test_every_item_obeys_its_class():
    shown = {column.key for model in (*recorded_models(), Recipient) for column in columns_of(model)}
    assert {each.key for each in catalogue() if each.key in shown} == {
        each.key for each in catalogue() if USES[each.item.pii].listed}


def test_there_are_lists_to_judge():
    assert {each.class_permission_name for each in LISTS} >= {"Recipients", "Applications", "HouseholdRecords", "AssessmentRecords"}


@pytest.mark.parametrize("view", LISTS, ids=lambda view: view.class_permission_name)
def test_a_list_holds_no_class_that_is_not_for_its_right(view):
    held = {column.pii for column in view.listing.columns}
    assert {pii for pii in held if (nouns := USES[pii].nouns) is not None and view.class_permission_name not in nouns} == set()


def test_the_list_of_recipients_tells_the_tier_and_no_income():
    recipients = next(each for each in LISTS if each.class_permission_name == "Recipients")
    assert [column.key for column in recipients.listing.columns if column.pii is Pii.INCOME] == ["recipient.tier"]


def test_an_account_is_not_searched_even_where_a_form_is_made_up():
    assert terms.read((ACCOUNT,), {ACCOUNT.key: ["1234567"]}) == {}
    assert terms.conditions((ACCOUNT,), {ACCOUNT.key: {"has": "1234567"}}, None) == []


def test_an_account_leaves_in_no_file_even_where_a_column_is_made_up(session, actors):
    claims = listing("claims", "償還払", ReimbursementClaim)
    asked = Question({}, claims.order(None), columns=(ACCOUNT,))
    with pytest.raises(DoesNotLeave):
        export.take(session, actors["manager1"], claims, asked, None, format="csv", purpose="試し", now=NOW)


def test_the_table_is_what_decides(monkeypatch):
    monkeypatch.setitem(USES, Pii.INCOME, replace(USES[Pii.INCOME], listed=False, searched=False))
    listed = {column.pii for model in recorded_models() for column in columns_of(model)}
    assert Pii.INCOME not in listed
