"""付番: one person a number and one number a person, for good; who sees a number says why, and nobody sees it by herself where two must."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from exchange.integrated_number import is_integrated_number
from exchange.number_match import match_digest
from exchange.soap import SoapFault
from systems.numberlink import addressees, permissions
from systems.numberlink.tables import CodeRequest, Integrated, Permission, Reveal, SealedNumber
from tests.systems.numberlink.conftest import MATCH_KEY, caller
from tests.systems.numberlink.people import individual_number, resident


def come(session, *rows):
    return addressees.register(session, caller("feed"), {"宛名": rows})["取込"]


def assign(numbering, session, place, number=None, **other):
    return numbering.assign(session, caller(), {"整理番号": resident(place)["整理番号"], "本人確認": "個人番号カード",
                                                "個人番号": number or individual_number(place), **other})


def refused(call) -> str:
    with pytest.raises(SoapFault) as found:
        call()
    return found.value.code


def test_a_first_number_makes_an_integrated_number_and_asks_for_the_code(session, numbering):
    come(session, resident(1))
    made = assign(numbering, session, 1)
    assert is_integrated_number(made["統合宛名番号"]) and made["新規"] is True
    assert session.scalars(select(CodeRequest.state)).all() == ["要求中"]
    assert addressees.look_up(session, caller(), {"整理番号": resident(1)["整理番号"]}) == {
        "統合宛名番号": made["統合宛名番号"], "番号登録済": True, "符号状態": "要求中"}


def test_the_same_number_again_makes_nothing_new(session, numbering):
    come(session, resident(1))
    first, again = (assign(numbering, session, 1) for _ in range(2))
    assert (first["統合宛名番号"], again["新規"]) == (again["統合宛名番号"], False)
    assert len(session.scalars(select(CodeRequest)).all()) == 1


def test_a_second_addressee_with_the_same_number_is_the_same_person_and_is_named(session, numbering):
    come(session, resident(1), resident(2, 生年月日=resident(1)["生年月日"], 住登外区分="1"))
    first, second = assign(numbering, session, 1), assign(numbering, session, 2, individual_number(1))
    assert (second["統合宛名番号"], second["新規"]) == (first["統合宛名番号"], False)
    assert [each["整理番号"] for each in second["候補"]] == [resident(1)["整理番号"]]


@pytest.mark.parametrize(("prepare", "tried", "code"), [
    ([], {}, "unknown"),
    ([resident(1)], {"number": "123456789012"}, "number"),
    ([resident(1)], {"本人確認": " "}, "identity"),
    ([resident(1), resident(2)], {"number": individual_number(2)}, "other_person"),
], ids=["no addressee", "wrong last digit", "nobody looked", "another birthday"])
def test_what_cannot_be_right_is_refused(session, numbering, prepare, tried, code):
    come(session, *prepare)
    if len(prepare) > 1:
        assign(numbering, session, 2)
    assert refused(lambda: assign(numbering, session, 1, **tried)) == code


def test_only_registered_staff_has_numbers_assigned(session, numbering):
    come(session, resident(1))
    values = {"整理番号": resident(1)["整理番号"], "個人番号": individual_number(1), "本人確認": "個人番号カード"}
    assert refused(lambda: numbering.assign(session, caller("manager1"), values)) == "staff"
    assert refused(lambda: numbering.assign(session, caller("nobody"), values)) == "staff"
    assert numbering.assign(session, caller("clerk1"), values)["新規"] is True


def test_another_number_for_the_same_addressee_needs_the_word_change_and_keeps_the_person(session, numbering):
    come(session, resident(1), resident(2))
    first = assign(numbering, session, 1)
    assert refused(lambda: assign(numbering, session, 1, individual_number(3))) == "other_number"
    changed = assign(numbering, session, 1, individual_number(3), 番号変更="true")
    assert changed["統合宛名番号"] == first["統合宛名番号"]
    assert refused(lambda: assign(numbering, session, 1)) == "ended_number"
    assert refused(lambda: assign(numbering, session, 2, individual_number(1))) == "ended_number"
    assert [each.state for each in session.scalars(select(CodeRequest).order_by(CodeRequest.id))] == ["失効", "要求中"]


def test_somebody_elses_number_is_never_taken_over(session, numbering):
    come(session, resident(1), resident(2))
    assign(numbering, session, 1), assign(numbering, session, 2)
    assert refused(lambda: assign(numbering, session, 1, individual_number(2), 番号変更="true")) == "taken"


def test_a_number_is_seen_for_a_reason_that_is_kept(session, numbering):
    come(session, resident(1))
    number = assign(numbering, session, 1)["統合宛名番号"]
    asked = {"統合宛名番号": number, "理由": "届出の照合"}
    assert numbering.reveal(session, caller(), asked) == {"個人番号": individual_number(1)}
    (row,) = session.scalars(select(Reveal))
    assert (row.staff_id, row.reason, row.approved_by) == ("numbers1", "届出の照合", None)
    assert refused(lambda: numbering.reveal(session, caller(), asked | {"理由": " "})) == "reason"
    assert refused(lambda: numbering.reveal(session, caller("clerk1"), asked)) == "staff"
    assert refused(lambda: numbering.reveal(session, caller(), asked | {"承認者": "numbers1"})) == "same_person"


def test_where_two_must_agree_one_look_takes_one_permission(session, numbering):
    come(session, resident(1))
    number = assign(numbering, session, 1)["統合宛名番号"]
    person = addressees.person(session, number)
    person.needs_permission = True
    asked, now = {"統合宛名番号": number, "理由": "届出の照合"}, datetime.now(UTC)
    assert refused(lambda: numbering.reveal(session, caller(), asked)) == "permission"
    wanted = permissions.ask(session, person, "numbers1", "届出の照合")
    assert refused(lambda: permissions.answer(session, wanted, "numbers1", now, agrees=True)) == "same_person"
    permissions.answer(session, wanted, "manager1", now, agrees=True)
    assert refused(lambda: numbering.reveal(session, caller("numbers2"), asked)) == "permission"
    assert refused(lambda: numbering.reveal(session, caller(), asked | {"承認者": "manager2"})) == "permission"
    assert numbering.reveal(session, caller(), asked)["個人番号"] == individual_number(1)
    assert numbering.reveal(session, caller(), asked)["個人番号"] == individual_number(1)  # the same request once more
    assert refused(lambda: numbering.reveal(session, caller(request_id="request-2"), asked)) == "permission"
    assert {each.approved_by for each in session.scalars(select(Reveal))} == {"manager1"}


def test_a_permission_ends_after_half_an_hour(session, numbering):
    come(session, resident(1))
    person = addressees.person(session, assign(numbering, session, 1)["統合宛名番号"])
    wanted, now = permissions.ask(session, person, "numbers1", "届出の照合"), datetime.now(UTC)
    permissions.answer(session, wanted, "manager1", now, agrees=True)
    assert refused(lambda: permissions.use(session, person, caller(), now + permissions.LASTS)) == "permission"
    assert permissions.use(session, person, caller(), now + permissions.LASTS * 0.99).id == wanted.id


def test_a_keyed_digest_tells_whether_the_numbers_are_equal(session, numbering):
    come(session, resident(1), resident(2))
    assign(numbering, session, 1)

    def same(place, number):
        return numbering.compare(session, caller(), {"整理番号": resident(place)["整理番号"],
                                                     "鍵付要約値": match_digest(MATCH_KEY, number)})["一致"]
    assert (same(1, individual_number(1)), same(1, individual_number(2)), same(2, individual_number(2))) == (True, False, False)


@pytest.mark.parametrize("change", [
    "UPDATE numberlink.integrated SET number = '900000000000000'", "DELETE FROM numberlink.integrated",
    "DELETE FROM numberlink.sealed_number", "UPDATE numberlink.sealed_number SET blind_index = '\\x00000000000000000000000000000000'",
    "UPDATE numberlink.addressee SET integrated_id = NULL", "UPDATE numberlink.reveal SET reason = ''"])
def test_the_tables_refuse_what_must_never_happen(session, numbering, change):
    come(session, resident(1))
    numbering.reveal(session, caller(), {"統合宛名番号": assign(numbering, session, 1)["統合宛名番号"], "理由": "届出"})
    with pytest.raises(DBAPIError, match="never|only added|violates foreign key"):
        session.execute(text(change))


def test_a_permission_cannot_be_given_to_oneself_even_by_the_table(session, numbering):
    come(session, resident(1))
    person = addressees.person(session, assign(numbering, session, 1)["統合宛名番号"])
    session.add(Permission(integrated_id=person.id, asked_by="numbers1", reason="x", approved_by="numbers1"))
    with pytest.raises(DBAPIError, match="two_people_decide"):
        session.flush()


def test_a_sealed_number_moved_to_another_person_opens_nothing(session, numbering, vault):
    come(session, resident(1), resident(2))
    assign(numbering, session, 1), assign(numbering, session, 2)
    one, other = session.scalars(select(SealedNumber).order_by(SealedNumber.id))
    assert vault.open(one) == individual_number(1) and individual_number(1).encode() not in one.ciphertext
    other.ciphertext = one.ciphertext
    with pytest.raises(InvalidTag):
        vault.open(other)
    session.expunge(other)


def test_everybody_has_an_integrated_number_of_her_own(session, numbering):
    come(session, *(resident(place) for place in range(1, 30)))
    made = [assign(numbering, session, place)["統合宛名番号"] for place in range(1, 30)]
    assert len(set(made)) == 29 == len(session.scalars(select(Integrated)).all())


def test_eight_counters_at_once_make_one_person(engine, numbering):
    with Session(engine) as session:
        come(session, *(resident(40 + place, 生年月日="1950-01-01") for place in range(4)))
        session.commit()

    def one(place):
        with Session(engine) as session:
            made = assign(numbering, session, 40 + place % 4, individual_number(40))
            session.commit()
            return made["統合宛名番号"], made["新規"]
    with ThreadPoolExecutor(8) as counters:
        made = list(counters.map(one, range(8)))
    assert len({number for number, _ in made}) == 1 and sum(is_new for _, is_new in made) == 1
