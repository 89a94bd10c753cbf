"""利用者: accounts are added, changed and stopped; nobody changes her own, and the last keys stay in the house."""

from datetime import timedelta

import pytest
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import func, insert, select

from config import DEMO_CITY
from models.journal import Action, JournalEntry
from models.login import LoginSession
from procedures.city import city_of
from procedures.login import PasswordExpired, WrongPassword, check_password
from procedures.passwords import OldPasswordWrong, UnfitPassword, choose, judge
from procedures.permissions import LocksEverybodyOut, rights_of_user
from procedures.users import (
    Account,
    AccountChangedMeanwhile,
    AccountRefused,
    OwnAccount,
    account_of,
    accounts,
    add,
    change,
    renew_password,
    resume,
    stop,
    version_of,
)
from rules.door import password_policy_of
from seeds.users import DEMO_PASSWORD
from tests.office import NOW, ON

POLICY = password_policy_of(ON)
NEW = Account("clerk9", "新任", "花", ("entry",))


def _user(session, name):
    return session.scalars(select(User).where(User.username == name)).one()


@pytest.fixture
def second_admin(session, actors):
    user, _ = add(session, actors["admin1"], Account("admin2", "次席", "護", ("admin",)), NOW)
    return user


def test_a_new_account_can_do_what_its_role_can_do(session, actors):
    user, _ = add(session, actors["admin1"], NEW, NOW)
    assert {right.code for right, _ in rights_of_user(session, user)} == {
        right.code for right, _ in rights_of_user(session, _user(session, "clerk1"))}


def test_the_temporary_password_opens_the_account_for_seven_days_and_not_longer(session, actors):
    _, plain = add(session, actors["admin1"], NEW, NOW)
    assert check_password(session, "clerk9", plain, "t", NOW + timedelta(days=7)).username == "clerk9"
    with pytest.raises(PasswordExpired):
        check_password(session, "clerk9", plain, "t", NOW + timedelta(days=7, seconds=1))


def test_no_password_is_ever_in_the_journal(session, actors):
    user, plain = add(session, actors["admin1"], NEW, NOW)
    renewed = renew_password(session, actors["admin1"], user, version_of(user), NOW)
    told = str(session.scalars(select(JournalEntry.detail)).all())
    assert plain not in told and renewed not in told


@pytest.mark.parametrize(("account", "item"), [
    (Account("Clerk9", "新任", "花", ("entry",)), "username"), (Account("c9", "新任", "花", ("entry",)), "username"),
    (Account("9clerk", "新任", "花", ("entry",)), "username"), (Account("c" * 33, "新任", "花", ("entry",)), "username"),
    (Account("clerk９", "新任", "花", ("entry",)), "username"), (Account("clerk1", "新任", "花", ("entry",)), "username"),
    (Account("clerk9", "", "花", ("entry",)), "family"), (Account("clerk9", "新任", "", ("entry",)), "given"),
    (Account("clerk9", "新任", "は\nな", ("entry",)), "given"), (Account("clerk9", "新任", "花", ()), "roles"),
    (Account("clerk9", "新任", "花", ("chief",)), "roles"), (Account("clerk9", "新任", "花", ("entry", "admin")), "roles"),
])
def test_an_account_that_is_not_right_is_refused_at_its_item(session, actors, account, item):
    with pytest.raises(AccountRefused) as refused:
        add(session, actors["admin1"], account, NOW)
    assert refused.value.item == item


def test_a_changed_role_is_in_the_journal_with_what_it_was(session, actors):
    user = _user(session, "clerk1")
    assert change(session, actors["admin1"], user, Account("clerk1", "入力", "一郎", ("entry", "numbers")), version_of(user))
    told = session.scalars(select(JournalEntry.detail).where(JournalEntry.action == Action.ADMINISTERED)).all()[-1]
    assert told == {"act": "changed", "user": user.id, "roles": ["entry", "numbers"], "before": ["entry"]}


def test_an_account_that_somebody_else_changed_first_is_not_overwritten(session, actors):
    user = _user(session, "clerk1")
    seen = version_of(user)
    change(session, actors["admin1"], user, Account("clerk1", "入力", "太郎", ("entry",)), seen)
    with pytest.raises(AccountChangedMeanwhile):
        stop(session, actors["admin1"], user, seen)


def test_a_stopped_account_opens_nothing_and_its_sessions_end(session, actors):
    user = _user(session, "clerk1")
    session.execute(insert(LoginSession).values(key="k", user_id=user.id, data={}, factor="trial"))
    stop(session, actors["admin1"], user, version_of(user))
    assert session.scalar(select(func.count()).select_from(LoginSession).where(LoginSession.user_id == user.id)) == 0
    with pytest.raises(WrongPassword):
        check_password(session, "clerk1", DEMO_PASSWORD, "t", NOW)


def test_a_resumed_account_gets_a_new_password(session, actors):
    user = _user(session, "clerk1")
    stop(session, actors["admin1"], user, version_of(user))
    plain = resume(session, actors["admin1"], user, version_of(user), NOW)
    assert check_password(session, "clerk1", plain, "t", NOW)
    with pytest.raises(WrongPassword):
        check_password(session, "clerk1", DEMO_PASSWORD, "u", NOW)


def test_nobody_changes_her_own_roles_stops_herself_or_shows_herself_a_password(session, actors, second_admin):
    me, admin = _user(session, "admin1"), actors["admin1"]
    for act in (lambda: change(session, admin, me, Account("admin1", "権限", "理恵", ("audit",)), None),
                lambda: stop(session, admin, me, None), lambda: renew_password(session, admin, me, None, NOW)):
        with pytest.raises(OwnAccount):
            act()
    assert change(session, admin, me, Account("admin1", "権限", "理恵子", ("admin",)), None)


def test_the_last_who_holds_the_keys_cannot_be_stopped_or_moved(session, actors):
    me = _user(session, "admin1")
    for act in (lambda: stop(session, actors["manager1"], me, None),
                lambda: change(session, actors["manager1"], me, Account("admin1", "権限", "理恵", ("audit",)), None)):
        with pytest.raises(LocksEverybodyOut), session.begin_nested():
            act()


def test_one_of_two_who_hold_the_keys_may_be_stopped(session, actors, second_admin):
    stop(session, actors["admin1"], second_admin, None)
    assert not second_admin.active


@pytest.mark.parametrize("words", ["clerk2", "二葉", "入力二葉", "LERK2"])
def test_an_account_is_found_by_any_part_of_its_names(session, words):
    assert [user.username for user in accounts(session, words)[0]] == ["clerk2"]


def test_a_percent_sign_is_a_letter_and_not_a_wildcard(session):
    assert accounts(session, "%") == ([], None)


def test_a_long_list_goes_on_where_the_page_ended(session, actors):
    for number in range(100):
        session.add(User(username=f"u{number:03}", first_name="x", last_name="y", email=f"{number}@x.invalid", active=True))
    session.flush()
    first, onward = accounts(session)
    rest, end = accounts(session, after=onward)
    assert len(first) == 100 and end is None and onward == first[-1].id
    names = [user.username for user in (*first, *rest)]
    assert names == sorted(names) and len(set(names)) == 109


def test_an_own_password_replaces_the_temporary_one(session, actors):
    user, plain = add(session, actors["admin1"], NEW, NOW)
    mine = "なんびょうの まどぐちで はたらく"
    choose(session, actors["clerk1"], user, plain, mine, mine, NOW)
    assert check_password(session, "clerk9", mine, "t", NOW + timedelta(days=400))


@pytest.mark.parametrize("password", ["a" * 40, "short-1", "abcdefghijklmn", "xx-Clerk9-is-my-name", "x" * 60 + "abcdefg" * 10])
def test_a_password_is_judged_by_length_and_by_being_no_password_at_all(password):
    with pytest.raises(UnfitPassword):
        judge("clerk9", password, POLICY)


def test_a_password_that_leans_on_the_city_is_refused_in_words():
    with pytest.raises(UnfitPassword, match="市やシステムの名前"):
        judge("clerk9", "mihon-nanbyo-madoguchi", POLICY, city_of(DEMO_CITY).context_words)


def test_a_long_sentence_needs_no_special_letters():
    judge("clerk9", "abcde abcde abc", POLICY)
    assert len("abcde abcde abc") == POLICY.shortest


def test_who_does_not_know_the_old_password_cannot_choose_a_new_one(session, actors):
    with pytest.raises(OldPasswordWrong):
        choose(session, actors["clerk1"], _user(session, "clerk1"), "wrong", "a new long sentence", "a new long sentence", NOW)


@pytest.mark.parametrize(("new", "again"), [("a new long sentence", "a new long sentencf"), ("かわべの みちを ゆっくり あるく",) * 2])
def test_a_new_password_is_typed_twice_and_is_new(session, actors, new, again):
    user = _user(session, "clerk1")
    if new == again:
        choose(session, actors["clerk1"], user, DEMO_PASSWORD, new, again, NOW)
    with pytest.raises(UnfitPassword):
        choose(session, actors["clerk1"], user, new if new == again else DEMO_PASSWORD, new, again, NOW)


def test_an_account_says_its_roles_in_the_order_of_the_matrix(session, actors):
    user, _ = add(session, actors["admin1"], Account("clerk9", "新任", "花", ("numbers", "entry")), NOW)
    assert account_of(user).roles == ("entry", "numbers")
