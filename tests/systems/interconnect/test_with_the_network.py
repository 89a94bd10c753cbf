"""中間サーバとネットワーク: two real processes; what is asked and given is recorded once on both sides, whatever happens between."""

from itertools import count

import pytest
import requests
from sqlalchemy import create_engine, text

from exchange.information import digest_of
from exchange.soap import SoapFault
from tests.systems.processes import town, until

NUMBERS = count(1)
TAX = {"照会先機関コード": "112038", "事務コード": "B2120", "事務手続コード": "B2120P01", "特定個人情報名コード": "CHIHOZEI01",
       "対象年度": "2026"}
CERTIFICATION = {"特定個人情報名コード": "NANBYO01", "レイアウト版": "模擬1", "項目": [
    {"項目コード": "NB01", "項目名": "有効期間開始日", "値": "2026-11-10"},
    {"項目コード": "NB02", "項目名": "有効期間終了日", "値": "2027-09-30"}]}


@pytest.fixture(scope="module")
def running(database_url, tmp_path_factory):
    with town(database_url, tmp_path_factory.mktemp("town")) as made:
        made.start("simulator", "interconnect")
        yield made


@pytest.fixture(scope="module")
def engine(database_url):
    engine = create_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def link(running):
    peer = running.peer("interconnect", "interconnect", "numberlink")
    return lambda operation, **values: peer.call(operation, f"request-{next(NUMBERS):06}", "clerk1", values)


def person(running, link) -> str:
    """A new 統合宛名番号 with its code obtained over the 住基GW's path."""
    number = f"{next(NUMBERS) + 100:015}"
    asked = link("FGU_FugoShutokuYokyu", 統合宛名番号=number)
    running.peer("gateway", "simulator", "numberlink").call("FugoIrai", f"gateway-{number}", "clerk1", {
        "処理通番": asked["処理通番"], "個人番号": f"{next(NUMBERS) + 10**11:012}"})
    until(lambda: link("FGU_FugoJokyo", 統合宛名番号=number)["符号状態"] == "取得済")
    return number


def answer_of(link, number: str) -> dict:
    asked = link("SKI_JohoShokaiYokyu", 統合宛名番号=number, **TAX)
    final = {"回答済", "該当なし", "エラー", "照合拒否", "不開示"}
    return until(lambda: (found := link("SKI_KekkaShutoku", 処理通番=asked["処理通番"]))["照会状態"] in final
                 and {**found, "number": asked["処理通番"]})


def rows(engine, sql: str, **values) -> list:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(sql), values)]


BOTH = ("SELECT inquirer, provider, asked_at, provided_at, office_code, procedure_code, information_code, item_codes, is_withheld "
        "FROM {}.disclosure WHERE processing_number = :number")


def both_sides(engine, number: str) -> list:
    return [rows(engine, BOTH.format(side), number=number) for side in ("interconnect", "simulator")]


def behave(running, name: str) -> None:
    with requests.Session() as browser:
        browser.verify, browser.trust_env = str(running.tls_dir / "ca.pem"), False
        home = running.address("simulator")
        page = browser.post(f"{home}/login", data={"username": "admin1", "password": "demo-Nanbyo-1"}, timeout=10).text
        key = page.split('name="csrf" value="')[1].split('"')[0]
        assert browser.post(f"{home}/behaviour", data={"csrf": key, "name": name}, timeout=10).ok


def ask_as(running, engine, number: str, question: int) -> str:
    """Another institution asks about our person; return the processing number."""
    code = rows(engine, "SELECT code FROM interconnect.identifier WHERE addressee_number = :number", number=number)[0][0]
    with requests.Session() as browser:
        browser.verify, browser.trust_env = str(running.tls_dir / "ca.pem"), False
        home = running.address("simulator")
        page = browser.post(f"{home}/login", data={"username": "admin1", "password": "demo-Nanbyo-1"}, timeout=10).text
        key = page.split('name="csrf" value="')[1].split('"')[0]
        assert browser.post(f"{home}/questions", data={"csrf": key, "code": code, "question": question}, timeout=10).ok
    return rows(engine, "SELECT max(processing_number) FROM simulator.question WHERE id = (SELECT max(id) FROM simulator.question)")[0][0]


def outcome(engine, number: str) -> str:
    return until(lambda: next((state for (state,) in rows(
        engine, "SELECT state FROM simulator.question WHERE processing_number = :number", number=number) if state != "照会中"), None))


def test_a_permitted_question_is_answered_and_recorded_alike_on_both_sides(running, link, engine):
    found = answer_of(link, person(running, link))
    assert found["照会状態"] in ("回答済", "該当なし") and found["許可証ID"]
    if found["特定個人情報"]:
        assert digest_of(found["特定個人情報"]) == found["要約値"]
    ours, theirs = both_sides(engine, found["number"])
    assert ours == theirs and len(ours) == 1


def test_a_question_off_the_list_is_refused_and_the_refusal_is_kept(running, link, engine):
    asked = link("SKI_JohoShokaiYokyu", 統合宛名番号=person(running, link), **TAX | {"特定個人情報名コード": "NANBYO01"})
    assert asked["照会状態"] == "照合拒否"
    assert "照合リスト" in link("SKI_KekkaShutoku", 処理通番=asked["処理通番"])["拒否理由"]
    assert both_sides(engine, asked["処理通番"]) == [[], []]


def test_nobody_without_a_code_is_asked_about(link):
    with pytest.raises(SoapFault) as found:
        link("SKI_JohoShokaiYokyu", 統合宛名番号="999999999999999", **TAX)
    assert found.value.code == "no_code"


def test_a_permit_with_a_wrong_signature_ends_in_an_alarm_and_no_record(running, link, engine):
    number = person(running, link)
    behave(running, "wrong_signature")
    found = answer_of(link, number)
    behave(running, "honest")
    assert found["照会状態"] == "エラー" and "許可証" in found["拒否理由"]
    assert both_sides(engine, found["number"]) == [[], []]
    assert rows(engine, "SELECT kind FROM interconnect.alarm WHERE subject = :number", number=found["number"]) == [("permit",)]


@pytest.mark.parametrize("way", ["duplicate", "out_of_order"])
def test_a_stuttering_or_confused_network_leaves_one_record_a_side(running, link, engine, way):
    number = person(running, link)
    behave(running, way)
    found = answer_of(link, number)
    behave(running, "honest")
    ours, theirs = both_sides(engine, found["number"])
    assert ours == theirs and len(ours) == 1


def test_what_another_institution_may_ask_is_answered_at_once(running, link, engine):
    number = person(running, link)
    link("DBM_FukuhonToroku", 統合宛名番号=number, 登録区分="新規", 版=1, 自動応答不可フラグ=False, 特定個人情報=CERTIFICATION)
    asked = ask_as(running, engine, number, 0)
    assert outcome(engine, asked) == "回答済"
    ours, theirs = both_sides(engine, asked)
    assert ours == theirs and ours[0][7] == {"codes": ["NB01", "NB02"]}


def test_what_nobody_permitted_is_refused_with_an_alarm(running, link, engine):
    number = person(running, link)
    link("DBM_FukuhonToroku", 統合宛名番号=number, 登録区分="新規", 版=1, 自動応答不可フラグ=False, 特定個人情報=CERTIFICATION)
    asked = ask_as(running, engine, number, 3)
    assert outcome(engine, asked) == "拒否"
    assert both_sides(engine, asked) == [[], []]
    assert rows(engine, "SELECT kind FROM interconnect.alarm WHERE subject = :number", number=asked) == [("list",)]


def test_a_protected_person_is_told_about_only_after_two_people_looked(running, link, engine):
    number = person(running, link)
    link("DBM_FukuhonToroku", 統合宛名番号=number, 登録区分="新規", 版=1, 自動応答不可フラグ=True, 特定個人情報=CERTIFICATION)
    asked = ask_as(running, engine, number, 1)
    assert outcome(engine, asked) == "保留"
    assert asked in [each["処理通番"] for each in link("TKY_TeikyoMachiIchiran")["提供要求"]]
    staff = running.peer("interconnect", "interconnect", "core")
    assert staff.call("TKY_TeikyoKaito", f"first-{asked}", "clerk1", {"処理通番": asked, "承認": True})["提供状態"] == "決裁待"
    with pytest.raises(SoapFault) as same:
        staff.call("TKY_TeikyoKaito", f"again-{asked}", "clerk1", {"処理通番": asked, "承認": True})
    assert same.value.code == "same_person"
    assert both_sides(engine, asked) == [[], []]
    staff.call("TKY_TeikyoKaito", f"second-{asked}", "manager1", {"処理通番": asked, "承認": True})
    until(lambda: rows(engine, "SELECT 1 FROM simulator.question WHERE processing_number = :number AND state = '回答済'", number=asked))
    ours, theirs = both_sides(engine, asked)
    assert ours == theirs and len(ours) == 1


def test_an_older_replica_never_overwrites_a_newer(running, link):
    number = person(running, link)
    given = {"統合宛名番号": number, "登録区分": "更新", "自動応答不可フラグ": False, "特定個人情報": CERTIFICATION}
    link("DBM_FukuhonToroku", **given, 版=2)
    for version in (1, 2):
        with pytest.raises(SoapFault) as found:
            link("DBM_FukuhonToroku", **given, 版=version)
        assert found.value.code == "version"


def test_a_server_killed_in_the_middle_records_each_act_once(running, link, engine):
    numbers = [person(running, link) for _ in range(4)]
    asked = [link("SKI_JohoShokaiYokyu", 統合宛名番号=number, **TAX)["処理通番"] for number in numbers]
    running.kill("interconnect")
    running.start("interconnect")
    again = running.peer("interconnect", "interconnect", "numberlink")
    for number in asked:
        until(lambda number=number: again.call("SKI_KekkaShutoku", f"look-{next(NUMBERS):06}", "clerk1", {
            "処理通番": number})["照会状態"] in ("回答済", "該当なし"))
        ours, theirs = both_sides(engine, number)
        assert ours == theirs and len(ours) == 1


def test_both_sides_records_are_reconciled_by_month(running, link, engine):
    with requests.Session() as browser:
        browser.verify, browser.trust_env = str(running.tls_dir / "ca.pem"), False
        home = running.address("interconnect")
        page = browser.post(f"{home}/login", data={"username": "admin1", "password": "demo-Nanbyo-1"}, timeout=10).text
        key = page.split('name="csrf" value="')[1].split('"')[0]
        browser.post(f"{home}/runs/reconcile", data={"csrf": key}, timeout=10)
        (count_, detail), = until(lambda: rows(engine, "SELECT count, detail FROM interconnect.run WHERE state = '正常'"))
        assert count_ > 0 and detail["differences"] == []
        assert "正常" in browser.get(f"{home}/runs", timeout=10).text
