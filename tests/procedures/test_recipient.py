"""受給者台帳: the ledger row is what the records say, and can be derived again at any time."""

from datetime import date

from models.recipient import Recipient
from procedures.recipient import derived, find, refresh
from tests.city import ON, settle


def test_every_ledger_row_of_the_conversion_is_what_its_records_say(session):
    settle(session, noise=150)
    for row in session.query(Recipient):
        for name, value in derived(session, row.id, on=ON).items():
            assert getattr(row, name) == value, (row.state, name)


def test_refreshing_restores_a_row_that_went_wrong(session):
    (number,) = settle(session, {"name": "髙橋　実", "kana": "タカハシ　ミノル"})
    row = session.get_one(Recipient, number)
    row.name, row.kana_key, row.grams = "誤り", "アヤマリ", []
    session.flush()
    refresh(session, number, on=ON)
    assert (row.name, row.kana_key) == ("髙橋　実", "タカハシミノル")
    assert {"高橋", "橋", "タカ"} <= set(row.grams)


def test_a_person_is_recognised_by_her_number_and_birth_date_or_by_the_only_such_name(session):
    (number,) = settle(session, {"name": "髙橋　実", "birth": date(1950, 1, 2)})
    row = session.get_one(Recipient, number)
    same = {"name": "別　人", "birth_date": date(1950, 1, 2)}
    assert find(session, recipient_number=row.recipient_number, **same) == row
    assert find(session, recipient_number=row.recipient_number, name="別人", birth_date=date(1950, 1, 3)) is None
    assert find(session, recipient_number=None, name="高橋実", birth_date=date(1950, 1, 2)) == row


def test_two_people_of_one_name_and_birthday_are_not_guessed_between(session):
    twins = {"name": "山田　太郎", "birth": date(1950, 1, 2)}
    settle(session, twins, twins)
    assert find(session, recipient_number=None, name="山田太郎", birth_date=date(1950, 1, 2)) is None
