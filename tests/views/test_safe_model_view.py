"""安全な台帳の画面: each trap of FAB's ModelView, with a sentence that fails where it is open again."""

import re
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from app.building import create_app
from app.extensions import db
from models.codes import Bank, BankBranch, Municipality
from procedures.model_row import AT_ODDS, CHANGED, RowRefused
from seeds.users import DEMO_PASSWORD
from tests.conftest import close
from tests.trial_views import FlagView, TrialView


@pytest.fixture(scope="module")
def trial(settings):
    """An application that has the two views beside its own."""
    app = create_app(settings)
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    with app.app_context():
        app.appbuilder.add_view_no_menu(TrialView)
        app.appbuilder.add_view_no_menu(FlagView)
    yield app
    close(app)


@pytest.fixture
def admin(trial):
    return logged_in(trial, "admin1")


@pytest.fixture
def bank(engine):
    """A bank of the trial view: its number and its row."""
    with Session(engine) as session:
        return session.query(Bank.id, Bank.number, Bank.name).filter(Bank.number.like("0%")).order_by(Bank.id).first()


def logged_in(app, username):
    client = app.test_client()
    client.post("/login/", data={"username": username, "password": DEMO_PASSWORD})
    return client


def form(**typed):
    return {"number": "0999", "name": "試しの銀行", "name_kana": "ﾀﾒｼ", "valid_from": "R8.4.1", "valid_to": "",
            "source": "試験"} | typed


def version_of(page):
    return re.search(r'name="version" value="(\d+)"', page)[1]


def test_one_users_search_never_reaches_another_under_threads(trial):
    """Trap 1: FAB keeps one object of conditions for all users of a view."""
    words = {"admin1": "みずほ", "admin1 ": "りそな", "admin1  ": "埼玉"}
    clients = {who: logged_in(trial, who.strip()) for who in words}
    for who, client in clients.items():
        client.post("/trial/search", data={"is:name": words[who]})
    foreign = []

    def read(who):
        others = set(words.values()) - {words[who]}
        for _ in range(15):
            page = clients[who].get("/trial/list/").text
            foreign.extend(word for word in others if f'value="{word}"' in page or f"<b>{word}</b>" in page)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        threads = [threading.Thread(target=read, args=(who,)) for who in words]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert foreign == []


def test_conditions_belong_to_a_request(trial):
    """Trap 1, without threads: what one request narrowed by is not there in the next."""
    view = next(view for view in trial.appbuilder.baseviews if isinstance(view, TrialView))
    with trial.test_request_context("/"):
        first = view._filters
        assert view._filters is first
    with trial.test_request_context("/"):
        assert view._filters is not first


def test_a_refused_edit_is_not_persisted_by_whatever_commits_next(trial, admin, bank, engine, monkeypatch):
    """Trap 2: a rejected change stays in the session and goes out with the next commit of the request."""
    page = admin.get(f"/trial/edit/{bank.id}").text
    kept = TrialView.keep

    def keep_then_refuse(self, row, typed):
        kept(self, row, typed)
        self.session.flush()
        raise_at_odds()

    monkeypatch.setattr(TrialView, "keep", keep_then_refuse)
    with trial.app_context():
        answer = admin.post(f"/trial/edit/{bank.id}", data=form(number=bank.number, version=version_of(page)))
    assert answer.status_code == 422
    with Session(engine) as session:
        assert session.get_one(Bank, bank.id).name == bank.name


def raise_at_odds():
    raise RowRefused("name", "この名では保存できません。")


def test_there_is_no_way_in_but_our_own(app):
    """Traps 3, 19: no JSON login, no API, no delete, no download, no action addresses."""
    rules = {rule.rule for rule in app.url_map.iter_rules()}
    assert not [rule for rule in rules if "/api/" in rule or "/delete/" in rule or "/download/" in rule or "action" in rule]


def test_an_action_is_given_only_rows_that_the_view_shows(admin, engine, bank):
    """Trap 4: FAB's actions read any row by its number."""
    with Session(engine) as session:
        hidden = session.query(Bank.id).filter(~Bank.number.like("0%")).order_by(Bank.id).first().id
    assert admin.post("/trial/action_post", data={"action": "count", "rowid": [bank.id]}).text == "1 行"
    assert admin.post("/trial/action_post", data={"action": "count", "rowid": [bank.id, hidden]}).status_code == 404


def test_an_action_is_for_those_who_may_act(trial, bank):
    assert logged_in(trial, "manager1").post("/trial/action_post", data={"action": "count", "rowid": [bank.id]}).status_code == 403
    assert logged_in(trial, "admin1").post("/trial/action_post", data={"action": "drop"}).status_code == 400


@pytest.mark.parametrize("column", ["name", "source", "grams", "created_at", "list.label", "id"])
def test_a_column_that_is_not_offered_orders_nothing(admin, column):
    """Trap 5: ordering by a hidden column tells its content bit by bit."""
    assert admin.get(f"/trial/list/?_oc_TrialView={column}&_od_TrialView=asc").status_code == 400


def test_an_offered_column_orders_both_ways(admin):
    up, down = (re.findall(r"<td>(0\d{3})</td>", admin.get(f"/trial/list/?_oc_TrialView=number&_od_TrialView={way}").text)
                for way in ("asc", "desc"))
    assert up == sorted(up) and down == sorted(down, reverse=True) and up != down


@pytest.mark.parametrize(("asked", "rows"), [("psize_TrialView=100000", 100), ("psize_TrialView=7", 7), ("psize_TrialView=0", 100),
                                            ("psize_TrialView=-5", 100), ("psize_TrialView=abc", 100)])
def test_a_page_is_never_larger_than_a_hundred_rows(admin, asked, rows):
    """Trap 6: FAB's page size has no end."""
    assert admin.get(f"/trial/list/?{asked}").text.count("/trial/show/") == rows


@pytest.mark.parametrize("page", ["abc", "-1", "1e9", "９", "9" * 30, ""])
def test_a_page_that_is_no_number_breaks_nothing(admin, page):
    """Trap 6: FAB answers page=abc with an error."""
    assert admin.get(f"/trial/list/?page_TrialView={page}").status_code == 200


def test_what_the_database_says_is_never_shown_or_logged(admin, bank, caplog):
    """Trap 7: FAB flashes and logs the statement with its values."""
    answer = admin.post("/trial/add", data=form(number=bank.number, valid_from="2000-01-01"))
    again = admin.post("/trial/add", data=form(number=bank.number, valid_from="2000-01-01"))
    assert again.status_code == 422 and AT_ODDS in again.text
    for told in (answer.text, again.text, caplog.text):
        assert "psycopg" not in told and "INSERT" not in told and "ex_bank" not in told


def test_what_was_typed_is_on_the_screen_again_after_any_refusal(admin, bank):
    """Trap 8: FAB redirects, and everything typed is gone."""
    answer = admin.post("/trial/add", data=form(number=bank.number, name="長く打った名前", valid_from="R8.2.30"))
    assert answer.status_code == 422 and 'value="長く打った名前"' in answer.text and 'value="R8.2.30"' in answer.text
    assert 'href="#valid_from"' in answer.text


@pytest.mark.parametrize("change", [{"id": "1"}, {"version": None}, {"source": None}, {"valid_to": None}, {"grams": "x"}])
def test_a_field_too_many_or_too_few_is_refused_whole(admin, bank, change):
    """Trap 9: FAB ignores the one and stores NULL for the other."""
    sent = form(number=bank.number, version=version_of(admin.get(f"/trial/edit/{bank.id}").text)) | change
    answer = admin.post(f"/trial/edit/{bank.id}", data={name: value for name, value in sent.items() if value is not None})
    assert answer.status_code == 400


def test_who_saves_second_is_told_and_the_first_change_stays(admin, engine, bank):
    """Trap 10: with FAB the last one wins silently."""
    page = admin.get(f"/trial/edit/{bank.id}").text
    sent = form(number=bank.number, name=bank.name, valid_from="2020-01-01", version=version_of(page))
    assert admin.post(f"/trial/edit/{bank.id}", data=sent | {"name_kana": "ｱ"}).status_code == 302
    second = admin.post(f"/trial/edit/{bank.id}", data=sent | {"name_kana": "ｲ"})
    assert second.status_code == 422 and CHANGED in second.text
    with Session(engine) as session:
        assert session.get_one(Bank, bank.id).name_kana == "ｱ"


def test_a_flag_may_stay_unticked(admin, engine):
    """Trap 15: FAB demands a tick where the column may not be NULL."""
    sent = {"number": "99998", "name": "試しの町", "valid_from": "R8.4.1", "source": "試験"}
    assert admin.post("/flags/add", data=sent).status_code == 302
    with Session(engine) as session:
        assert session.query(Municipality).filter_by(number="99998").one().is_designated_city is False
        session.execute(text("DELETE FROM municipality WHERE number = '99998'"))
        session.commit()


def test_a_list_costs_the_same_few_statements_whatever_it_shows(trial, admin):
    """Traps 16, 17: FAB asks once a row and eighteen times for permissions."""
    told = []
    with trial.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", lambda *said: told.append(said[2]))
    costs = []
    admin.get("/trial/list/")  # the first page after a login also writes its session
    for size in (5, 100):
        told.clear()
        admin.get(f"/trial/list/?psize_TrialView={size}")
        costs.append(len(told))
    assert costs[0] == costs[1] <= 6, told


def test_a_search_leaves_no_word_in_an_address(admin):
    """Trap 22: FAB's searches stand in every log and history."""
    answer = admin.post("/trial/search", data={"is:name": "みずほ"})
    assert answer.headers["Location"].endswith("/trial/list/")
    page = admin.get("/trial/list/").text
    assert "<b>みずほ</b>" in page and not re.search(r'href="[^"]*(みずほ|%E3%81%BF)', page)


def test_a_condition_on_a_column_that_is_not_offered_is_nobodys(admin):
    admin.post("/trial/search", data={"is:source": "zengin", "op:name": "99", "is:name": "銀行"})
    page = admin.get("/trial/list/").text
    assert "<b>zengin</b>" not in page and "<b>銀行</b>" in page


def test_a_condition_that_is_no_date_is_told(admin):
    admin.post("/trial/search", data={"is:valid_from": "R8.2.30"})
    assert "日付" in admin.get("/trial/list/").text
    admin.post("/trial/search", data={"clear": "1"})


def test_a_row_outside_the_views_conditions_does_not_exist(admin, engine):
    with Session(engine) as session:
        hidden = session.query(Bank.id).filter(~Bank.number.like("0%")).first().id
    assert admin.get(f"/trial/show/{hidden}").status_code == 404
    assert admin.get(f"/trial/edit/{hidden}").status_code == 404


def test_every_field_has_validators_of_its_own(trial):
    """Trap 25: FAB appends to the list it was given, form after form."""
    view = next(view for view in trial.appbuilder.baseviews if isinstance(view, TrialView))
    with trial.test_request_context("/"):
        counts = {name: len(view.add_form()[name].validators) for name in view.add_columns}
    assert max(counts.values()) <= 2 and view.validators_columns == {}


def test_no_view_holds_an_all_powerful_role(session):
    """Trap 30: FAB gives every new permission to its Admin."""
    assert session.scalar(text("SELECT count(*) FROM ab_role WHERE name = 'Admin'")) == 0


def test_a_page_of_a_master_is_never_kept_by_a_browser(admin):
    """Trap 29."""
    assert admin.get("/trial/list/").headers["Cache-Control"] == "no-store"


def test_the_wheels_pins_are_those_that_were_measured():
    """Trap 14: WTForms 3.3 shows ``__None`` in every blank choice."""
    project = (Path(__file__).parents[2] / "pyproject.toml").read_text()
    assert '"flask-appbuilder==5.3.*"' in project and '"wtforms>=3.2.2,<3.3"' in project


def test_branches_of_a_bank_are_ordered_by_bank_and_number(login, engine):
    page = login("admin1").get("/masters/branches/list/").text
    with Session(engine) as session:
        first = session.query(BankBranch).order_by(BankBranch.bank_number, BankBranch.number).first()
    assert f"<td>{first.bank_number}</td><td>{first.number}</td>" in page
