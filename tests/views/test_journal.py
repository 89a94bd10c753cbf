"""操作記録の画面: every act has its words, and no address tells of whom was asked."""

import pytest
from sqlalchemy import text

from models.journal import Action, JournalEntry
from views import journal_words


@pytest.fixture
def auditor(login):
    return login("auditor1")


def test_the_auditor_reads_who_did_what_in_office_words(auditor, login):
    login("manager1").get("/recipients/")
    page = auditor.get("/journal/").text
    assert "管理 学" in page and "一覧表示" in page and "ログイン" in page


@pytest.mark.parametrize("action", Action)
def test_every_act_has_its_words_in_both_languages(app, action):
    with app.test_request_context("/"):
        assert journal_words.action(JournalEntry(action=str(action))) != str(action)


def test_a_search_stays_on_the_server(auditor):
    answer = auditor.post("/journal/search", data={"action": "logged_in", "from": "R8.11.1"})
    assert answer.headers["Location"] == "/journal/"
    page = auditor.get("/journal/").text
    assert 'value="logged_in" selected' in page and 'value="R8.11.1"' in page


@pytest.mark.parametrize(("typed", "words"), [({"number": "9999999"}, "その番号の受給者"), ({"from": "R8.2.30"}, "日付")])
def test_what_cannot_be_asked_is_told_and_stays_on_the_screen(auditor, typed, words):
    answer = auditor.post("/journal/search", data=typed)
    assert answer.status_code == 422 and words in answer.text and next(iter(typed.values())) in answer.text


@pytest.mark.parametrize("before", ["abc", "-1", "9" * 40, "0"])
def test_an_address_typed_by_hand_breaks_nothing(auditor, before):
    assert auditor.get(f"/journal/?before={before}").status_code == 200


def test_a_file_goes_out_with_its_reason_only(auditor):
    assert auditor.post("/journal/file", data={"reason": ""}).status_code == 302
    answer = auditor.post("/journal/file", data={"reason": "定期監査のため"})
    assert answer.mimetype == "text/csv" and "記録番号" in answer.data.decode("utf-8-sig")


@pytest.mark.parametrize(("detail", "words"), [
    ({"role": "entry", "right": "list.export", "act": "given"}, "「入力」の「一覧を出力する」、加えた"),
    ({"act": "stopped", "user": 7}, "利用者番号 7、利用を止めた"),
    ({"act": "published", "sheet": "loss", "number": 2, "begins": "2027-04-01"}, "様式 受給者証返納・資格喪失届、第2版、2027-04-01から、公開した"),
    ({"listing": "recipients", "rows": 2, "recipients": [1, 2], "filtered_by": ["x"]}, "一覧 受給者一覧、2件、受給者2人、条件1項目"),
    ({"listing": "records/addressees", "rows": 0}, "一覧 宛名、0件"), ({"master": "banks", "rows": 3}, "台帳 金融機関、3件"),
    ({"letter": "held", "reprint": False}, "通知 保留通知"), ({"kind": "patient", "id": 3}, "種類 本人"),
    ({"individual_number": True}, "個人番号を表示した"), (None, ""),
])
def test_what_an_entry_holds_is_said_in_a_few_words(app, detail, words):
    with app.test_request_context("/"):
        assert journal_words.content(JournalEntry(detail=detail)) == words


def test_what_somebody_may_not_have_leaves_a_row_of_who_asked(login, engine):
    clerk = login("clerk1")
    assert clerk.get("/batches/").status_code == 403
    with engine.connect() as connection:
        told = connection.execute(text("SELECT action, screen, actor_id = (SELECT id FROM ab_user WHERE username = 'clerk1') "
                                       "FROM journal_entry ORDER BY id DESC LIMIT 1")).one()
    assert tuple(told) == ("refused", "BatchesView.overview", True)
