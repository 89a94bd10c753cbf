"""指の確認: nothing but a finger on an accepted reader, here and now, makes or proves a key."""

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config import ROOT
from exchange.finger import FingerRefused, Reader, Site, creation_options, read_new_key, read_proof, request_options
from tests.authenticator import (
    BACKED_UP,
    BACKUP_POSSIBLE,
    MODEL_NAME,
    PRESENT,
    VERIFIED,
    Cheat,
    SoftAuthenticator,
    maker,
)

SITE = Site("https://nanbyo.city.example")
CHALLENGE = bytes(32)
CHEATS = {
    "without a finger": Cheat(flags_off=VERIFIED), "without anybody there": Cheat(flags_off=PRESENT),
    "on another site": Cheat(origin="https://nanbyo.city.example.evil"), "on another port": Cheat(origin="https://nanbyo.city.example:8443"),
    "without encryption": Cheat(origin="http://nanbyo.city.example"), "for an older question": Cheat(challenge="b2xk"),
    "that can be synced": Cheat(flags_on=BACKUP_POSSIBLE), "that is synced": Cheat(flags_on=BACKUP_POSSIBLE | BACKED_UP),
    "that contradicts itself": Cheat(flags_on=BACKED_UP)}


def made(reader, site=SITE, cheat=None):
    return read_new_key(site, reader.create(creation_options(site, CHALLENGE, 7, "clerk1", "入力 一郎", []), cheat), CHALLENGE)


def proven(reader, cheat=None, site=SITE):
    key = made(reader, site)
    return read_proof(site, reader.get(request_options(site, CHALLENGE, [key.credential_id]), cheat), CHALLENGE, key.public_key)


def test_an_honest_reader_is_accepted_and_counts():
    reader = SoftAuthenticator(SITE.origin)
    key = made(reader)
    assert key.credential_id == reader.credential and not key.is_attested
    assert proven(reader) == 1


def test_the_browser_is_asked_for_the_finger_for_this_site_and_told_which_readers_are_known():
    making, asking = creation_options(SITE, CHALLENGE, 7, "clerk1", "入力 一郎", [b"known"]), request_options(SITE, CHALLENGE, [b"k"])
    assert making["authenticatorSelection"]["userVerification"] == asking["userVerification"] == "required"
    assert making["rp"]["id"] == asking["rpId"] == "nanbyo.city.example"
    assert len(making["excludeCredentials"]) == len(asking["allowCredentials"]) == 1 and making["attestation"] == "none"


@pytest.mark.parametrize("name", CHEATS)
def test_no_key_is_accepted_that_was_made(name):
    with pytest.raises(FingerRefused):
        made(SoftAuthenticator(SITE.origin), cheat=CHEATS[name])


@pytest.mark.parametrize("name", CHEATS)
def test_nothing_is_proven_by_an_answer(name):
    with pytest.raises(FingerRefused):
        proven(SoftAuthenticator(SITE.origin), CHEATS[name])


def test_the_answer_of_another_key_or_of_the_other_ceremony_proves_nothing():
    mine, other = SoftAuthenticator(SITE.origin), SoftAuthenticator(SITE.origin)
    with pytest.raises(FingerRefused):
        read_proof(SITE, other.get(request_options(SITE, CHALLENGE, [])), CHALLENGE, made(mine).public_key)
    with pytest.raises(FingerRefused):
        proven(mine, Cheat(kind="webauthn.create"))


def named(roots, model=MODEL_NAME):
    return Site(SITE.origin, (Reader(model, "指静脈", roots),))


def test_a_city_that_names_its_readers_accepts_only_what_their_maker_vouches_for():
    root, chain = maker()
    key = made(SoftAuthenticator(SITE.origin, chain), named((root,)))
    assert key.is_attested and key.model == MODEL_NAME
    assert creation_options(named((root,)), CHALLENGE, 7, "clerk1", "x", [])["attestation"] == "direct"


def test_a_model_is_not_believed_on_its_own_word():
    root, chain = maker()
    other_root, other_chain = maker()
    another_model = maker(bytes(16))[1]
    site = named((root,))
    for reader in (SoftAuthenticator(SITE.origin), SoftAuthenticator(SITE.origin, other_chain),
                   SoftAuthenticator(SITE.origin, another_model), SoftAuthenticator(SITE.origin, chain, model=bytes(16))):
        with pytest.raises(FingerRefused):
            made(reader, site)
    with pytest.raises(FingerRefused, match="model"):
        made(SoftAuthenticator(SITE.origin, chain), named((root,), "ffffffff-4455-6677-8899-aabbccddeeff"))
    with pytest.raises(FingerRefused, match="model"):  # the maker's certificate is of another of its models
        both = maker(bytes(16))
        made(SoftAuthenticator(SITE.origin, both[1]), named((both[0],)))
    assert made(SoftAuthenticator(SITE.origin, other_chain), named((root, other_root))).is_attested


def test_self_attestation_names_no_model():
    root, _ = maker()
    own = SoftAuthenticator(SITE.origin)
    own.chain = (own.key, [])
    with pytest.raises(FingerRefused):
        made(own, named((root,)))


@given(st.recursive(st.none() | st.integers() | st.text(max_size=20), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
    st.sampled_from(["id", "rawId", "type", "response", "clientDataJSON", "attestationObject", "authenticatorData", "signature"]),
    inner, max_size=6), max_leaves=12))
@settings(max_examples=60)
def test_whatever_a_browser_sends_is_refused_in_words(answer):
    for read in (lambda: read_new_key(SITE, answer, CHALLENGE), lambda: read_proof(SITE, answer, CHALLENGE, b"key"),
                 lambda: read_new_key(named((maker()[0],)), answer, CHALLENGE)):
        with pytest.raises(FingerRefused):
            read()


@given(st.integers(0, 400), st.integers(0, 255))
@settings(max_examples=40)
def test_an_honest_answer_with_one_changed_byte_proves_nothing(place, value):
    reader = SoftAuthenticator(SITE.origin)
    key = made(reader)
    from_reader = reader.get(request_options(SITE, CHALLENGE, [key.credential_id]))
    field = ("clientDataJSON", "authenticatorData", "signature")[place % 3]
    text = from_reader["response"][field]
    at = place % (len(text) - 1)
    changed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[value % 64]
    if changed == text[at]:
        return
    from_reader["response"][field] = text[:at] + changed + text[at + 1:]
    with pytest.raises(FingerRefused):
        read_proof(SITE, from_reader, CHALLENGE, key.public_key)


def test_the_library_is_asked_in_one_room_only_and_always_for_the_finger():
    rooms = ("app", "views", "procedures", "forms", "reports", "models", "rules", "exchange", "seeds")
    asking = {path.relative_to(ROOT).as_posix() for room in rooms for path in (ROOT / room).rglob("*.py")
              if "webauthn" in path.read_text().replace("WebAuthn", "")}
    assert asking == {"exchange/finger.py"}
    calls = [node for node in ast.walk(ast.parse((ROOT / "exchange" / "finger.py").read_text()))
             if isinstance(node, ast.Call) and getattr(node.func, "id", "").startswith("verify_")]
    demanded = [ast.unparse(word.value) for call in calls for word in call.keywords if word.arg == "require_user_verification"]
    assert len(calls) == 2 and demanded == ["True", "True"]


