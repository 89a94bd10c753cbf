"""共通認証: the core lets people in by the platform's real login, keeps its own second factor, and goes when the platform's login goes."""

import re
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash
from werkzeug.serving import make_server

from app.building import create_app
from procedures.provider import NotKnownHere, ProviderAway
from systems.frame.staff import DEMO_PASSWORD
from tests.conftest import close
from tests.door import finger, give_reader
from tests.serving import free_ports
from tests.systems.processes import town, until

SECRET = "a-secret-of-the-clients"
LEFT = "http://schemas.openid.net/event/backchannel-logout"


class Office:
    """The core as no trial, served so that the platform reaches it, and the platform as its own process."""

    def __init__(self, app, origin, town, readers):
        self.app, self.origin, self.town, self.readers = app, origin, town, readers
        self.provider = app.config["DOOR"].provider

    def browser(self):
        """A browser at the platform; it keeps that site's cookies."""
        made = requests.Session()
        made.verify, made.trust_env = str(self.town.tls_dir / "ca.pem"), False
        return made

    def at_platform(self, browser, place, username="clerk1", password=DEMO_PASSWORD):
        """Where the platform sends a browser that came to *place*; it logs in when it is asked to."""
        home = self.town.address("platform")
        page = browser.get(place, allow_redirects=False)
        page = browser.get(home + onward(page.text), allow_redirects=False)
        if 'name="wish"' in page.text:
            fields = dict(re.findall(r'name="(csrf|wish)" value="([^"]+)"', page.text))
            page = browser.post(f"{home}/oidc/login", {**fields, "username": username, "password": password}, allow_redirects=False)
            if page.status_code != 200:
                return page
            page = browser.get(home + onward(page.text), allow_redirects=False)
        return page

    def first_factor(self, client, browser, **who):
        """The client's browser goes to the platform and comes back; the core's answer."""
        place = client.post("/login/provider/begin").headers["Location"]
        back = self.at_platform(browser, place, **who).headers["Location"]
        assert back.startswith(f"{self.origin}/login/provider/back?")
        brought = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
        return client.post("/login/provider/finish", data=brought)

    def come_in(self, browser):
        client = self.app.test_client()
        answer = self.first_factor(client, browser)
        assert answer.headers["Location"] == "/login/finger", "the provider is the first factor only"
        assert client.get("/queue/").headers["Location"] == "/login/"
        assert finger(client, self.readers["clerk1"]).status_code == 200
        assert client.get("/queue/").status_code == 200
        return client


def onward(page):
    return re.search(r'url=([^"]+)"', page).group(1).replace("&amp;", "&")


@contextmanager
def answering(app, port):
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def office(settings, engine, database_url, tmp_path_factory):
    port, = free_ports()
    origin, folder = f"http://localhost:{port}", tmp_path_factory.mktemp("common")
    with town(database_url, folder) as made:
        made.start("platform")
        (folder / "secret").write_text(SECRET)
        (folder / "door.yaml").write_text(
            f"provider: {{issuer: '{made.address('platform')}', client: nanbyo, secret_file: secret, "
            f"authorities: '{made.tls_dir / 'ca.pem'}'}}\n")
        with engine.begin() as connection:
            connection.execute(text(
                "INSERT INTO platform.login_client (client, secret, returns_to, leaves_to, logout_address) "
                "VALUES ('nanbyo', :secret, ARRAY[:back], ARRAY[:home], :told)"), {
                    "secret": generate_password_hash(SECRET), "back": f"{origin}/login/provider/back", "home": f"{origin}/login/",
                    "told": f"{origin}/login/provider/logout"})
            connection.execute(text("INSERT INTO common_account (user_id, kind) SELECT id, 'provider' FROM ab_user "
                                    "WHERE username = 'clerk1'"))
        app = create_app(replace(settings, demo=False, origin=origin, door_file=folder / "door.yaml"))
        app.config["WTF_CSRF_CHECK_DEFAULT"] = False
        with Session(engine) as session:
            readers = {"clerk1": give_reader(session, origin, "clerk1")}
            session.commit()
        with answering(app, port):
            yield Office(app, origin, made, readers)
        close(app)


def count(engine, question):
    with engine.connect() as connection:
        return connection.scalar(text(question))


def test_whoever_leaves_the_platform_leaves_the_core_and_nobody_else_does(office, engine):
    browser = office.browser()
    client = office.come_in(browser)
    home = office.town.address("platform")
    key = re.search('name="csrf" value="([0-9a-f]+)"', browser.get(f"{home}/").text).group(1)
    other = office.browser()
    office.at_platform(other, office.provider.begin()[0])  # she is logged in there a second time, and leaves the first
    browser.post(f"{home}/logout", {"csrf": key})
    until(lambda: client.get("/queue/").status_code == 302)
    assert count(engine, "SELECT count(*) FROM journal_entry WHERE action = 'logged_out' AND detail->>'act' = 'left_provider'") == 1
    client = office.come_in(other)
    assert client.get("/queue/").status_code == 200
    until(lambda: count(engine, "SELECT count(*) FROM platform.log_line WHERE act = 'told of logout'") == 1)
    assert client.get("/queue/").status_code == 200, "the notice was about the other login"


def test_whoever_leaves_the_core_leaves_the_platform_and_comes_back(office, engine):
    browser = office.browser()
    client = office.come_in(browser)
    place = client.post("/logout/").headers["Location"]
    assert place.startswith(f"{office.town.address('platform')}/oidc/leave?")
    assert browser.get(place, allow_redirects=False).headers["Location"] == f"{office.origin}/login/"
    assert "/login" in browser.get(f"{office.town.address('platform')}/", allow_redirects=False).headers["Location"]
    strange = place.replace("post_logout_redirect_uri=http", "post_logout_redirect_uri=https")
    assert browser.get(strange, allow_redirects=False).status_code == 200, "nobody is sent where no client said"


def test_only_the_platforms_own_word_ends_a_login(office):
    client = office.come_in(office.browser())
    for notice in ("", "x", jwt.encode({"iss": office.provider.issuer, "aud": "nanbyo", "sid": "s1", "events": {LEFT: {}}}, "k" * 32)):
        assert office.app.test_client().post("/login/provider/logout", data={"logout_token": notice}).status_code == 400
    assert client.get("/queue/").status_code == 200


def test_a_code_is_for_its_client_and_its_verifier_once(office, engine):
    place, wish = office.provider.begin()
    back = parse_qs(urlsplit(office.at_platform(office.browser(), place).headers["Location"]).query)
    now = datetime.now(UTC)
    with pytest.raises(ProviderAway):
        office.provider.finish(replace(wish, verifier="v" * 43), wish.state, back["code"][0], now)
    with pytest.raises(ProviderAway):
        replace(office.provider, secret="another").finish(wish, wish.state, back["code"][0], now)
    found = office.provider.finish(wish, wish.state, back["code"][0], now)
    assert found.username == "clerk1" and found.subject.startswith("staff-") and found.session.startswith("s")
    with pytest.raises(ProviderAway):
        office.provider.finish(wish, wish.state, back["code"][0], now)
    with pytest.raises(NotKnownHere):
        office.provider.finish(wish, "another", back["code"][0], now + timedelta(minutes=1))


def test_a_stranger_is_sent_nowhere_and_a_guesser_waits(office):
    place, _wish = office.provider.begin()
    home, browser = office.town.address("platform"), office.browser()
    for wrong in (place.replace("client_id=nanbyo", "client_id=other"), place.replace("%2Fback", "%2Felsewhere")):
        assert browser.get(wrong, allow_redirects=False).status_code == 400
    for change, error in (("code_challenge_method=S256", "invalid_request"), ("response_type=code", "unsupported_response_type")):
        answer = browser.get(place.replace(change, change.split("=")[0] + "=plain"), allow_redirects=False)
        assert f"error={error}" in answer.headers["Location"]
    answer = browser.get(place + "&prompt=none", allow_redirects=False)
    assert "error=login_required" in browser.get(home + onward(answer.text), allow_redirects=False).headers["Location"]
    tries = [office.at_platform(office.browser(), place, "reviewer1", "wrong").status_code for _ in range(6)]
    assert tries == [401] * 5 + [429]
    assert requests.get(f"{home}/machine/userinfo", headers={"Authorization": "Bearer x"}, verify=browser.verify).status_code == 401


def test_what_the_platform_says_of_itself_is_what_it_does(office):
    about = office.browser().get(f"{office.town.address('platform')}/.well-known/openid-configuration").json()
    assert about["issuer"] == office.town.address("platform") and about["code_challenge_methods_supported"] == ["S256"]
    key, = office.browser().get(about["jwks_uri"]).json()["keys"]
    assert key["alg"] == "ES256" and "d" not in key
