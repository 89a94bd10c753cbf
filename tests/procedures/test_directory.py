"""全庁ディレクトリ: a real slapd decides whose password it is; what it cannot say opens nothing."""

from dataclasses import replace
from socket import create_server
from threading import Thread

import pytest
from flask_appbuilder.security.sqla.models import User
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from exchange.directory_messages import Answer, NotAMessage, bind_request, length_of, read_answer, search_request
from models.login import CommonAccount
from procedures.directory import Directory, DirectoryAway
from procedures.login import DIRECTORY, WrongPassword, check_password
from procedures.passwords import PasswordKeptElsewhere, choose
from procedures.users import let_the_city_ask, renew_password
from seeds.users import DEMO_PASSWORD
from tests.directory import BASE, PEOPLE, READER, READER_PASSWORD, directory
from tests.office import NOW


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with directory(tmp_path_factory.mktemp("slapd")) as found:
        yield found


@pytest.fixture
def city(running) -> Directory:
    plain, safe, authority = running
    return Directory("localhost", safe, BASE, reader=READER, reader_password=READER_PASSWORD, authorities=authority)


def test_the_directory_knows_whose_password_it_is(city, running):
    assert city.accepts("clerk1", PEOPLE["clerk1"])
    assert replace(city, port=running[0], security="start_tls").accepts("clerk1", PEOPLE["clerk1"])
    assert replace(city, host="127.0.0.1", port=running[0], security="none").accepts("clerk1", PEOPLE["clerk1"])


@pytest.mark.parametrize(("name", "password"), [
    ("clerk1", "wrong"), ("clerk1", ""), ("", "x"), ("nobody9", "x"), ("clerk1", PEOPLE["clerk2"]), ("*", PEOPLE["clerk1"]),
    ("clerk1)(uid=*", PEOPLE["clerk1"]), ("clerk*", PEOPLE["clerk1"]), ("twice", PEOPLE["twice"]), ("\x00", "x"), ("clerk1\x00", "x")])
def test_nothing_else_is_accepted(city, name, password):
    assert not city.accepts(name, password)


def test_a_directory_that_cannot_be_trusted_or_reached_judges_nobody(city, running, tmp_path):
    for other in (replace(city, authorities=None), replace(city, port=1), replace(city, reader_password="wrong"),
                  replace(city, security="start_tls", port=running[1]), replace(city, reader="")):
        with pytest.raises(DirectoryAway):
            other.accepts("clerk1", PEOPLE["clerk1"])


def test_a_server_that_speaks_something_else_judges_nobody(city):
    for speech in (b"HTTP/1.1 400 Bad Request\r\n\r\n", b"0\x84\xff\xff\xff\xff", b"0\x80", b"0\x03\x02\x01\x09", b""):
        with create_server(("127.0.0.1", 0)) as server:
            other = replace(city, host="127.0.0.1", port=server.getsockname()[1], security="none")

            def answer(server=server, speech=speech):
                wire, _ = server.accept()
                with wire:
                    wire.recv(100)
                    wire.sendall(speech)

            thread = Thread(target=answer)
            thread.start()
            with pytest.raises(DirectoryAway):
                other.accepts("clerk1", "x")
            thread.join()


def test_an_account_of_the_directory_has_no_password_here(session, actors, city):
    user = session.scalars(select(User).where(User.username == "clerk1")).one()
    let_the_city_ask(session, actors["admin1"], user, DIRECTORY, None)
    assert user.password is None
    assert check_password(session, "clerk1", PEOPLE["clerk1"], "t", NOW, city).id == user.id
    for password in (DEMO_PASSWORD, "nobody", "", PEOPLE["clerk2"]):
        with pytest.raises(WrongPassword):
            check_password(session, "clerk1", password, "t1", NOW, city)
    with pytest.raises(WrongPassword):
        check_password(session, "clerk1", PEOPLE["clerk1"], "t2", NOW, None)
    with pytest.raises(PasswordKeptElsewhere):
        choose(session, actors["clerk1"], user, "", "a new long sentence", "a new long sentence", NOW)


def test_who_has_a_password_here_is_not_asked_for_there_and_a_stranger_is_nobody(session, city):
    with pytest.raises(WrongPassword):
        check_password(session, "clerk2", PEOPLE["clerk2"], "t", NOW, city)
    with pytest.raises(WrongPassword):
        check_password(session, "outsider", PEOPLE["outsider"], "t", NOW, city)
    assert check_password(session, "clerk2", DEMO_PASSWORD, "t", NOW, city)


def test_a_silent_directory_says_so_to_everybody_it_was_asked_for(session, actors, city):
    user = session.scalars(select(User).where(User.username == "clerk1")).one()
    let_the_city_ask(session, actors["admin1"], user, DIRECTORY, None)
    for name in ("clerk1", "nobody9"):
        with pytest.raises(DirectoryAway):
            check_password(session, name, PEOPLE["clerk1"], "t", NOW, replace(city, port=1))


def test_a_temporary_password_takes_the_account_back(session, actors, city):
    user = session.scalars(select(User).where(User.username == "clerk1")).one()
    let_the_city_ask(session, actors["admin1"], user, DIRECTORY, None)
    plain = renew_password(session, actors["admin1"], user, None, NOW)
    assert session.get(CommonAccount, user.id) is None
    assert check_password(session, "clerk1", plain, "t", NOW, city)
    with pytest.raises(WrongPassword):
        check_password(session, "clerk1", PEOPLE["clerk1"], "t", NOW, city)


def test_a_filter_is_a_structure_and_no_text():
    sent = search_request(1, BASE, "uid", "*)(uid=*")
    assert b"*)(uid=*" in sent and length_of(sent) == len(sent)
    with pytest.raises(ValueError, match="without a password"):
        bind_request(1, "cn=x", "")


@given(st.binary(max_size=80))
@settings(max_examples=80)
def test_any_bytes_are_an_answer_or_none(data):
    try:
        length = length_of(data)
        assert length is None or length >= 2
        assert isinstance(read_answer(data, 1), Answer)
    except NotAMessage:
        pass
