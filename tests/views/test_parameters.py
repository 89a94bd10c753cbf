"""規則の数字の画面: sources in sight, the impact before the publication, no person named."""

import html
import re

import pytest

from rules.parameters import add, names, read_rows

ROW = "2031-07-01: {low_1_income_max: 826500, general_1_below: 71000, general_2_below: 251000}"


def test_an_administrator_sees_sources_and_impact_before_publishing(login):
    client = login("admin1")
    page = client.get("/parameters/").text
    assert "難病法施行令" in page and "未確認" in page and "見本市" in page
    one = client.get("/parameters/tier").text
    assert "低所得Ⅰの本人年収 (以下)" in one and "確認済み" in one and "はい" in client.get("/parameters/borderline").text
    seen = client.post("/parameters/tier", data={"rows": ROW, "source": "政令"}).text
    assert "計算例" in seen and "この数字を公開する" in seen
    assert client.post("/parameters/tier", data={"rows": "x", "source": "政令"}).status_code == 400
    unseen = client.post("/parameters/tier", data={"rows": ROW, "seen": "", "source": "政令", "step": "publish"})
    assert "公開しました" not in unseen.text and "計算例" in unseen.text
    done = client.post("/parameters/tier", data={"rows": ROW, "seen": ROW, "source": "政令", "step": "publish"}, follow_redirects=True)
    assert "公開しました" in done.text and "826,500" in client.get("/parameters/tier").text
    assert client.get("/parameters/none").status_code == 404
    add({})


@pytest.mark.parametrize("name", names())
def test_the_row_that_is_written_out_for_the_next_month_can_be_published_as_it_stands(login, name):
    typed, = re.findall(r"<textarea[^>]*>(.*?)</textarea>", login("admin1").get(f"/parameters/{name}").text, re.DOTALL)
    assert len(read_rows(name, html.unescape(typed))) == 1
