"""照合の応答: a clerk is answered from master data; nobody else is answered at all."""

import pytest


@pytest.mark.parametrize(("address", "answer"), [
    ("/lookup/bank/0005", {"name": "三菱ＵＦＪ"}),
    ("/lookup/branch/0001/001", {"name": "東京営業部"}),
    ("/lookup/postal/3300061", {"name": "埼玉県さいたま市浦和区常盤"}),
    ("/lookup/bank/9999", {"message": "台帳にありません。原本の番号を確かめてください。"}),
    ("/lookup/insurer/110016", {"message": "検証番号が合いません。原本の番号を確かめてください。"}),
])
def test_a_clerk_is_told_what_a_number_stands_for(login, address, answer):
    assert login("clerk1").get(address).json == answer


def test_a_disease_is_suggested_by_part_of_its_name(login):
    assert {"code": "6", "label": "パーキンソン病"} in login("clerk1").get("/lookup/disease?q=パーキンソン").json


def test_the_same_question_is_not_sent_twice(login):
    client = login("clerk1")
    first = client.get("/lookup/bank/0005")
    assert first.headers["Cache-Control"] == "private, max-age=600"
    assert client.get("/lookup/bank/0005", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_nobody_is_answered_without_login(client):
    answer = client.get("/lookup/bank/0005", headers={"Accept": "application/json"})
    assert answer.status_code == 401 and answer.headers["Cache-Control"] == "no-store"


def test_who_does_not_key_is_not_answered(login):
    assert login("auditor1").get("/lookup/bank/0005").status_code == 403
