"""住民情報・税情報の取込: nothing is overwritten, a gap stops the file, the same file changes nothing, movements become work."""

import pytest
from sqlalchemy import text

from models.addressee import Addressee
from models.register import ImportSet, TaxRow
from models.work_item import WorkItem
from procedures.household import household_of
from procedures.refusal import Refused
from procedures.register_import import decide_held, held_rows
from procedures.register_link import look_alikes
from procedures.register_lookup import pull_taxes
from tests.life import certified_person
from tests.office import NOW
from tests.register_files import m11, resident, tax


def counts(report) -> tuple[int, int, int, int, int]:
    return report.read, report.accepted, report.rejected, report.held, report.already


def known(session, number):
    return session.query(Addressee).filter_by(file_number=m11(number)).order_by(Addressee.history_number).all()


def test_the_same_file_again_changes_nothing(session, take):
    assert counts(take("residents", 1, [resident(1), resident(2)])) == (2, 2, 0, 0, 0)
    assert counts(take("residents", 1, [resident(1), resident(2)])) == (2, 0, 0, 0, 2)
    assert session.query(ImportSet).count() == 1


def test_a_faulty_row_does_not_stop_the_others(take):
    report = take("residents", 1, [resident(1), resident(2, 生年月日="いつか"), resident(3)])
    assert counts(report) == (3, 2, 1, 0, 0)
    assert (report.errors[0].line, report.errors[0].item) == (3, "生年月日")


def test_a_gap_in_the_files_or_in_a_history_stops_the_file(session, take):
    take("residents", 1, [resident(1)])
    for report in (take("residents", 3, [resident(1, 2)], is_full=False),
                   take("residents", 2, [resident(1, 3)], is_full=False),
                   take("residents", 2, [resident(2, 2)], is_full=False),
                   take("residents", 2, [resident(1, 2), resident(1, 2)], is_full=False),
                   take("residents", 1, [resident(9)])):
        assert counts(report) == (0, 0, 0, 0, 0) and report.errors[0].line == 0
    assert [each.history_number for each in known(session, 1)] == [1]


def test_a_new_state_is_a_new_row_and_a_cancellation_keeps_what_it_said(session, take):
    take("residents", 1, [resident(1)])
    assert counts(take("residents", 2, [resident(1, 2, 住所="松町８番地")], is_full=False)) == (1, 1, 0, 0, 0)
    assert counts(take("residents", 3, [resident(1, 2, 住所="松町８番地", 取消区分="1")], is_full=False, update="C")) == (1, 1, 0, 0, 0)
    first, second = known(session, 1)
    session.refresh(second)
    assert (first.cancellation, second.cancellation, second.address) == ("0", "1", "松町８番地")


def test_the_same_key_with_other_content_waits_for_a_person(session, take, actors):
    take("residents", 1, [resident(1)])
    assert counts(take("residents", 2, [resident(1, 氏名="見本　次郎")])) == (1, 0, 0, 1, 0)
    (row,) = held_rows(session, actors["manager1"])
    assert row.differing == (("氏名", "見本　太郎", "見本　次郎"),)
    with pytest.raises(Refused):
        decide_held(session, actors["manager1"], row.id, True, " ", NOW)
    decide_held(session, actors["manager1"], row.id, True, "市民課に確認", NOW)
    session.expire_all()
    assert known(session, 1)[0].name == "見本　次郎" and held_rows(session, actors["manager1"]) == []
    assert session.execute(text("SELECT content ->> 'name' FROM record_history WHERE table_name = 'addressee'")).scalar() == "見本　太郎"
    with pytest.raises(Refused):
        decide_held(session, actors["manager1"], row.id, True, "もう一度", NOW)


def test_a_full_file_counts_what_it_does_not_name_and_deletes_nothing(session, take):
    take("residents", 1, [resident(1), resident(2)])
    report = take("residents", 2, [resident(1), resident(3)])
    assert counts(report) == (2, 1, 0, 0, 1)
    assert report.totals["missing"] >= 1 and len(known(session, 2)) == 1


@pytest.mark.parametrize(("change", "kind"), [
    ({"最新異動区分": "11"}, "died"), ({"最新異動区分": "12"}, "moved_out"), ({"最新異動区分": "03", "住所": "別の町"}, "moved_within"),
    ({"氏名": "𠮷田 華子"}, "renamed")])
def test_what_happens_to_somebody_certified_becomes_work_once(session, actors, take, change, kind):
    person = certified_person(session, actors)
    person.file_number = m11(77)
    session.flush()
    same = {"氏名": person.name, "住所": person.address}
    take("residents", 1, [resident(77, **same)])
    assert session.query(WorkItem).filter_by(recipient_id=person.id).count() == 0
    take("residents", 2, [resident(77, 2, **(same | change))], is_full=False)
    assert [each.kind for each in session.query(WorkItem).filter_by(recipient_id=person.id)] == [kind]
    session.refresh(person)
    assert person.state == "certified"


def test_taxes_are_pulled_into_the_assessment_with_their_source(session, actors, take):
    person = certified_person(session, actors)
    take("residents", 1, [resident(5, 氏名=person.name, 生年月日=person.birth_date.isoformat())])
    take("taxes", 1, [tax(5, 市町村民税所得割額="0", 市町村民税課税区分="0")])
    application = session.execute(text("SELECT application_id FROM certification WHERE recipient_id = :id"), {"id": person.id}).scalar()
    members = household_of(session, application)
    assert pull_taxes(session, actors["reviewer1"], application, 2026, members) == 1
    own = next(line for line in members if line.member_relationship == "00")
    assert (own.member_taxation, own.member_income_levy_yen, own.member_file_number) == ("3", 0, m11(5))
    assert "2026年度" in own.tax_source
    assert session.query(TaxRow).one().taxation == "3"


@pytest.mark.parametrize(("levy", "told"), [("94666", 0), ("94667", 1)])
def test_a_corrected_tax_that_would_change_the_tier_becomes_work(session, actors, take, levy, told):
    person = certified_person(session, actors)
    session.execute(text("UPDATE household_member SET member_file_number = CASE member_relationship WHEN '00' THEN :own ELSE :other END"
                         " WHERE application_id IN (SELECT id FROM application WHERE recipient_id = :id)"),
                    {"own": m11(5), "other": m11(6), "id": person.id})
    session.expire_all()
    take("taxes", 1, [tax(5, 市町村民税所得割額="94600"), tax(6, 市町村民税所得割額="0")])
    assert session.query(WorkItem).filter_by(recipient_id=person.id).count() == 0
    take("taxes", 2, [tax(5, 2, 市町村民税所得割額=levy)])
    found = session.query(WorkItem).filter_by(recipient_id=person.id).all()
    assert [(each.kind, each.detail) for each in found] == [("tier_would_change", {"from": "C1", "to": "C2"})] * told


def test_who_looks_like_somebody_on_the_ledger_is_listed_and_never_merged(session, actors):
    one, two = certified_person(session, actors), certified_person(session, actors)
    assert two in look_alikes(session, one) and one.id != two.id
