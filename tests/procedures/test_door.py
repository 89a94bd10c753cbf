"""入口の設定: a file that would leave the door open, or nobody through it, is refused at the start and in words."""

from dataclasses import replace

import pytest

from app.database import refuse_an_open_door
from procedures.door import WrongDoor, door_of
from tests.authenticator import MODEL_NAME, maker

ORIGIN = "https://nanbyo.city.example"
WHOLE = f"""
readers:
  - {{model: "{MODEL_NAME.upper()}", name: 指静脈, roots: [maker.pem]}}
directory: {{url: "ldaps://ldap.city.example", base: "dc=city", reader: "cn=reader", reader_password_file: ldap.secret}}
provider: {{issuer: "https://idp.city.example/realm", client: nanbyo, secret_file: idp.secret, label: 職員認証}}
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "maker.pem").write_bytes(maker()[0])
    (tmp_path / "ldap.secret").write_text("reads names\n")
    (tmp_path / "idp.secret").write_text("shared\n")
    return tmp_path


def door(folder, text):
    path = folder / "door.yaml"
    path.write_text(text)
    door_of.cache_clear()
    return door_of(path, ORIGIN)


def test_a_whole_file_is_read(folder):
    found = door(folder, WHOLE)
    assert found.site.name == "nanbyo.city.example" and found.site.readers[0].model == MODEL_NAME
    assert (found.directory.port, found.directory.security, found.directory.reader_password) == (636, "tls", "reads names")
    assert found.provider.returns_to == ORIGIN + "/login/provider/back" and found.provider.origin == "https://idp.city.example"


def test_without_a_file_there_are_passwords_and_any_reader(folder):
    assert door_of(None, ORIGIN).directory is door_of(None, ORIGIN).provider is None
    assert door(folder, "").site.readers == ()


@pytest.mark.parametrize(("origin", "is_good"), [
    ("https://nanbyo.city.example", True), ("http://localhost:8000", True), ("http://nanbyo.city.example", False),
    ("https://10.1.2.3", False), ("http://127.0.0.1:8000", False), ("https://nanbyo.city.example/x", False), ("", False)])
def test_an_authenticator_belongs_to_a_name_that_is_reached_over_tls(origin, is_good):
    if is_good:
        assert door_of(None, origin)
    else:
        with pytest.raises(WrongDoor, match="NANBYO_ORIGIN"):
            door_of(None, origin)


@pytest.mark.parametrize(("text", "words"), [
    ("readers: [", "読み取れない"), ("readers: [{model: x, name: y}]", "roots"), ("readers: [{model: x, name: y, roots: []}]", "証明書"),
    ("readers: [{model: x, name: y, roots: [nowhere.pem]}]", "nowhere"),
    ('directory: {url: "ldap://ldap.city.example", base: x}', "start_tls"), ('directory: {url: "https://x", base: x}', "ldaps"),
    ('directory: {url: "ldaps://x"}', "base"), ('provider: {issuer: "http://idp.city.example", client: x}', "https"),
    ('provider: {issuer: "https://x"}', "client"), ("- 1", "読み取れない")])
def test_a_file_that_cannot_be_used_says_what_to_write(folder, text, words):
    with pytest.raises(WrongDoor, match=words):
        door(folder, text)


def test_plain_ldap_is_for_this_machine_only(folder):
    assert door(folder, 'directory: {url: "ldap://localhost:3890", base: x}').directory.security == "none"
    assert door(folder, 'directory: {url: "ldap://x", base: x, start_tls: true}').directory.security == "start_tls"


def test_an_installation_whose_people_could_not_prove_themselves_does_not_start(settings, folder, capsys):
    refuse_an_open_door(settings)
    refuse_an_open_door(replace(settings, demo=False, behind_https=True, origin=ORIGIN))
    for wrong in (replace(settings, origin="http://nanbyo.city.example"), replace(settings, behind_https=True),
                  replace(settings, door_file=folder / "none.yaml")):
        with pytest.raises(SystemExit) as stopped:
            refuse_an_open_door(wrong)
        assert stopped.value.code == 4 and capsys.readouterr().err
