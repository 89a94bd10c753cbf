"""番号連携サーバと隣: three real processes; from a number to a code, a question, a replica and a notice, and no number in clear."""

from collections.abc import Callable
from itertools import count

import pytest
import requests
from sqlalchemy import create_engine, text

from exchange.information import digest_of
from exchange.numberlink_messages import Provision, Question, assign_values, assigned, inquiry_values, provision_values
from exchange.soap import SoapFault
from tests.systems.numberlink.people import individual_number, resident
from tests.systems.processes import town

REQUESTS = count(1)
TAX = ("112038", "B2120", "B2120P01", "CHIHOZEI01", "支給認定の審査 (階層区分の判定)", "2026")
CERTIFICATION = {"特定個人情報名コード": "NANBYO01", "レイアウト版": "模擬1", "項目": [
    {"項目コード": "NB01", "項目名": "有効期間開始日", "値": "2026-11-10"},
    {"項目コード": "NB02", "項目名": "有効期間終了日", "値": "2027-09-30"}]}


@pytest.fixture(scope="module")
def running(database_url, tmp_path_factory):
    with town(database_url, tmp_path_factory.mktemp("town")) as made:
        made.start("simulator", "interconnect", "numberlink")
        yield made


@pytest.fixture(scope="module")
def engine(database_url):
    engine = create_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def core(running):
    peer = running.peer("numberlink", "numberlink", "core")
    return lambda operation, who="numbers1", request_id=None, **values: peer.call(
        operation, request_id or f"request-{next(REQUESTS):06}", who, values)


def until(find: Callable[[], object]) -> object:
    """What *find* returns once it is something; fails after many looks, each a real request."""
    for _ in range(900):
        found = find()
        if found:
            return found
    raise AssertionError("it never came")


def rows(engine, sql: str, **values) -> list:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(sql), values)]


def number_for(core, place: int) -> str:
    """A resident whose number was entered; return the 統合宛名番号."""
    row = resident(place)
    core("AtenaToroku", 宛名=[row])
    return assigned(core("Fuban", **assign_values(row["整理番号"], individual_number(place), "個人番号カード"))).integrated_number


def with_code(core, place: int) -> str:
    number = number_for(core, place)
    until(lambda: core("TogoAtenaShokai", 整理番号=resident(place)["整理番号"])["符号状態"] == "取得済")
    return number


def citizen(running, path: str, **form) -> None:
    with requests.Session() as browser:
        browser.verify, browser.trust_env = str(running.tls_dir / "ca.pem"), False
        home = running.address("simulator")
        page = browser.post(f"{home}/login", data={"username": "admin1", "password": "demo-Nanbyo-1"}, timeout=10).text
        key = page.split('name="csrf" value="')[1].split('"')[0]
        assert browser.post(f"{home}{path}", data={"csrf": key, **form}, timeout=10).ok


def test_a_number_becomes_a_code_and_the_number_is_nowhere_in_clear(core, engine, running):
    number = with_code(core, 1)
    assert rows(engine, "SELECT state, processing_number IS NOT NULL FROM numberlink.code_request c "
                "JOIN numberlink.integrated i ON i.id = c.integrated_id WHERE i.number = :number", number=number) == [("取得済", True)]
    assert rows(engine, "SELECT state FROM interconnect.identifier WHERE addressee_number = :number", number=number) == [("取得済",)]
    assert core("BangoKakunin", 統合宛名番号=number, 理由="届出の照合")["個人番号"] == individual_number(1)
    assert places_with(engine, individual_number(1)) == []


def places_with(engine, number: str) -> list[str]:
    """Every table of every system and of the core that holds *number* in any column, read as text."""
    tables = rows(engine, "SELECT table_schema, table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE' "
                  "AND table_schema NOT IN ('pg_catalog', 'information_schema')")
    return [f"{schema}.{table}" for schema, table in tables if rows(
        engine, f'SELECT 1 FROM "{schema}"."{table}" each WHERE each::text LIKE :number OR each::text LIKE :bytes LIMIT 1',
        number=f"%{number}%", bytes=f"%{number.encode().hex()}%")]


def test_a_question_and_its_answer_are_the_same_at_both_ends(core, engine):
    number = with_code(core, 2)
    asked = core("ShokaiYokyu", who="clerk1", **inquiry_values(Question(number, *TAX)))
    assert asked["照会状態"] == "受付"
    found = until(lambda: (said := core("ShokaiKekka", 受付番号=asked["受付番号"]))["照会状態"] in ("回答済", "該当なし") and said)
    (sent, state, digest), = rows(engine, "SELECT o.content, n.state, n.digest FROM numberlink.inquiry n JOIN numberlink.outgoing o ON "
                                  "o.subject_id = n.id AND o.purpose = 'inquiry' WHERE n.reference = :at", at=asked["受付番号"])
    assert sent == {name: value for name, value in inquiry_values(Question(number, *TAX)).items() if name != "目的"}
    (theirs,), = rows(engine, "SELECT q.digest FROM simulator.question q JOIN numberlink.inquiry n USING (processing_number) "
                      "WHERE n.reference = :at", at=asked["受付番号"])
    assert (state, digest) == (found["照会状態"], theirs)
    if found["特定個人情報"]:
        assert digest_of(found["特定個人情報"]) == found["要約値"] == theirs


def test_a_question_off_the_list_comes_back_refused_with_the_reason(core):
    number = with_code(core, 3)
    off = Question(number, "112038", "B2120", "B2120P01", "NANBYO01", "試験")
    asked = core("ShokaiYokyu", **inquiry_values(off))
    found = until(lambda: (said := core("ShokaiKekka", 受付番号=asked["受付番号"]))["照会状態"] != "受付" and said)
    assert found["照会状態"] == "照合拒否"
    assert "照合リスト" in until(lambda: core("ShokaiKekka", 受付番号=asked["受付番号"])["拒否理由"])


def test_provision_data_reaches_the_replica_unchanged_and_is_not_kept_on_the_way(core, engine):
    number = number_for(core, 4)
    given = provision_values(Provision(number, "新規", 1, needs_a_person=False, information=CERTIFICATION))
    reference = core("TeikyoToroku", **given)["受付番号"]
    until(lambda: rows(engine, "SELECT 1 FROM numberlink.provided WHERE reference = :at AND state = '登録済'", at=reference))
    (ours, theirs), = rows(engine, "SELECT p.digest, r.digest FROM numberlink.provided p JOIN interconnect.replica r ON "
                           "r.addressee_number = :number WHERE p.reference = :at", number=number, at=reference)
    assert ours == theirs == digest_of(CERTIFICATION)
    assert rows(engine, "SELECT 1 FROM numberlink.outgoing WHERE content::text LIKE '%NB01%'") == []
    with pytest.raises(SoapFault) as older:
        core("TeikyoToroku", **given)
    assert older.value.code == "version"


def test_a_notice_is_sent_opened_and_answered(core, engine, running):
    number = with_code(core, 5)
    sent = core("OshiraseSofu", 統合宛名番号=number, 件名="更新のご案内", 本文="有効期間が終わります。", 回答要否=True)
    at = sent["受付番号"]
    until(lambda: core("OshiraseJokyo", 受付番号=at)["お知らせ状態"] == "送信済")
    (place,), = rows(engine, "SELECT c.id FROM simulator.citizen_notice c JOIN numberlink.notice n USING (processing_number) "
                     "WHERE n.reference = :at", at=at)
    citizen(running, f"/notices/{place}", reply="更新します")
    found = until(lambda: (said := core("OshiraseJokyo", 受付番号=at))["お知らせ状態"] == "回答済" and said)
    assert found["回答"] == "更新します" and found["開封日時"]
    assert rows(engine, "SELECT 1 FROM numberlink.outgoing WHERE content::text LIKE '%有効期間が終わります%'") == []
    with pytest.raises(SoapFault) as late:
        core("OshiraseTorikeshi", 受付番号=at)
    assert late.value.code == "state"


def test_a_notice_nobody_opened_is_taken_back(core):
    number = with_code(core, 6)
    at = core("OshiraseSofu", 統合宛名番号=number, 件名="誤り", 本文="取り消します。", 回答要否=False)["受付番号"]
    core("OshiraseTorikeshi", 受付番号=at)
    until(lambda: core("OshiraseJokyo", 受付番号=at)["お知らせ状態"] == "取消")
