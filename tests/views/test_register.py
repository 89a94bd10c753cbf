"""取込の画面: a file with its manifest comes in once, a contradiction is decided with its reason."""

from io import BytesIO

from tests.register_files import file_of, resident


def send(client, kind, sequence, rows):
    name, raw, end = file_of(kind, sequence, rows)
    return client.post("/register/", data={"kind": kind, "file": (BytesIO(raw), name),
                                           "end": (BytesIO(end), name.replace(".csv", ".end"))})


def test_a_file_comes_in_and_a_contradiction_waits_for_a_decision(login, engine):
    client = login("manager1")
    newest = client.get("/register/").text.count("JUKI_ATENA_ALL")
    first = newest + 1
    assert send(client, "residents", first, [resident(811)]).status_code == 200
    answer = send(client, "residents", first + 1, [resident(811, 氏名="見本　改名")])
    assert "保留1件" in answer.text and "見本　改名" in answer.text
    number = answer.text.split("/register/held/")[1].split('"')[0]
    done = client.post(f"/register/held/{number}", data={"decision": "keep", "note": "送り元の誤り"}, follow_redirects=True)
    assert "判断を登録しました" in done.text and "見本　改名" not in done.text


def test_a_file_that_cannot_be_trusted_is_refused_whole(login):
    client = login("manager1")
    answer = send(client, "residents", 99, [resident(812)])
    assert answer.status_code == 422 and "取り込みませんでした" in answer.text
