"""廃棄: what is past its period by a day, listed by one, approved by another, gone as approved; and the proof of it."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from models.recipient import Recipient
from procedures.disposals import (
    DisposalJob,
    ListedAlready,
    ListersOwn,
    NothingPast,
    NotWaiting,
    carry_out,
    decide,
    make_list,
    units,
)
from procedures.jobs import take, work
from procedures.refusal import Refused
from procedures.retention import KINDS, OURS, day_cutoff, fiscal_cutoff, period_of, periods
from procedures.scans import Cabinet
from rules.parameters import trial
from tests.city import settle
from tests.life import certified_person
from tests.office import NOW, ON, received

# Five years after the fiscal year: what ended by 31 March 2021 may go in the fiscal year 2026.
LAST_DAY = date(2021, 3, 31)


@pytest.fixture
def past(session):
    """Somebody whose last certification ended on *LAST_DAY*, and one who ended a day later."""
    return settle(session, {"state": "expired", "valid_to": LAST_DAY}, {"state": "expired", "valid_to": LAST_DAY + timedelta(days=1)},
                  {"state": "certified", "valid_to": date(2027, 3, 31)}, noise=0)


@pytest.fixture
def approved(session, actors):
    """``approved(kind)`` → a list made by one and approved by another."""
    def approved(kind):
        made = make_list(session, actors["reviewer1"], kind, ON)
        return decide(session, actors["manager1"], made.id, True, "", NOW)
    return approved


def _rows_about(session, person):
    """How many rows of any table still say something of her."""
    return {table: count for table in ("recipient", "application", "patient", "certification", "household_member", "assessment",
                                       "received_sheet", "keying", "record_history") if (count := session.scalar(text({
        "recipient": "SELECT count(*) FROM recipient WHERE id = :p", "record_history":
            "SELECT count(*) FROM record_history WHERE content::text LIKE '%見本 古子%'",
        "received_sheet": "SELECT count(*) FROM received_sheet WHERE acceptance_number = 'x'",
        "keying": "SELECT count(*) FROM keying WHERE raw::text LIKE '%見本 古子%'",
        "application": "SELECT count(*) FROM application WHERE recipient_id = :p",
        "certification": "SELECT count(*) FROM certification WHERE recipient_id = :p"}.get(
            table, f"SELECT count(*) FROM {table} x WHERE NOT EXISTS (SELECT FROM application a WHERE a.id = x.application_id)")),
        {"p": person}))}


def test_a_case_file_goes_a_day_after_its_period_and_not_before(session, actors, past):
    made = make_list(session, actors["reviewer1"], "case_file", ON)
    _, listed = units(session, actors["manager1"], made.id)
    assert [unit.number for unit in listed] == [past[0]] and made.units == 1 and made.row_count > 8
    assert (made.cutoff, "5年" in made.period, "未確認" in made.period) == (date(2021, 4, 1), True, True)


@pytest.mark.parametrize(("on", "years", "fiscal", "day"), [
    (date(2026, 11, 24), 5, date(2021, 4, 1), date(2021, 11, 24)), (date(2026, 3, 31), 5, date(2020, 4, 1), date(2021, 3, 31)),
    (date(2026, 4, 1), 5, date(2021, 4, 1), date(2021, 4, 1)), (date(2028, 2, 29), 7, date(2020, 4, 1), date(2021, 3, 1))])
def test_where_a_period_ends(on, years, fiscal, day):
    assert (fiscal_cutoff(on, years), day_cutoff(on, years)) == (fiscal, day)


def test_a_period_is_a_dated_setting(session, actors, past):
    with trial("retention_case_file", {ON: {"years": 6}}):
        assert period_of("case_file", ON).years == 6 and period_of("case_file", ON - timedelta(days=1)).years == 5
        with pytest.raises(NothingPast):
            make_list(session, actors["reviewer1"], "case_file", ON)
    assert {each.kind for each in periods(ON)} == set(KINDS) and not next(each for each in periods(ON) if each.kind == "provision").is_ours


def test_whoever_has_something_under_way_stays(session, actors, past):
    session.execute(text("INSERT INTO correction (recipient_id, table_name, row_id, attribute, new_value, reason, asked_by, asked_at)"
                         " VALUES (:p, 'patient', 1, 'patient_name', 'x', 'x', :u, now())"), {"p": past[0], "u": actors["clerk1"].user_id})
    with pytest.raises(NothingPast):
        make_list(session, actors["reviewer1"], "case_file", ON)


def test_one_lists_another_approves_and_the_table_says_so_too(session, actors, past):
    made = make_list(session, actors["manager1"], "case_file", ON)
    with pytest.raises(ListersOwn):
        decide(session, actors["manager1"], made.id, True, "", NOW)
    with pytest.raises(ListedAlready):
        make_list(session, actors["reviewer1"], "case_file", ON)
    with pytest.raises(NotWaiting):
        carry_out(session, actors["manager1"], made.id)
    for statement in ("UPDATE disposal SET state = 'approved', decided_by = listed_by, decided_at = now()",
                      "UPDATE disposal SET state = 'done', counts = '{}'", "DELETE FROM disposal"):
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(text(statement))
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text("SELECT carry_out_disposal(:id)"), {"id": made.id})


def test_what_was_approved_is_gone_everything_else_stays_and_the_proof_is_kept(session, actors, past, approved):
    before = session.scalar(text("SELECT count(*) FROM recipient"))
    made = carry_out(session, actors["manager1"], approved("case_file").id)
    assert session.get(Recipient, past[0]) is None and session.get(Recipient, past[1]) is not None
    assert session.scalar(text("SELECT count(*) FROM recipient")) == before - 1
    assert _rows_about(session, past[0]) == {}
    assert (made.state, made.counts["recipient"], sum(made.counts.values())) == ("done", 1, made.row_count + made.counts["record_history"])
    assert session.scalar(text("SELECT count(*) FROM disposal_row")) == 0
    entry = session.execute(text("SELECT detail FROM journal_entry WHERE action = 'disposed'")).scalar_one()
    assert (entry["rows_sha256"], entry["decided_by"]) == (made.rows_sha256, actors["manager1"].user_id)
    with pytest.raises(DBAPIError):
        session.execute(text("UPDATE disposal SET units = 0"))


def test_a_case_that_went_all_the_way_goes_with_keyings_decisions_prints_and_history(session, actors, settings, approved):
    """Signed decisions, submitted keyings and printed papers are guarded against deletion; here two people lifted that."""
    person = certified_person(session, actors, **{"patient.patient_name": "見本 古子", "insurance.insured_name": "見本 古子"})
    session.execute(text("UPDATE patient SET patient_phone = '048-000-1111' WHERE patient_name = '見本 古子'"))
    number, cabinet = person.id, Cabinet(settings.data_dir / "scans", settings.keys())
    sheet = session.execute(text("SELECT sheet_id FROM application WHERE recipient_id = :p"), {"p": number}).scalar_one()
    picture = BytesIO()
    Image.new("L", (8, 8)).save(picture, "PNG")
    scan = cabinet.store(session, picture.getvalue())
    session.execute(text("UPDATE received_sheet SET scan_id = :s WHERE id = :id"), {"s": scan.id, "id": sheet})
    _age(session, number)
    made, digest = approved("case_file"), scan.sha256
    job = take(session, NOW)
    assert work(session, job.id, DisposalJob(cabinet.files.remove), lambda: NOW) == "done"
    session.refresh(made)
    assert made.state == "done" and {"keying", "decision", "certification", "scan", "received_sheet"} <= set(made.counts)
    assert _rows_about(session, number) == {} and not cabinet.files.path(digest).exists() and made.files is None


def _age(session, person):
    """Everything about her happened ten years ago."""
    session.execute(text("SET LOCAL session_replication_role = replica"))
    for statement in (
            "UPDATE application SET application_date = application_date - 3650, acceptance_date = acceptance_date - 3650, state = 'issued'"
            " WHERE recipient_id = :p",
            "UPDATE certification SET valid_from = valid_from - 3650, valid_to = valid_to - 3650 WHERE recipient_id = :p"):
        session.execute(text(statement), {"p": person})
    session.execute(text("SET LOCAL session_replication_role = origin"))
    session.expire_all()


def test_what_changed_after_the_list_was_made_stops_the_disposal(session, actors, past, approved):
    made = approved("case_file")
    application = session.scalar(text("SELECT max(id) FROM application WHERE recipient_id = :p"), {"p": past[0]})
    session.execute(text("INSERT INTO cost_month (application_id, month, total_yen, source) VALUES (:a, '2020-01', 1, 'x')"),
                    {"a": application})
    with pytest.raises(IntegrityError), session.begin_nested():
        carry_out(session, actors["manager1"], made.id)
    assert session.get(Recipient, past[0]) is not None
    decide(session, actors["manager1"], made.id, False, "新しい行が見つかった", NOW)
    assert make_list(session, actors["reviewer1"], "case_file", ON).row_count == made.row_count + 1


def test_the_approved_rows_cannot_be_exchanged(session, actors, past, approved):
    made = approved("case_file")
    for statement in ("INSERT INTO disposal_row VALUES (:id, 'recipient', :other)",
                      "UPDATE disposal_row SET row_id = :other WHERE disposal_id = :id AND table_name = 'recipient'",
                      "DELETE FROM disposal_row WHERE disposal_id = :id"):
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(text(statement), {"id": made.id, "other": past[2]})
    session.execute(text("SET LOCAL session_replication_role = replica"))  # even who owns the tables is found out
    session.execute(text("UPDATE disposal_row SET row_id = :other WHERE disposal_id = :id AND table_name = 'recipient'"),
                    {"id": made.id, "other": past[2]})
    session.execute(text("SET LOCAL session_replication_role = origin"))
    with pytest.raises(DBAPIError, match="not those that were approved"):
        carry_out(session, actors["manager1"], made.id)


def test_a_rejected_list_names_nobody_any_more(session, actors, past):
    made = make_list(session, actors["reviewer1"], "case_file", ON)
    with pytest.raises(Refused, match="理由"):
        decide(session, actors["manager1"], made.id, False, " ", NOW)
    decide(session, actors["manager1"], made.id, False, "まだ調べている", NOW)
    assert session.scalar(text("SELECT count(*) FROM disposal_row")) == 0
    with pytest.raises(NotWaiting):
        decide(session, actors["manager1"], made.id, True, "", NOW)


@pytest.mark.parametrize(("month", "goes"), [("2021-03", True), ("2021-04", False)])
def test_receipts_go_by_their_billing_month(session, actors, past, approved, month, goes):
    session.execute(text("INSERT INTO benefit (recipient_id, billing_month, treatment_month, setting, total_yen, facility_number)"
                         " VALUES (:p, :m, '2021-01', '2', 100, '1111012348')"), {"p": past[2], "m": month})
    if not goes:
        with pytest.raises(NothingPast):
            approved("receipt")
        return
    assert carry_out(session, actors["manager1"], approved("receipt").id).counts == {"benefit": 1, "record_history": 0}


def test_a_paper_that_never_became_a_record_goes_after_its_year(session, actors, approved):
    number = received(session, actors).id
    session.execute(text("UPDATE received_sheet SET state = 'returned', received_date = '2025-03-31', returned_reason = 'x' WHERE id = :id"),
                    {"id": number})
    assert carry_out(session, actors["manager1"], approved("sheet").id).counts["received_sheet"] == 1
    assert session.scalar(text("SELECT count(*) FROM received_sheet WHERE id = :id"), {"id": number}) == 0


def test_the_journal_itself_ends_after_its_years_and_its_leaves_stay(session, actors, approved):
    session.execute(text("SET LOCAL session_replication_role = replica"))
    for table in ("journal_leaf", "journal_entry"):
        session.execute(text(f"DELETE FROM {table}"))
    session.execute(text("SET LOCAL session_replication_role = origin"))
    numbers = [session.scalar(text("INSERT INTO journal_entry (at, actor_name, action) VALUES (:at, 'x', 'keyed') RETURNING id"), {"at": at})
               for at in ("2019-11-23 23:59:59+09", "2019-11-24 00:00:00+09", "2026-11-24 10:00:00+09")]
    for place, number in enumerate(numbers):
        session.execute(text("INSERT INTO journal_leaf VALUES (:i, :n, sha256(''))"), {"i": place, "n": number})
    made = carry_out(session, actors["manager1"], approved("journal").id)
    assert (made.leaves_below, made.counts["journal_entry"]) == (1, 1)
    left = set(session.scalars(text("SELECT id FROM journal_entry")))
    assert numbers[0] not in left and set(numbers[1:]) <= left
    assert session.scalar(text("SELECT count(*) FROM journal_leaf")) == 3
    assert session.execute(text("SELECT detail -> 'leaves_below' FROM journal_entry WHERE action = 'disposed'")).scalar_one() == 1


def test_every_kind_we_keep_can_be_listed(session, actors):
    for kind in OURS:
        with pytest.raises(NothingPast):
            make_list(session, actors["reviewer1"], kind, date(2016, 1, 1))
    with pytest.raises(NothingPast):
        make_list(session, actors["reviewer1"], "provision", ON)
