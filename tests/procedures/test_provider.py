"""全庁の共通認証: a real provider says who came; only its own signature, for this very login, counts."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select

from exchange.identity_token import NotProven, read_identity
from models.login import CommonAccount
from procedures.login import PROVIDER
from procedures.provider import NotKnownHere, ProviderAway, is_safe, person_of
from procedures.users import let_the_city_ask
from tests.office import NOW
from tests.provider import provider, say_yes

BACK = "http://localhost:8000/login/provider/back"


@pytest.fixture(scope="module")
def city():
    with provider(BACK) as found:
        yield found


def real_now():
    return datetime.now(UTC)


def came(city, subject="s-1"):
    place, wish = city.begin()
    state, code = say_yes(place, subject)
    return city.finish(wish, state, code, real_now())


def test_the_provider_says_who_came(city):
    found = came(city)
    assert (found.issuer, found.subject, found.username) == (city.issuer, "s-1", "clerk1")


def test_the_browser_is_sent_with_a_state_a_nonce_and_a_challenge(city):
    place, wish = city.begin()
    assert all(f"{name}=" in place for name in ("state", "nonce", "code_challenge")) and wish.verifier not in place


def test_an_answer_belongs_to_the_login_that_asked_for_it(city):
    (place, wish), (_, other) = city.begin(), city.begin()
    state, code = say_yes(place, "s-1")
    for act in (lambda: city.finish(other, state, code, real_now()), lambda: city.finish(wish, "x", code, real_now()),
                lambda: city.finish(wish, state, "", real_now())):
        with pytest.raises(NotKnownHere):
            act()
    with pytest.raises(ProviderAway):
        city.finish(wish, state, "guessed", real_now())
    with pytest.raises(NotKnownHere):
        city.finish(replace_nonce(wish), state, code, real_now())


def replace_nonce(wish):
    return replace(wish, nonce="another")


def test_a_code_is_good_once_and_only_with_its_verifier(city):
    place, wish = city.begin()
    state, code = say_yes(place, "s-1")
    assert city.finish(wish, state, code, real_now())
    with pytest.raises(ProviderAway):
        city.finish(wish, state, code, real_now())


def test_a_provider_that_is_not_there_or_not_itself_judges_nobody(city):
    for other in (replace(city, issuer="http://localhost:1"), replace(city, issuer=city.issuer + "/"),
                  replace(city, issuer=city.issuer.replace("localhost", "127.0.0.1") + "/x")):
        with pytest.raises(ProviderAway):
            other.begin()
    place, wish = city.begin()
    state, code = say_yes(place, "s-1")
    with pytest.raises(ProviderAway):
        replace(city, secret="wrong").finish(wish, state, code, real_now())


@pytest.mark.parametrize(("place", "safe"), [("https://x.example", True), ("http://x.example", False), ("http://localhost:8", True),
                                             ("http://localhost.evil:8", False), ("ftp://localhost", False), ("", False)])
def test_passwords_and_secrets_travel_over_tls_or_stay_here(place, safe):
    assert is_safe(place) is safe


KEY = ec.generate_private_key(ec.SECP256R1())
KEYS = {"keys": [json.loads(jwt.algorithms.ECAlgorithm.to_jwk(KEY.public_key())) | {"kid": "k", "use": "sig"}]}
GOOD = {"iss": "https://idp", "sub": "s-1", "aud": "us", "nonce": "n", "preferred_username": "clerk1",
        "iat": NOW.timestamp(), "exp": (NOW + timedelta(minutes=5)).timestamp()}


def read(content, key=KEY, algorithm="ES256", head=None, keys=KEYS, now=NOW, nonce="n"):
    token = jwt.encode(content, key, algorithm=algorithm, headers={"kid": "k"} if head is None else head)
    return read_identity(token, keys, "https://idp", "us", nonce, "preferred_username", now)


def test_a_token_of_the_provider_for_us_is_read():
    assert read(GOOD).username == "clerk1"
    assert read(GOOD | {"aud": ["us", "them"], "azp": "us"}).subject == "s-1"
    assert read(GOOD, now=NOW + timedelta(minutes=6)).subject == "s-1", "clocks differ by a minute"


@pytest.mark.parametrize("change", [
    {"iss": "https://other"}, {"aud": "them"}, {"nonce": "m"}, {"nonce": ""}, {"aud": ["us", "them"]}, {"azp": "them"},
    {"exp": (NOW - timedelta(seconds=61)).timestamp()}, {"iat": (NOW + timedelta(seconds=61)).timestamp()}, {"exp": "x"},
    {"preferred_username": ""}, {"preferred_username": 7}, {"exp": 1e300}])
def test_a_token_that_differs_in_one_thing_proves_nothing(change):
    with pytest.raises(NotProven):
        read(GOOD | change)


@pytest.mark.parametrize("missing", GOOD)
def test_a_token_that_lacks_one_thing_proves_nothing(missing):
    with pytest.raises(NotProven):
        read({name: value for name, value in GOOD.items() if name != missing})


def test_only_the_providers_own_key_counts():
    for wrong in (lambda: read(GOOD, key=ec.generate_private_key(ec.SECP256R1())), lambda: read(GOOD, head={"kid": "other"}),
                  lambda: read(GOOD, key="a shared secret that is long enough for anything", algorithm="HS256"),
                  lambda: read(GOOD, key=None, algorithm="none"), lambda: read(GOOD, keys={}),
                  lambda: read_identity("x.y.z", KEYS, "https://idp", "us", "n", "sub", NOW),
                  lambda: read_identity("", KEYS, "https://idp", "us", "n", "sub", NOW)):
        with pytest.raises(NotProven):
            wrong()


def test_the_first_login_binds_the_account_and_a_name_that_changes_hands_opens_nothing(session, actors, city):
    user = session.scalars(select(User).where(User.username == "clerk1")).one()
    with pytest.raises(NotKnownHere):
        person_of(session, came(city), "t", NOW)
    let_the_city_ask(session, actors["admin1"], user, PROVIDER, None)
    assert person_of(session, came(city), "t", NOW).id == user.id
    assert session.get_one(CommonAccount, user.id).subject == "s-1"
    for subject in ("s-2", "s-3"):
        with pytest.raises(NotKnownHere):
            person_of(session, came(city, subject), "t", NOW)
    user.active = False
    with pytest.raises(NotKnownHere):
        person_of(session, came(city), "t", NOW)
