"""ブラウザ: a real Chromium against the real application, keyboard only."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from socket import create_connection, socket

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from config import ROOT, Settings
from seeds.users import DEMO_PASSWORD
from tests.conftest import TODAY

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="module")
def live_server(settings: Settings) -> Iterator[str]:
    """The address of the application served as in production, on this file's database."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "DATABASE_URL": str(settings.database_url),
        "NANBYO_DATA_DIR": str(settings.data_dir), "NANBYO_TODAY": TODAY.isoformat(), "NANBYO_DEMO": "1",
        "PYTHONDONTWRITEBYTECODE": "1"}
    server = subprocess.Popen([sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "2",
                               "--log-level", "error", "app.wsgi:application"], cwd=ROOT, env=environment)
    try:
        _until_it_listens(port, server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def _until_it_listens(port: int, server: subprocess.Popen[bytes]) -> None:
    while server.poll() is None:
        try:
            create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            continue
        return
    raise RuntimeError("the server did not start")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def sit_down(browser: Browser, live_server: str) -> Iterator[Callable[..., Page]]:
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
