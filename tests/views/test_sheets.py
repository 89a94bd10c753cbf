"""様式エディタの画面: every button keeps what stands in the form; the preview is the clerk's own screen and sends nothing."""

import re

import pytest

NAME = "reissue"  # a sheet that no other test keys after it was published


@pytest.fixture
def admin(login):
    """The administrator with a draft of the sheet; the draft is thrown away afterwards."""
    client = login("admin1")
    client.post(f"/sheets/{NAME}/draft/open")
    yield client
    page = client.get(f"/sheets/{NAME}/draft")
    if page.status_code == 200:
        client.post(f"/sheets/{NAME}/draft/discard", data={"version": version_of(page.text)})


def version_of(page):
    return re.search(r'name="version" value="(\d+)"', page)[1]


def form_of(page):
    """What a browser would send: every input of the editor as it stands."""
    editor = page[page.index('class="designer"'):page.index("</form>", page.index('class="designer"'))]
    sent = {}
    for tag in re.findall(r"<input [^>]*>", editor):
        name, value = re.search(r'name="([^"]*)"', tag)[1], re.search(r'value="([^"]*)"', tag)
        if 'type="checkbox"' not in tag:
            sent[name] = value[1]
        elif " checked" in tag:
            sent.setdefault(name, []).append(value[1] if value else "on")
    for name, options in re.findall(r'<select[^>]* name="([^"]*)"[^>]*>(.*?)</select>', editor, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        sent[name] = chosen[1] if chosen else ""
    return sent


def keys_on(page):
    return re.findall(r'\.key" value="([^"]*)"', page)


def test_every_sheet_is_listed_with_its_version_in_force(admin):
    page = admin.get("/sheets/").text
    assert "支給認定申請書 (新規)" in page and "個人番号記載票" in page and "第1版" in page
    assert "権限 理恵さんが編集中" in page


def test_an_unknown_sheet_is_not_found(admin):
    assert admin.get("/sheets/tax_return/").status_code == 404
    assert admin.get(f"/sheets/{NAME}/99/preview").status_code == 404


def test_sending_the_form_back_as_it_is_changes_nothing(admin):
    page = admin.get(f"/sheets/{NAME}/draft").text
    admin.post(f"/sheets/{NAME}/draft", data={**form_of(page), "act": "save"})
    assert "前の版と同じ内容です" in admin.get(f"/sheets/{NAME}/publish").text


def test_an_item_is_added_required_and_told_in_the_list_of_changes(admin):
    page = admin.get(f"/sheets/{NAME}/draft").text
    admin.post(f"/sheets/{NAME}/draft", data={**form_of(page), "act": "item-add:0", "s0.add": "application.onset_month"})
    page = admin.get(f"/sheets/{NAME}/draft").text
    place = keys_on(page).index("application.onset_month")
    admin.post(f"/sheets/{NAME}/draft", data={**form_of(page), "act": "publish", f"s0.a{place}.need": "always"})
    assert "項目を加えた" in admin.get(f"/sheets/{NAME}/publish").text
    number = re.search(rf"/sheets/{NAME}/(\d+)/preview", admin.get(f"/sheets/{NAME}/draft").text)[1]
    place = re.search(r'<label for="application.onset_month".*?</label>', admin.get(f"/sheets/{NAME}/{number}/preview").text)
    assert "必須" in place[0]


def test_a_move_keeps_what_was_typed_beside_it(admin):
    page = admin.get(f"/sheets/{NAME}/draft").text
    before = keys_on(page)
    answer = admin.post(f"/sheets/{NAME}/draft", data={**form_of(page), "act": "item-down:0.0", "s0.a0.help": "申請した日"})
    assert answer.headers["Location"].endswith("#s0")
    page = admin.get(f"/sheets/{NAME}/draft").text
    assert keys_on(page)[:2] == [before[1], before[0]] and 'value="申請した日"' in page


def test_an_item_that_no_paper_tells_is_refused_and_nothing_is_stored(admin):
    page = admin.get(f"/sheets/{NAME}/draft").text
    answer = admin.post(f"/sheets/{NAME}/draft", data={**form_of(page), "act": "save", "s0.a0.key": "certification.tier"})
    assert answer.status_code == 409 and "申請書に書かれない項目" in answer.text
    assert keys_on(admin.get(f"/sheets/{NAME}/draft").text) == keys_on(page)


def test_an_older_window_is_told_and_its_typing_is_still_on_the_screen(admin):
    page = admin.get(f"/sheets/{NAME}/draft").text
    admin.post(f"/sheets/{NAME}/draft", data={**form_of(page), "act": "save", "s0.a0.help": "先の窓"})
    answer = admin.post(f"/sheets/{NAME}/draft", data={**form_of(page), "act": "save", "s0.a0.help": "後の窓"})
    assert answer.status_code == 409 and "別の窓で変わりました" in answer.text and 'value="後の窓"' in answer.text
    assert "先に保存された下書きとの違い" in answer.text and "後の窓" in re.search(r'id="beside".*?</section>', answer.text, re.DOTALL)[0]


def test_faults_are_linked_to_their_place_and_bar_publishing(admin):
    page = admin.get(f"/sheets/{NAME}/draft").text
    admin.post(f"/sheets/{NAME}/draft", data={**form_of(page), "act": "save", "s0.title": ""})
    page = admin.get(f"/sheets/{NAME}/draft").text
    assert 'href="#s0"' in page and "公開する前に直すところ" in page
    answer = admin.post(f"/sheets/{NAME}/publish", data={"version": version_of(page), "effective_from": "R8.12.1"})
    assert answer.status_code == 422 and "公開できません" in answer.text


@pytest.mark.parametrize(("day", "words"), [("R8.11.23", "今日以後"), ("R8.2.30", "日付"), ("", "日付")])
def test_a_day_that_cannot_be_is_told(admin, day, words):
    page = admin.get(f"/sheets/{NAME}/draft").text
    admin.post(f"/sheets/{NAME}/draft", data={**form_of(page), "act": "save", "s0.a0.help": "x"})
    version = version_of(admin.get(f"/sheets/{NAME}/draft").text)
    answer = admin.post(f"/sheets/{NAME}/publish", data={"version": version, "effective_from": day})
    assert answer.status_code == 422 and words in answer.text


def test_a_version_is_published_for_a_day_to_come_and_withdrawn(admin):
    page = admin.get(f"/sheets/{NAME}/draft").text
    admin.post(f"/sheets/{NAME}/draft", data={**form_of(page), "act": "save", "s0.a0.help": "来年度から"})
    version = version_of(admin.get(f"/sheets/{NAME}/draft").text)
    answer = admin.post(f"/sheets/{NAME}/publish", data={"version": version, "effective_from": "R9.4.1"})
    assert answer.status_code == 302
    page = admin.get(f"/sheets/{NAME}/").text
    assert "これから" in page and "令和9年4月1日" in page and "説明を変えた" in page
    number = re.search(r"/(\d+)/withdraw", page)[1]
    admin.post(f"/sheets/{NAME}/{number}/withdraw")
    assert "公開を取り消した" in admin.get(f"/sheets/{NAME}/").text


def test_somebody_elses_draft_is_shown_with_her_name_and_can_be_taken_over(admin, app):
    added = admin.post("/users/new", data={"username": "designer2", "family": "次席", "given": "護", "roles": "admin"}).text
    temporary, own = re.search(r'class="secret">([\w-]+)<', added)[1], "ようしきを なおす ひと 2026"
    other = app.test_client()
    other.post("/login/", data={"username": "designer2", "password": temporary})
    other.post("/password/", data={"old": temporary, "new": own, "again": own})
    page = other.get(f"/sheets/{NAME}/draft").text
    assert "権限 理恵さんがこの下書きを編集中" in page
    other.post(f"/sheets/{NAME}/draft/take-over")
    assert "次席 護さんがこの下書きを編集中" in admin.get(f"/sheets/{NAME}/draft").text
    admin.post(f"/sheets/{NAME}/draft/take-over")


def test_the_preview_is_the_clerks_screen_and_says_that_nothing_is_kept(admin):
    page = admin.get("/sheets/new_application/1/preview").text
    assert "試しの画面です" in page and 'id="patient.patient_name"' in page and 'data-preview="/sheets/new_application/"' in page
    assert "/queue/return" not in page
