"""宛名管理: the newest row stands, an older one is sent back with its reason; who may be one person is listed and two people decide."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from exchange.soap import SoapFault
from systems.numberlink import addressees
from systems.numberlink.tables import Addressee, Candidate, Intake
from tests.systems.numberlink.conftest import caller
from tests.systems.numberlink.people import individual_number, resident


def come(session, *rows):
    return addressees.register(session, caller("feed"), {"宛名": rows})["取込"]


def kept(session, place=1):
    return session.scalars(select(Addressee).where(Addressee.file_number == resident(place)["整理番号"])).one()


def candidate(session):
    return session.scalars(select(Candidate)).one()


def twin(place, **other):
    return resident(place, 氏名="見本一", 生年月日=resident(1)["生年月日"], 住登外区分="1", **other)


def test_a_newer_row_takes_the_place_of_an_older_one(session):
    assert [each["取込区分"] for each in come(session, resident(1))] == ["反映"]
    assert come(session, resident(1, 履歴番号=2, 住所="見本市南町1番地"))[0]["取込区分"] == "反映"
    assert (kept(session).history_number, kept(session).content["住所"]) == (2, "見本市南町1番地")


@pytest.mark.parametrize(("row", "why"), [
    (resident(1, 履歴番号=1), "古い"), (resident(1, 履歴番号=2, 氏名="別人"), "同じ履歴番号"),
    (resident(1, 履歴番号=3, 市区町村番号="112038"), "市区町村番号"), (resident(1, 履歴番号=3, 氏名=" "), "氏名"),
    (resident(1, 履歴番号=3, 住所=individual_number(5)), "個人番号"),
    (resident(1, 履歴番号=3, 転入前住所="本町 １２３４-５６７８-９０１８"), "個人番号"),
])
def test_what_cannot_stand_is_sent_back_and_changes_nothing(session, row, why):
    come(session, resident(1, 履歴番号=2))
    (told,) = come(session, row)
    assert told["取込区分"] == "差戻" and why in told["理由"]
    assert kept(session).content == {name: value for name, value in resident(1, 履歴番号=2).items() if value}
    assert session.scalars(select(Intake.outcome).order_by(Intake.id)).all() == ["反映", "差戻"]


def test_the_same_row_again_changes_nothing(session):
    come(session, resident(1))
    assert come(session, resident(1))[0]["取込区分"] == "反映"


def test_one_bad_row_stops_no_other(session):
    come(session, resident(1, 履歴番号=2))
    assert [each["取込区分"] for each in come(session, resident(1), resident(2))] == ["差戻", "反映"]


def test_the_same_name_and_birthday_is_a_candidate_and_nothing_is_merged(session):
    come(session, resident(1))
    (told,) = come(session, twin(2))
    assert told["取込区分"] == "候補あり" and told["候補"][0]["整理番号"] == resident(1)["整理番号"]
    assert candidate(session).state == "未判断" and kept(session, 2).integrated_id is None


def test_another_name_at_the_same_place_is_a_candidate_only_between_on_and_off_the_register(session):
    alike = {"生年月日": resident(1)["生年月日"], "住所": resident(1)["住所"], "氏名": "改姓　花子"}
    assert come(session, resident(1), resident(2, **alike))[1]["取込区分"] == "反映"
    assert come(session, resident(3, **alike | {"氏名": "旧姓　花子"}, 住登外区分="1"))[0]["取込区分"] == "候補あり"


def test_two_people_declare_two_addressees_one_person(session, numbering):
    come(session, resident(1), twin(2))
    number = numbering.assign(session, caller(), {"整理番号": resident(1)["整理番号"], "個人番号": individual_number(1), "本人確認": "カード"})
    pair = candidate(session)
    with pytest.raises(SoapFault):
        addressees.decide(session, pair, "numbers1", "  ", same=True)
    addressees.decide(session, pair, "numbers1", "戸籍の附票で確認", same=True)
    assert kept(session, 2).integrated_id is None
    with pytest.raises(SoapFault, match="別の人"):
        addressees.confirm(session, pair, "numbers1", agrees=True)
    addressees.confirm(session, pair, "manager1", agrees=True)
    assert addressees.number_of(session, kept(session, 2)) == number["統合宛名番号"]
    assert addressees.likes(session, kept(session, 2)) == []


def test_a_number_that_comes_after_the_decision_is_the_number_of_both(session, numbering):
    come(session, resident(1), twin(2))
    addressees.decide(session, candidate(session), "numbers1", "戸籍", same=True)
    addressees.confirm(session, candidate(session), "manager1", agrees=True)
    made = numbering.assign(session, caller(), {"整理番号": resident(2)["整理番号"], "個人番号": individual_number(2), "本人確認": "カード"})
    assert addressees.number_of(session, kept(session, 1)) == made["統合宛名番号"]


def test_two_integrated_numbers_are_never_made_one(session, numbering):
    come(session, resident(1), twin(2))
    for place in (1, 2):
        numbering.assign(session, caller(), {"整理番号": resident(place)["整理番号"], "個人番号": individual_number(place), "本人確認": "カード"})
    with pytest.raises(SoapFault) as found:
        addressees.decide(session, candidate(session), "numbers1", "戸籍", same=True)
    assert found.value.code == "two_numbers"
    addressees.decide(session, candidate(session), "numbers1", "別人と確認", same=False)
    assert candidate(session).state == "別人"


def test_the_table_knows_no_decision_of_one_person(session):
    come(session, resident(1), twin(2))
    pair = candidate(session)
    pair.state, pair.decided_by, pair.confirmed_by = "同一人", "numbers1", "numbers1"
    with pytest.raises(DBAPIError, match="two_people_decide"):
        session.flush()
