"""住登外の画面: the second person sees nothing of the first one's work."""

from tests.procedures.test_off_register import PERSON


def test_the_second_keying_is_blind_and_the_third_person_settles(login):
    one, two, three = login("clerk1"), login("clerk2"), login("clerk3")
    assert one.post("/off-register/", data=PERSON | {"reason": " "}).status_code == 400
    assert "ほかの人の入力を待ちます" in one.post("/off-register/", data=PERSON | {"reason": "市外の被保険者"}, follow_redirects=True).text
    number = two.get("/off-register/").text.split('<a href="/off-register/')[-1].split('"')[0]
    page = two.get(f"/off-register/{number}").data.decode()
    assert "遠子" not in page and "千代田" not in page and "第二入力" in page
    assert "三人目" in two.post(f"/off-register/{number}", data=PERSON | {"name": "見本 達子"}, follow_redirects=True).text
    assert "遠子" in three.get(f"/off-register/{number}").text
    assert "登録しました" in three.post(f"/off-register/{number}", data={"step": "settle", "name": "first"}, follow_redirects=True).text
