"""訂正の画面: asked for on the record, approved by another, seen as it was known before."""

from sqlalchemy.orm import Session

from models.person import Patient
from tests.office import registered


def test_a_record_is_corrected_by_two_people_on_their_screens(login, engine, actors):
    with Session(engine) as session:
        application = registered(session, actors)
        session.commit()
        row = session.query(Patient).filter_by(application_id=application.id).one()
        reviewer, manager, base = login("reviewer1"), login("manager1"), f"/corrections/patient/{row.id}"
        assert base in reviewer.get(f"/case/{application.id}").text
        shown = reviewer.get(base).text
        assert all(words in shown for words in ("ヨシダ ハナコ", "2 女", "昭和52年5月3日"))
        shown = reviewer.get(f"/corrections/application/{application.id}").text
        assert all(words in shown for words in ("1 新規", "いいえ", "令和8年11月24日")) and "変わったところ" not in shown
        refused = reviewer.post(base, data={"attribute": "patient_sex", "value": "7", "reason": "誤り"}, follow_redirects=True)
        assert "一覧にない番号" in refused.text
        reviewer.post(base, data={"attribute": "patient_name_kana", "value": "ヨシダ ハルコ", "reason": "読み違い"})
        page = manager.get("/corrections/").text
        number = page.split('action="/corrections/')[-1].split('"')[0]
        assert "訂正しました" in manager.post(f"/corrections/{number}", data={"decision": "approve"}, follow_redirects=True).text
        assert "ヨシダ ハルコ" in reviewer.get(base).text
        assert "まだこの記録はありませんでした" in reviewer.get(f"{base}?on=R1.5.1").text
        assert reviewer.get("/corrections/patient/999999999").status_code == 404
        assert reviewer.get("/corrections/ab_user/1").status_code == 404
