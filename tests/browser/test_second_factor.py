"""生体認証: Chromium with its own virtual authenticator, on an installation that is no trial."""

from pathlib import Path

import pytest
from flask_appbuilder.security.sqla.models import User
from playwright.sync_api import expect
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

from app.clock import now
from procedures.actor import Actor
from procedures.enrolment import confirm, issue, issue_at_console, waiting
from seeds.users import add_user
from tests.browser.test_keying_safety import barriers
from tests.provider import provider
from tests.serving import free_ports, served

SECRET = "まどぐちの あさは しずかだ"
CLERK, ADMIN, OTHER = "finger1", "finger2", "finger3"


@pytest.fixture(scope="module")
def office(settings, engine: Engine, tmp_path_factory):
    """The application as in production, with a clerk and two administrators who have no reader yet, and its provider."""
    port, = free_ports()
    with Session(engine) as session:
        for name, role in ((CLERK, "entry"), (ADMIN, "admin"), (OTHER, "admin")):
            add_user(session, name, "指野", name[-1], generate_password_hash(SECRET), (role,))
        session.commit()
    folder: Path = tmp_path_factory.mktemp("door")
    with provider(f"http://localhost:{port}/login/provider/back") as city:
        (folder / "secret").write_text(city.secret)
        (folder / "door.yaml").write_text(f"provider: {{issuer: '{city.issuer}', client: '{city.client}', secret_file: secret}}\n")
        with served(settings, port, NANBYO_DEMO="0", NANBYO_ORIGIN=f"http://localhost:{port}", NANBYO_DOOR=str(folder / "door.yaml")):
            yield f"http://localhost:{port}"


@pytest.fixture(scope="module")
def page(browser, office):
    """One window for the whole module, on one terminal with one reader."""
    context = browser.new_context(base_url=office, viewport={"width": 1366, "height": 768}, locale="ja-JP")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def tools(page):
    """The browser's own tools for readers."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    return tools


@pytest.fixture(scope="module")
def reader(tools) -> str:
    """A fingerprint reader that says yes."""
    return plug_in(tools)


def plug_in(tools) -> str:
    return tools.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": False, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True}})["authenticatorId"]


@pytest.fixture(autouse=True)
def at_the_door(page, engine: Engine):
    yield
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM login_session"))
        connection.execute(text("DELETE FROM login_throttle"))
    page.context.clear_cookies()


def give_password(page, who: str) -> None:
    page.goto("/login/")
    page.fill("#username", who)
    page.fill("#password", SECRET)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/login/finger" in address or "/login/enrol" in address)


def come_in(page, who: str = CLERK) -> None:
    give_password(page, who)
    page.wait_for_url(lambda address: "/login/" not in address)


def enrol(page, engine: Engine, who: str) -> None:
    """Give the password, then the code from the console, then the finger; the finger once more opens the door."""
    with Session(engine) as session:
        user = session.execute(text("SELECT id FROM ab_user WHERE username = :who"), {"who": who}).scalar_one()
        code = issue_at_console(session, session.get_one(User, user), now())
        session.commit()
    give_password(page, who)
    page.fill("#code", code)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/login/" not in address)


@pytest.fixture(scope="module")
def enrolled(page, reader, engine: Engine):
    """The clerk's reader is known."""
    enrol(page, engine, CLERK)
    page.context.clear_cookies()
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM login_session"))


def problem(page):
    return page.locator("main [data-problem]:not([hidden])")


def test_a_password_alone_leads_to_the_enrolment_and_no_further(page, reader):
    give_password(page, CLERK)
    expect(page.locator("main")).to_contain_text("パスワードだけでは仕事を始められません")
    assert barriers(page) == []
    page.goto("/queue/")
    assert page.url.endswith("/login/")


def test_two_administrators_let_a_reader_in_and_the_finger_opens_the_door(page, enrolled):
    come_in(page)
    page.goto("/queue/")
    expect(page.locator("h1")).to_have_text("作業の列")


def test_a_finger_that_is_not_hers_opens_nothing_and_the_right_one_does(page, enrolled, tools, reader):
    tools.send("WebAuthn.setUserVerified", {"authenticatorId": reader, "isUserVerified": False})
    give_password(page, CLERK)
    expect(problem(page)).to_contain_text("指で確かめられませんでした")
    assert barriers(page) == []
    tools.send("WebAuthn.setUserVerified", {"authenticatorId": reader, "isUserVerified": True})
    page.get_by_role("button", name="指で確かめる").click()
    page.wait_for_url(lambda address: "/login/" not in address)


def ask_and_answer(page, options_change: str = "") -> dict:
    """A script of the page's own: asks for a question, changes it, and sends what the reader says; status of both sends."""
    return page.evaluate("""async (change) => {
      const form = document.querySelector("form.proof"), token = form.elements.csrf_token.value;
      const post = (address, body) => fetch(address, { method: "POST", body: JSON.stringify(body),
        headers: { "Content-Type": "application/json", "X-CSRFToken": token } });
      const options = await (await post("/login/finger/challenge", {})).json();
      if (change) options.userVerification = change;
      const answer = (await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) })).toJSON();
      const first = await post("/login/finger", { answer });
      const again = await post("/login/finger", { answer });
      return { first: first.status, again: again.status };
    }""", options_change)


@pytest.fixture
def refused_once(page, tools, reader):
    """Half in, with the automatic question answered by a wrong finger, so that the page waits."""
    tools.send("WebAuthn.setUserVerified", {"authenticatorId": reader, "isUserVerified": False})
    give_password(page, CLERK)
    problem(page).wait_for()
    yield
    tools.send("WebAuthn.setUserVerified", {"authenticatorId": reader, "isUserVerified": True})


def test_a_reader_that_is_known_is_not_enrolled_twice(page, enrolled, refused_once, tools, reader, engine: Engine, actors):
    with Session(engine) as session:
        clerk, second = (session.query(User).filter_by(username=name).one() for name in (CLERK, ADMIN))
        code = issue(session, actors["admin1"], clerk, now())
        confirm(session, Actor(second.id, "x"), waiting(session, now())[-1][0].id, now())
        session.commit()
    tools.send("WebAuthn.setUserVerified", {"authenticatorId": reader, "isUserVerified": True})
    page.goto("/login/enrol")
    page.fill("#code", code)
    page.keyboard.press("Enter")
    expect(problem(page)).to_contain_text("もう登録されています")


def test_a_page_that_asks_for_no_finger_opens_nothing(page, enrolled, refused_once):
    assert ask_and_answer(page, "discouraged") == {"first": 401, "again": 401}


def test_an_answer_opens_the_door_once(page, enrolled, refused_once, tools, reader):
    tools.send("WebAuthn.setUserVerified", {"authenticatorId": reader, "isUserVerified": True})
    told = ask_and_answer(page)
    assert told["first"] == 200 and told["again"] in (400, 401)


def test_the_number_of_the_machine_is_not_the_offices_address(page, enrolled, office, refused_once):
    page.goto(office.replace("localhost", "127.0.0.1") + "/login/")
    page.fill("#username", CLERK)
    page.fill("#password", SECRET)
    page.keyboard.press("Enter")
    expect(problem(page)).to_contain_text("この住所では生体認証を使えません")


def test_a_locked_screen_opens_by_the_finger_with_everything_that_was_typed(page, enrolled, engine: Engine):
    come_in(page)
    page.goto("/password/")
    page.fill("#old", "typed before the lock")
    page.get_by_role("button", name="席を離れる").click()
    cover = page.locator("#cover")
    expect(cover).to_be_visible()
    expect(page).to_have_title("画面を閉じています")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(cover).to_be_visible()
    cover.get_by_role("button", name="指で確かめて開ける").click()
    expect(cover).to_be_hidden()
    assert page.input_value("#old") == "typed before the lock"


def test_a_form_sent_from_a_screen_that_locked_meanwhile_loses_nothing(page, enrolled, engine: Engine):
    come_in(page)
    page.goto("/password/")
    for field in ("old", "new", "again"):
        page.fill(f"#{field}", f"{field} is a long sentence")
    with engine.begin() as connection:
        connection.execute(text("UPDATE login_session SET seen_at = now() - interval '6 minutes'"))
    page.keyboard.press("Enter")
    page.locator("#cover").get_by_role("button", name="指で確かめて開ける").click()
    expect(page.locator("#cover")).to_be_hidden()
    assert page.input_value("#new") == "new is a long sentence"
    page.focus("#again")
    page.keyboard.press("Enter")
    expect(page.locator("#password-message")).to_contain_text("いまのパスワードが違います")


def test_a_login_that_ended_goes_on_after_a_new_one_in_another_window(page, enrolled, engine: Engine, tools, reader):
    come_in(page)
    page.goto("/password/")
    page.fill("#old", "typed before the end")
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM login_session"))
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#cover")).to_contain_text("別の窓でログインする")
    come_in_beside(page, tools, reader)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.locator("#cover")).to_be_hidden()
    assert page.input_value("#old") == "typed before the end"


def come_in_beside(page, tools, reader: str) -> None:
    """The same person logs in in another window, with the same reader: a browser keeps virtual ones apart by window."""
    other = page.context.new_page()
    more = page.context.new_cdp_session(other)
    more.send("WebAuthn.enable")
    move_key(tools, reader, more, plug_in(more), lambda: come_in(other))
    other.close()


def move_key(tools, reader: str, more, twin: str, act) -> None:
    """The key lies in the other reader while *act* lasts, and counts on in its own afterwards."""
    for here, there in (((tools, reader), (more, twin)), ((more, twin), (tools, reader))):
        key = here[0].send("WebAuthn.getCredentials", {"authenticatorId": here[1]})["credentials"][0]
        here[0].send("WebAuthn.clearCredentials", {"authenticatorId": here[1]})
        there[0].send("WebAuthn.addCredential", {"authenticatorId": there[1], "credential": key})
        if there[0] is more:
            act()


def test_the_common_authentication_is_the_first_factor_and_only_that(page, enrolled, engine: Engine):
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO common_account (user_id, kind) SELECT id, 'provider' FROM ab_user WHERE username = :who"),
                           {"who": CLERK})
    try:
        page.goto("/login/")
        page.get_by_role("button", name="全庁の共通認証でログインする").click()
        page.locator("[name=sub]").first.wait_for()
        page.evaluate("""() => fetch("/users/" + "s-9", { method: "PUT", headers: { "Content-Type": "application/json" },
            body: JSON.stringify({ preferred_username: "finger1" }) })""")
        page.evaluate("""() => { const form = document.querySelector("form[method=post]") || document.querySelector("form");
            const field = document.createElement("input"); field.name = "sub"; field.value = "s-9"; field.type = "hidden";
            document.querySelectorAll("[name=sub]").forEach((other) => other.remove()); form.append(field); form.submit(); }""")
        page.wait_for_url(lambda address: address.endswith("/") or "/queue" in address or "/login/finger" in address, timeout=10_000)
        page.wait_for_url(lambda address: "/login/" not in address)
        page.goto("/queue/")
        expect(page.locator("h1")).to_have_text("作業の列")
    finally:
        with engine.begin() as connection:
            connection.execute(text("DELETE FROM common_account"))


def test_a_copied_reader_opens_nothing_and_neither_does_the_true_one_afterwards(page, enrolled, tools, reader, engine: Engine):
    """Last: it shuts the reader out. The copy counts from where the true one stood when it was copied."""
    kept = tools.send("WebAuthn.getCredentials", {"authenticatorId": reader})["credentials"][0]
    come_in(page)
    page.context.clear_cookies()
    tools.send("WebAuthn.clearCredentials", {"authenticatorId": reader})
    tools.send("WebAuthn.addCredential", {"authenticatorId": reader, "credential": {**kept, "signCount": 0}})
    give_password(page, CLERK)
    expect(problem(page)).to_contain_text("指で確かめられませんでした")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT bool_and(revoked_at IS NOT NULL) FROM authenticator a JOIN ab_user u "
                                       "ON u.id = a.user_id WHERE username = :who"), {"who": CLERK}).scalar()
    page.context.clear_cookies()
    give_password(page, CLERK)
    assert page.url.endswith("/login/enrol")
