"""番号連携サーバと隣: three real processes; from a number to a code, a question, a replica and a notice; killed, asked twice, asked wrongly."""

import gc
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
import requests
from sqlalchemy import create_engine

from exchange.information import digest_of
from exchange.integrated_number import holds_individual_number
from exchange.soap import SoapFault
from tests.systems.numberlink.office import (
    CERTIFICATION,
    everything_about,
    numbering,
    places_with,
    provided,
    question,
    rows,
)
from tests.systems.numberlink.people import individual_number, resident
from tests.systems.processes import town, until

PEOPLE = range(101, 105)
KILLS = ("numberlink", "interconnect")
REQUESTS = count(1)


@pytest.fixture(scope="module")
def running(database_url, tmp_path_factory):
    with town(database_url, tmp_path_factory.mktemp("town")) as made:
        made.complaints = made.folder / "complaints.log"
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


def number_for(core, place: int) -> str:
    """A resident whose number was entered; return the 統合宛名番号."""
    core("AtenaToroku", 宛名=[resident(place)])
    return core("Fuban", **numbering(place))["統合宛名番号"]


def person_of(engine, place: int) -> str:
    return rows(engine, "SELECT i.number FROM numberlink.integrated i JOIN numberlink.addressee a ON a.integrated_id = i.id "
                "WHERE a.file_number = :number", number=resident(place)["整理番号"])[0][0]


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


def test_a_question_and_its_answer_are_the_same_at_both_ends(core, engine):
    number = with_code(core, 2)
    asked = core("ShokaiYokyu", who="clerk1", **question(number))
    assert asked["照会状態"] == "受付"
    found = until(lambda: (said := core("ShokaiKekka", 受付番号=asked["受付番号"]))["照会状態"] in ("回答済", "該当なし") and said)
    (sent, state, digest), = rows(engine, "SELECT o.content, n.state, n.digest FROM numberlink.inquiry n JOIN numberlink.outgoing o ON "
                                  "o.subject_id = n.id AND o.purpose = 'inquiry' WHERE n.reference = :at", at=asked["受付番号"])
    assert sent == {name: value for name, value in question(number).items() if name != "目的"}
    (theirs,), = rows(engine, "SELECT q.digest FROM simulator.question q JOIN numberlink.inquiry n USING (processing_number) "
                      "WHERE n.reference = :at", at=asked["受付番号"])
    assert (state, digest) == (found["照会状態"], theirs)
    if found["特定個人情報"]:
        assert digest_of(found["特定個人情報"]) == found["要約値"] == theirs


def test_a_question_off_the_list_comes_back_refused_with_the_reason(core):
    number = with_code(core, 3)
    asked = core("ShokaiYokyu", **question(number, 特定個人情報名コード="NANBYO01"))
    found = until(lambda: (said := core("ShokaiKekka", 受付番号=asked["受付番号"]))["照会状態"] != "受付" and said)
    assert found["照会状態"] == "照合拒否"
    assert "照合リスト" in until(lambda: core("ShokaiKekka", 受付番号=asked["受付番号"])["拒否理由"])


def test_provision_data_reaches_the_replica_unchanged_and_is_not_kept_on_the_way(core, engine):
    number = number_for(core, 4)
    reference = core("TeikyoToroku", **provided(number))["受付番号"]
    until(lambda: rows(engine, "SELECT 1 FROM numberlink.provided WHERE reference = :at AND state = '登録済'", at=reference))
    (ours, theirs), = rows(engine, "SELECT p.digest, r.digest FROM numberlink.provided p JOIN interconnect.replica r ON "
                           "r.addressee_number = :number WHERE p.reference = :at", number=number, at=reference)
    assert ours == theirs == digest_of(CERTIFICATION)
    assert rows(engine, "SELECT 1 FROM numberlink.outgoing WHERE content::text LIKE '%NB01%'") == []
    with pytest.raises(SoapFault) as older:
        core("TeikyoToroku", **provided(number))
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


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")  # connections torn by kill -9
def test_servers_killed_in_the_middle_leave_every_act_there_once(running, engine):
    with ThreadPoolExecutor(len(PEOPLE)) as counters:
        works = [counters.submit(everything_about, running, place) for place in PEOPLE]
        for name in KILLS:
            until(lambda: running.health("numberlink"))
            running.kill(name)
            running.start(name)
        done = [work.result() for work in works]
    gc.collect()
    numbers = [each[0] for each in done]
    mine = ("FROM numberlink.{} each JOIN numberlink.integrated i ON i.id = each.integrated_id WHERE i.number = ANY(:numbers) "
            "AND each.state IN ({})")
    for table, ended in (("inquiry", "'回答済', '該当なし'"), ("notice", "'送信済'"), ("provided", "'登録済'"), ("code_request", "'取得済'")):
        until(lambda table=table, ended=ended: rows(engine, "SELECT count(*) " + mine.format(table, ended), numbers=numbers) == [
            (len(PEOPLE),)])
    asked = rows(engine, "SELECT each.processing_number " + mine.format("inquiry", "'回答済', '該当なし'"), numbers=numbers)
    assert {each[1] for each in done} == {reference for (reference,) in rows(
        engine, "SELECT each.reference " + mine.format("inquiry", "'回答済', '該当なし'"), numbers=numbers)}
    for table in ("identifier", "replica", "inquiry", "notice"):
        found = rows(engine, f"SELECT addressee_number FROM interconnect.{table} WHERE addressee_number = ANY(:numbers)", numbers=numbers)
        assert sorted(each for (each,) in found) == sorted(numbers), table
    ours, theirs = (rows(engine, f"SELECT processing_number, asked_at, provided_at, item_codes FROM {side}.disclosure "
                         "WHERE processing_number = ANY(:asked) ORDER BY 1", asked=[each for (each,) in asked])
                    for side in ("interconnect", "simulator"))
    assert ours == theirs and {each[:1] for each in ours} == set(asked) and len(ours) == len(PEOPLE)
    told = rows(engine, "SELECT each.processing_number " + mine.format("notice", "'送信済'"), numbers=numbers)
    assert rows(engine, "SELECT count(*) FROM simulator.citizen_notice WHERE processing_number = ANY(:told)",
                told=[each for (each,) in told]) == [(len(PEOPLE),)]


def test_no_table_no_log_and_no_file_holds_a_number_in_clear(running, engine):
    core = running.peer("numberlink", "numberlink", "core")
    number = person_of(engine, 101)
    core.call("BangoKakunin", "reveal-000001", "numbers1", {"統合宛名番号": number, "理由": "届出の照合"})
    for place in PEOPLE:
        plain = individual_number(place)
        assert places_with(engine, plain) == []
        assert [path.name for path in running.folder.rglob("*") if path.is_file() and plain.encode() in path.read_bytes()] == []


@pytest.mark.parametrize("values", [
    {"整理番号": "999", "本人確認": "カード"}, {"個人番号": "123456789012", "本人確認": "カード"},
    {"個人番号": "1234567890123", "本人確認": "カード"}, {"本人確認": individual_number(101)}, {"本人確認": "カード", "余分": "x"}])
def test_no_fault_repeats_the_number_it_was_asked_with(running, values):
    asked = {"整理番号": resident(101)["整理番号"], "個人番号": individual_number(101), **values}
    wrapped = "".join(f"<{name}>{value}</{name}>" for name, value in asked.items())
    envelope = (f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><FubanRequest xmlns="urn:nanbyo:numberlink:1">'
                f"<共通ヘッダ><要求ID>fault-{abs(hash(wrapped))}</要求ID><職員ID>numbers1</職員ID>"
                f"<送信日時>2026-11-24T09:00:00+09:00</送信日時></共通ヘッダ>{wrapped}</FubanRequest></s:Body></s:Envelope>")
    answer = requests.post(f"{running.address('numberlink')}/soap/numberlink", data=envelope.encode(), timeout=10, cert=(
        str(running.tls_dir / "core.pem"), str(running.tls_dir / "core.key")), verify=str(running.tls_dir / "ca.pem"))
    assert answer.status_code == 500 and "Fault" in answer.text
    assert asked["個人番号"] not in answer.text and not holds_individual_number(answer.text)


def test_the_same_request_is_answered_the_same_and_another_under_its_id_is_refused(running):
    core = running.peer("numberlink", "numberlink", "core")
    values = numbering(101)
    again = core.call("Fuban", "number-000101", "numbers1", values)
    assert str(again["新規"]).lower() == "true"  # the answer it got the first time
    with pytest.raises(SoapFault) as found:
        core.call("Fuban", "number-000101", "numbers1", values | {"個人番号": individual_number(102)})
    assert found.value.code == "request_id"


@pytest.mark.parametrize(("caller", "operation", "values"), [
    ("platform", "Fuban", numbering(101)),
    ("platform", "BangoKakunin", {"統合宛名番号": "9" * 15, "理由": "x"}),
    ("interconnect", "AtenaToroku", {"宛名": [resident(1)]}), ("simulator", "TogoAtenaShokai", {"整理番号": "1"})])
def test_numbers_are_for_the_core_only(running, caller, operation, values):
    with pytest.raises(SoapFault) as found:
        running.peer("numberlink", "numberlink", caller).call(operation, f"wrong-{caller}-{operation}", "numbers1", values)
    assert found.value.code == "not_allowed"


def test_the_records_of_the_interconnect_are_shown_as_they_are(running, engine):
    core = running.peer("numberlink", "numberlink", "core")
    number = person_of(engine, 101)
    found = core.call("KirokuShokai", "records-000001", "auditor1", {
        "自": "2026-01-01T00:00:00+09:00", "至": "2099-01-01T00:00:00+09:00", "統合宛名番号": number})["記録"]
    assert [(each["処理通番"], each["照会者機関コード"]) for each in found] == rows(
        engine, "SELECT processing_number, inquirer FROM interconnect.disclosure WHERE addressee_number = :number", number=number)
