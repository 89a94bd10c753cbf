"""鍵の更新: two people, new keys, every number sealed anew and still found; killed in between it goes on."""

from dataclasses import replace

import pytest
from cryptography.exceptions import InvalidTag

from models.number_report import IndividualNumber, SealedNumber
from procedures import jobs, key_rotation, two_person
from procedures.key_rotation import RotationJob, begin, left
from procedures.keying import claim, save_draft
from procedures.keyring import Keyring, KeyringUnreadable, NoSuchKey
from procedures.vault import Vault, numbers_of, same_number_elsewhere
from tests.office import NOW, received, registered
from tests.procedures.test_number_registration import ANOTHER_PERSON, FIELD, NUMBER, OTHER_NUMBER, answers, key

MASTER = b"k" * 32


@pytest.fixture
def clerks(actors):
    return {name: replace(actor, handles_numbers=True) for name, actor in actors.items()}


@pytest.fixture
def file(tmp_path):
    return tmp_path / "numbering.keys"


def a_number(session, clerks, vault, answers_of=None):
    """A recipient whose number lies sealed under the keys of *vault*."""
    application = registered(session, clerks, *([answers_of] if answers_of else []))
    sheet = received(session, clerks, "number_report")
    for name in ("clerk1", "clerk2"):
        assert key(session, clerks[name], sheet, answers(application.acceptance_number)).faults == {}
    return application.recipient_id


def agreed(session, actors):
    asked = two_person.ask(session, actors["admin1"], two_person.ROTATE_KEYS, {}, "年に一度の更新")
    two_person.decide(session, actors["manager1"], asked.id, is_confirmed=True, now=NOW)


def rotated(session, vault):
    job = RotationJob(vault)
    while job.seal_some(session):
        pass


def test_one_person_changes_no_keys(session, actors, file):
    with pytest.raises(two_person.NotConfirmed):
        begin(session, actors["admin1"], Keyring(MASTER, file), NOW)
    assert not file.exists()


def test_two_people_change_them_and_the_worker_seals_everything_anew(session, actors, clerks, file):
    recipient = a_number(session, clerks, Vault(MASTER))
    draft = received(session, clerks, "number_report")
    keying = claim(session, clerks["clerk1"], draft.id, NOW)
    save_draft(session, clerks["clerk1"], keying.id, {FIELD: OTHER_NUMBER}, None, NOW, Vault(MASTER))
    agreed(session, actors)
    job = begin(session, actors["admin1"], Keyring(MASTER, file), NOW)
    vault = Vault(MASTER, file)
    assert left(session, vault) == 2
    job.state = "running"
    assert jobs.work(session, job.id, RotationJob(vault), lambda: NOW) == "done"
    assert (left(session, vault), vault.newest) == (0, 2)
    [(_, number)] = numbers_of(session, recipient)
    assert vault.reveal(number) == NUMBER and vault.typed(session, draft.id, 1) == {FIELD: OTHER_NUMBER}


def test_what_was_killed_goes_on_where_it_was(session, clerks, file, monkeypatch):
    monkeypatch.setattr(key_rotation, "CHUNK", 1)
    one, two = a_number(session, clerks, Vault(MASTER)), a_number(session, clerks, Vault(MASTER), ANOTHER_PERSON)
    Keyring(MASTER, file).add()
    vault = Vault(MASTER, file)
    assert RotationJob(vault).seal_some(session) == 1
    assert {number.key_version for number in session.query(IndividualNumber)} == {1, 2}
    assert [vault.reveal(number) for person in (one, two) for _, number in numbers_of(session, person)] == [NUMBER, NUMBER]
    rotated(session, Vault(MASTER, file))
    assert {number.key_version for number in session.query(IndividualNumber)} == {2}


def test_equal_numbers_are_found_while_the_keys_change(session, clerks, file, monkeypatch):
    monkeypatch.setattr(key_rotation, "CHUNK", 1)
    one, two = a_number(session, clerks, Vault(MASTER)), a_number(session, clerks, Vault(MASTER), ANOTHER_PERSON)
    Keyring(MASTER, file).add()
    vault = Vault(MASTER, file)
    RotationJob(vault).seal_some(session)
    for person, other in ((one, two), (two, one)):
        [(_, number)] = numbers_of(session, person)
        assert same_number_elsewhere(session, number, person, vault) == [other]


def test_a_paper_keyed_across_the_change_still_agrees(session, clerks, file):
    application = registered(session, clerks)
    sheet = received(session, clerks, "number_report")
    before = Vault(MASTER, file)
    Keyring(MASTER, file).add()
    after = Vault(MASTER, file)
    assert before.tag(sheet.id, FIELD, NUMBER) == after.tag(sheet.id, FIELD, NUMBER)
    assert application and before.fingerprint(NUMBER) != after.fingerprint(NUMBER)


def test_the_keyring_opens_with_its_own_key_file_only_and_holds_no_key_in_clear(file):
    Keyring(MASTER, file).add()
    with pytest.raises(KeyringUnreadable):
        Keyring(b"x" * 32, file)
    assert file.stat().st_mode & 0o077 == 0
    file.write_text(file.read_text().replace('"2"', '"3"'))
    with pytest.raises(KeyringUnreadable):
        Keyring(MASTER, file)


@pytest.mark.parametrize("damaged", ["", "{", "[]", '{"2": "zz"}', '{"x": "00"}', '{"2": "00"}'])
def test_a_damaged_keyring_is_said_in_words(file, damaged):
    file.write_text(damaged)
    with pytest.raises(KeyringUnreadable):
        Keyring(MASTER, file)


def test_a_row_under_keys_that_are_gone_says_so(session, clerks, file):
    recipient = a_number(session, clerks, Vault(MASTER))
    [(_, number)] = numbers_of(session, recipient)
    number.key_version = 9
    with pytest.raises(NoSuchKey):
        Vault(MASTER, file).reveal(number)


def test_a_version_is_bound_to_what_it_sealed(session, clerks, file):
    recipient = a_number(session, clerks, Vault(MASTER))
    Keyring(MASTER, file).add()
    [(_, number)] = numbers_of(session, recipient)
    number.key_version = 2
    with pytest.raises(InvalidTag):
        Vault(MASTER, file).reveal(number)
    assert session.query(SealedNumber).count() == 0
