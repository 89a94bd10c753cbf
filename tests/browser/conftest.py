"""ブラウザ: a real Chromium against the real application, keyboard only."""

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy import Engine, text

from config import Settings
from seeds.users import DEMO_PASSWORD
from tests.serving import free_ports, served

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="module")
def live_server(settings: Settings) -> Iterator[str]:
    """The address of the application served as in production, on this file's database."""
    port, = free_ports()
    with served(settings, port, NANBYO_DEMO="1"):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium without a window: what a page is, for a third less of the machine."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium-headless-shell"), args=FLAGS)
        yield browser
        browser.close()


def open_sheet(page: Page, sheet_id: int) -> None:
    """Open a sheet by its address, and begin it where that is still to be done."""
    page.goto(f"/keying/{sheet_id}")
    if page.locator("#begin").count():
        page.locator("#begin").press("Enter")
    page.wait_for_selector("#sheet[data-ready]")


@pytest.fixture
def sit_down(browser: Browser, live_server: str, engine: Engine) -> Iterator[Callable[..., Page]]:
    """``sit_down("clerk1")`` → a page of her own, logged in, with no request leaving this machine."""
    contexts: list[BrowserContext] = []

    def log_in(username: str, width: int = 1366, height: int = 768) -> Page:
        context = browser.new_context(base_url=live_server, viewport={"width": width, "height": height}, locale="ja-JP")
        contexts.append(context)
        page = context.new_page()
        page.goto("/login/")
        page.fill("#username", username)
        page.fill("#password", DEMO_PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda address: "/login/" not in address)
        return page

    yield log_in
    for context in contexts:
        context.close()
    with engine.begin() as connection:  # everybody goes home
        connection.execute(text("DELETE FROM login_session"))
