"""管理者の画面: no barrier on any of them, the sheet editor works by keyboard, a tried-out sheet sends nothing."""

import re

import pytest
from sqlalchemy import text

from seeds.users import DEMO_PASSWORD
from tests.browser.test_keying_safety import barriers
from tests.browser.test_main_job import picture

SCREENS = ["/roles/", "/users/", "/users/new", "/users/take-in", "/users/1", "/authenticators/", "/authenticators/of/1", "/password/", "/sheets/", "/sheets/renewal/",
           "/masters/", "/masters/facilities/list/", "/masters/codes/counter/add", "/masters/branches/list/"]
OTHERS = [("manager1", "/figures/"), ("manager1", "/figures/?by=item"), ("auditor1", "/journal/")]


@pytest.mark.parametrize(("who", "address"), [*(("admin1", address) for address in SCREENS), *OTHERS])
def test_an_office_screen_has_no_barrier(sit_down, who, address):
    page = sit_down(who)
    assert page.goto(address).status == 200
    assert barriers(page) == []


def test_a_sheet_is_changed_tried_out_and_thrown_away_without_a_mouse(sit_down):
    page = sit_down("admin1")
    page.goto("/sheets/renewal/")
    page.focus("button:has-text('新しい版を作る')")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/draft$"))
    picture(page, "sheet-editor")
    page.focus("[aria-label='下へ: 申請日']")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("#s0"))
    assert page.locator("#s0 th[scope=row]").nth(1).inner_text().endswith("申請日")
    page.focus("a:has-text('入力画面で見る')")
    page.keyboard.press("Enter")
    page.wait_for_selector("#sheet[data-ready]")
    sent = []
    page.on("request", lambda request: sent.append(request.method) if request.method == "POST" else None)
    page.keyboard.type("見本")
    page.keyboard.press("F10")
    page.keyboard.press("Control+s")
    assert barriers(page) == []
    page.keyboard.press("Escape")
    page.wait_for_url(re.compile("/sheets/renewal/$"))
    assert sent == []
    page.goto("/sheets/renewal/draft")
    page.focus("button:has-text('下書きを捨てる')")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=下書きを捨てました")


def test_ticks_are_changed_by_keyboard_and_read_in_sentences(sit_down):
    page = sit_down("admin1")
    page.goto("/roles/")
    picture(page, "roles")
    page.focus("input[value='review:figures.see']")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=「審査」に「入力の成績を見る」を加える")
    assert barriers(page) == []
    page.focus("button:has-text('表に戻って直す')")
    page.keyboard.press("Enter")
    page.wait_for_selector("input[value='review:figures.see']:checked")


def test_what_was_sent_before_the_password_was_asked_again_is_sent_on_after_it(sit_down, engine):
    page = sit_down("admin1")
    page.goto("/users/new")
    for name, value in (("username", "fresh8"), ("family", "新任"), ("given", "葵")):
        page.fill(f"#{name}", value)
    page.check("[value=entry]")
    with engine.begin() as connection:
        connection.execute(text("UPDATE login_session SET fresh_at = now() - interval '6 minutes'"))
    page.locator("#given").press("Enter")
    page.get_by_role("heading", name="本人の確認").wait_for()
    assert barriers(page) == []
    page.keyboard.type("not hers")
    page.keyboard.press("Enter")
    page.locator("main [data-problem]:not([hidden])").wait_for()
    page.fill("#fresh-password", DEMO_PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="仮のパスワード").wait_for()
    assert "fresh8" in page.locator("main").inner_text()
