"""更新時期の画面: begin, print, follow, and open a person by the code of her sheet."""

from sqlalchemy.orm import Session

from models.job import Job
from models.renewal import RenewalNotice, RenewalSeason
from tests.life import certified_person


def test_a_season_is_begun_printed_and_followed_on_its_screens(login, engine, actors):
    with Session(engine) as session:
        person = certified_person(session, actors)
        session.commit()
        manager = login("manager1")
        refused = manager.post("/renewals/", data={"ends_on": "いつか", "opens_on": "", "closes_on": ""}, follow_redirects=True)
        assert "日付" in refused.text
        manager.post("/renewals/", data={"ends_on": "R9.9.30", "opens_on": "R8.11.20", "closes_on": "R9.8.17"})
        season = session.query(RenewalSeason).one()
        notice = session.query(RenewalNotice).filter_by(recipient_id=person.id).one()
        page = manager.get(f"/renewals/{season.id}?step=waiting").text
        assert person.name in page and "未印刷" in page and "令和9年9月30日" in manager.get("/renewals/").text
        assert "時間のかかる仕事" in manager.post(f"/renewals/{season.id}/print", data={"kind": "renewal"}, follow_redirects=True).text
        assert session.query(Job).filter_by(kind="print_renewals").count() == 1
        assert manager.post(f"/renewals/{season.id}/labels", data={"first": "1", "last": "24"}).data.startswith(b"%PDF")
        assert "印刷する人がいません" in manager.post(f"/renewals/{season.id}/labels", data={"first": "99999"}, follow_redirects=True).text
        clerk = login("clerk1")
        opened = clerk.post("/renewals/code", data={"token": f"R{notice.id:09}"}, follow_redirects=True).text
        assert "この人の申請を受け付けます" in opened and person.name in opened and f"/person/{person.id}" in opened
        assert 'value="renewal" checked' in opened
        clerk.post("/reception/", data={"kind": "renewal", "received": "R8.11.24", "counter": "07"})
        assert "申請受付 <span" in manager.get(f"/renewals/{season.id}").text
        assert "この人の申請を受け付けます" not in clerk.get("/reception/").text
        assert "二次元コードの更新案内はありません" in clerk.post("/renewals/code", data={"token": "R1"}, follow_redirects=True).text
        assert manager.post(f"/renewals/{season.id}/back", data={"notice": str(notice.id)}).status_code == 302
        assert manager.post("/renewals/expired").location == "/work/"
