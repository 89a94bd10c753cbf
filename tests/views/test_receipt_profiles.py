"""レセプトの様式の画面: from a sample to a published profile; what cannot be read is said before, and nobody else may look."""

import re
from io import BytesIO

import pytest

from exchange.receipt_profile import STANDARD
from tests.receipt_files import row, table

# A federation's table: headings of its own, codes of its own, the totals in its last line.
HEADINGS = "請求年月,診療年月,負担者番号,受給者番号,請求医療機関番号,入外,決定点数,総医療費,自己負担額,氏名"
LINES = ("202610,202609,54117015,0000018,1110000013,外,3000,30000,6000,見本　太郎", "202610,202609,54117015,0000026,1110000013,入,500,5000,1000,髙橋　花子")
FILE = "".join(f"{line}\r\n" for line in (HEADINGS, *LINES, "T,2,3500,35000")).encode("cp932")


def fields(**other: str) -> dict[str, str]:
    """The screen as a manager would have filled it in."""
    items = ["billing_month", "treatment_month", "payer_number", "recipient_number", "facility_number", "setting", "points", "total_yen",
             "copay_yen", "name"]
    return {"name": "kokuho", "label": "国保連の表", "encoding": "cp932", "width": "10", "headings": HEADINGS, "agency": "2",
            "where": "last", "mark": "T", "count": "2", "points": "3", "yen": "4", "yen_item": "total_yen", "codes-6": "外=2 入=1",
            "valid_from": "R8.12.1", **{f"item-{place}": item for place, item in enumerate(items, start=1)}} | other


def sent(raw: bytes, **other: str) -> dict[str, object]:
    return {**fields(**other), "file": (BytesIO(raw), "sample.csv")}


def test_the_sample_fills_in_what_it_says_itself(login):
    page = login("manager1").post("/receipt-profiles/new", data={"encoding": "cp932", "file": (BytesIO(FILE), "a.csv")}).text
    assert 'value="10"' in page and 'name="mark" value="T"' in page and "見本　太郎" in page
    assert '<option value="recipient_number" selected>' in page and '<option value="setting" selected>' not in page


def test_a_profile_is_tried_in_sight_and_then_published(login):
    client = login("manager1")
    seen = client.post("/receipt-profiles/", data=sent(FILE)).text
    assert "合計が合いました" in seen and "髙橋　花子" in seen and "30,000" in seen
    done = client.post("/receipt-profiles/", data=fields(step="publish"), follow_redirects=True).text
    assert "公開しました" in done and "kokuho" in done and "国保連の表" in done
    again = client.get(re.findall(r'"(/receipt-profiles/\d+)"', done)[0]).text
    assert 'value="入=1 外=2"' in again and 'name="name" value="kokuho"' in again
    assert client.post("/receipt-profiles/", data=fields(step="publish")).status_code == 400  # the same day again


@pytest.mark.parametrize(("other", "words"), [
    ({"item-4": ""}, "受給者番号"), ({"count": "0"}, "必ず"), ({"name": "csv"}, "uke と csv"), ({"label": ""}, "表示名"), ({"item-5": ""}, "医療機関番号")])
def test_what_could_not_be_read_is_said_before_it_is_published(login, other, words):
    client = login("manager1")
    page = client.post("/receipt-profiles/", data=sent(FILE, **other)).text
    assert words in page and "公開する前に直すところ" in page
    assert client.post("/receipt-profiles/", data=fields(step="publish", **other)).status_code == 400


@pytest.mark.parametrize("other", [{"width": "x"}, {"width": "0"}, {"codes-6": "外"}, {"codes-6": "外=9"}, {"points": "三"},
                                   {"valid_from": "R8.13.1", "step": "publish"}, {"valid_from": "R8.11.23", "step": "publish"}])
def test_what_is_typed_wrong_is_refused_and_stays_on_the_screen(login, other):
    answer = login("manager1").post("/receipt-profiles/", data=fields(**other))
    assert answer.status_code == 400 and "国保連の表" in answer.text


@pytest.mark.parametrize(("raw", "words"), [
    (FILE.replace(b"T,2,", b"T,3,"), "合いません"), (FILE[:-1], "途中で切れて"), (FILE.decode("cp932").encode(), "UTF-8"),
    (FILE.replace(b"0000026", b"0000027"), "検査数字")])
def test_a_bad_sample_says_what_is_wrong_with_it(login, raw, words):
    assert words in login("manager1").post("/receipt-profiles/", data=sent(raw)).text


def test_the_sample_goes_on_to_the_next_step_without_being_stored(login):
    client = login("manager1")
    page = client.post("/receipt-profiles/new", data={"encoding": "cp932", "file": (BytesIO(FILE), "a.csv")}).text
    sample = page.split('name="sample" value="')[1].split('"')[0]
    assert "合計が合いました" in client.post("/receipt-profiles/", data=fields(sample=sample)).text
    assert "試した結果" not in client.post("/receipt-profiles/", data=fields(sample="0???")).text


def test_of_a_long_sample_the_beginning_is_tried(login):
    long = table([row(name=f"見本　{number}") for number in range(3000)])
    client = login("manager1")
    standard = {f"item-{each.place}": each.item for each in STANDARD.columns}
    page = client.post("/receipt-profiles/", data=sent(long, width="26", headings=",".join(STANDARD.headings), mark="合計",
                                                       **{"codes-6": ""}, **standard)).text
    assert "取込のときに確かめます" in page and "このファイルは取り込めません" not in page


def test_an_empty_or_missing_sample_is_refused(login):
    client = login("manager1")
    for data in ({"encoding": "cp932"}, {"encoding": "cp932", "file": (BytesIO(b""), "a.csv")}, {"encoding": "euc", "file": (BytesIO(FILE), "a")}):
        assert client.post("/receipt-profiles/new", data=data).status_code == 302
    assert client.get("/receipt-profiles/999").status_code == 302
