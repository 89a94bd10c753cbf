"""途中のもの: what 中間サーバ answers, late, twice, wrongly or not at all, leaves each request in one right state."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.information import digest_of
from exchange.soap import SoapFault
from systems.numberlink import addressees, code_request, inquiry, notices, provision
from systems.numberlink.following import LONGEST, look_one
from systems.numberlink.tables import COMMON, CodeRequest, Inquiry, Notice, Provided
from tests.systems.numberlink.conftest import caller
from tests.systems.numberlink.people import individual_number, resident

TAX = {"照会先機関コード": "112038", "事務コード": "B2120", "事務手続コード": "B2120P01", "特定個人情報名コード": "CHIHOZEI01", "目的": "審査"}
ANSWER = {"特定個人情報名コード": "CHIHOZEI01", "レイアウト版": "模擬1", "項目": [{"項目コード": "KZ02", "項目名": None, "値": "120000"}]}
SILENT, REFUSED = SoapFault("Timeout", "", "Server"), SoapFault("no_code", "符号がまだ取得されていません。")


@pytest.fixture
def number(session, numbering):
    addressees.register(session, caller("feed"), {"宛名": [resident(1)]})
    return numbering.assign(session, caller(), {"整理番号": resident(1)["整理番号"], "個人番号": individual_number(1),
                                                "本人確認": "カード"})["統合宛名番号"]


def one(session, table):
    return session.scalars(select(table).order_by(table.id.desc()).limit(1)).one()


def outgoing(session, purpose):
    return session.scalars(select(COMMON.outgoing).where(COMMON.outgoing.purpose == purpose).order_by(COMMON.outgoing.id)).all()


def test_the_number_goes_over_the_gateway_and_stands_in_no_row(session, number, numbering):
    code_request.numbered(session, outgoing(session, "code_number")[0], {"処理通番": "F1", "符号状態": "要求中"})
    (row,) = outgoing(session, "gateway")
    assert row.content == {"処理通番": "F1"}
    assert code_request.over_the_gateway(numbering.number_of)(session, row) == {"処理通番": "F1", "個人番号": individual_number(1)}
    code_request.left(session, row, {"受付日時": datetime.now(UTC)})
    assert one(session, CodeRequest).next_look_at is not None
    code_request.told(session, one(session, CodeRequest), {"符号状態": "取得済"})
    assert (one(session, CodeRequest).state, one(session, CodeRequest).next_look_at) == ("取得済", None)


@pytest.mark.parametrize("broken", [SILENT, REFUSED])
def test_a_code_request_that_failed_may_be_made_again(session, number, broken):
    code_request.numbered(session, outgoing(session, "code_number")[0], broken)
    assert (one(session, CodeRequest).state, one(session, CodeRequest).fault) == ("エラー", broken.code)
    assert code_request.asked(session, caller(), {"統合宛名番号": number})["符号状態"] == "要求中"
    assert len(outgoing(session, "code_number")) == 2


def test_a_new_number_ends_the_old_code_before_a_new_one_is_asked_for(session, number, numbering):
    numbering.assign(session, caller(), {"整理番号": resident(1)["整理番号"], "個人番号": individual_number(2), "本人確認": "カード",
                                         "番号変更": "true"})
    assert [row.operation for row in outgoing(session, "code_ended")] == ["FGU_FugoShikko"]
    assert len(outgoing(session, "code_number")) == 1
    code_request.ended(session, outgoing(session, "code_ended")[0], REFUSED)  # there was none: the same
    assert len(outgoing(session, "code_number")) == 2
    code_request.numbered(session, outgoing(session, "code_number")[0], {"処理通番": "F0", "符号状態": "取得済"})
    assert [each.state for each in session.scalars(select(CodeRequest).order_by(CodeRequest.id))] == ["失効", "要求中"]


def test_an_inquiry_says_what_it_is_for(session, number):
    with pytest.raises(SoapFault) as found:
        inquiry.ask(session, caller(), TAX | {"統合宛名番号": number, "目的": " "})
    assert found.value.code == "purpose"


def ask(session, number):
    inquiry.ask(session, caller(), TAX | {"統合宛名番号": number})
    asked = one(session, Inquiry)
    inquiry.left(session, outgoing(session, "inquiry")[-1], {"処理通番": "S1", "照会状態": "照合中"})
    return asked


def test_an_answer_is_kept_as_it_came_and_a_later_word_changes_nothing(session, number):
    asked = ask(session, number)
    inquiry.told(session, asked, {"照会状態": "照会中"})
    inquiry.told(session, asked, {"照会状態": "回答済", "特定個人情報": ANSWER, "要約値": digest_of(ANSWER), "許可証ID": "P"})
    inquiry.told(session, asked, {"照会状態": "照会中"})
    found = inquiry.result(session, caller(), {"受付番号": asked.reference})
    assert found["照会状態"] == "回答済" and digest_of(found["特定個人情報"]) == found["要約値"]
    assert asked.next_look_at is None


def test_an_answer_that_was_changed_on_the_way_is_not_taken(session, number):
    asked = ask(session, number)
    changed = {**ANSWER, "項目": [{"項目コード": "KZ02", "値": "0"}]}
    inquiry.told(session, asked, {"照会状態": "回答済", "特定個人情報": changed, "要約値": digest_of(ANSWER)})
    assert (asked.state, asked.answer) == ("エラー", None) and "要約値" in asked.refusal


def test_a_wish_to_cancel_waits_until_the_inquiry_has_a_name(session, number):
    inquiry.ask(session, caller(), TAX | {"統合宛名番号": number})
    asked = one(session, Inquiry)
    for _ in range(2):
        assert inquiry.cancel(session, caller(), {"受付番号": asked.reference}) == {"照会状態": "受付"}
    assert outgoing(session, "inquiry_withdrawn") == []
    inquiry.left(session, outgoing(session, "inquiry")[-1], {"処理通番": "S1", "照会状態": "照合中"})
    (row,) = outgoing(session, "inquiry_withdrawn")
    inquiry.withdrawn(session, row, {"照会状態": "取消"})
    assert (asked.state, asked.next_look_at) == ("取消", None)


def test_a_cancellation_that_came_too_late_lets_the_answer_come(session, number):
    asked = ask(session, number)
    inquiry.cancel(session, caller(), {"受付番号": asked.reference})
    inquiry.withdrawn(session, outgoing(session, "inquiry_withdrawn")[0], SoapFault("state", ""))
    assert asked.state == "照合中" and asked.next_look_at is not None
    inquiry.told(session, asked, {"照会状態": "該当なし"})
    with pytest.raises(SoapFault):
        inquiry.cancel(session, caller(), {"受付番号": asked.reference})


@pytest.mark.parametrize(("days", "left"), [(29, True), (31, False)])
def test_answers_are_emptied_after_thirty_days(session, number, days, left):
    asked = ask(session, number)
    inquiry.told(session, asked, {"照会状態": "回答済", "特定個人情報": ANSWER, "要約値": digest_of(ANSWER)})
    inquiry.empty_old(session, asked.answered_at + timedelta(days=days))
    assert (asked.answer is not None) == left and asked.digest


def given(number, version):
    return {"統合宛名番号": number, "登録区分": "更新", "版": version, "自動応答不可フラグ": "true", "特定個人情報": ANSWER}


def test_provision_data_sent_back_may_come_again_in_the_same_version(session, number):
    provision.register(session, caller(), given(number, 2))
    with pytest.raises(SoapFault, match="いまの版は 2"):
        provision.register(session, caller(), given(number, 2))
    provision.left(session, outgoing(session, "provided")[-1], REFUSED)
    assert (one(session, Provided).state, one(session, Provided).fault) == ("差戻", "no_code")
    provision.register(session, caller(), given(number, 2))
    assert one(session, Provided).needs_a_person


def test_provision_data_nobody_heard_is_kept_to_be_sent_again(session, number):
    provision.register(session, caller(), given(number, 1))
    (row,) = outgoing(session, "provided")
    provision.left(session, row, SILENT)
    assert one(session, Provided).state == "受付" and row.content["特定個人情報"]["項目"]
    provision.left(session, row, {"受付番号": "x"})
    assert one(session, Provided).state == "登録済" and "特定個人情報" not in row.content


def notice(session, number, *, reply: bool):
    notices.post(session, caller(), {"統合宛名番号": number, "件名": "更新", "本文": "案内", "回答要否": str(reply).lower()})
    return one(session, Notice)


def test_a_notice_never_goes_back_and_is_followed_to_its_end(session, number):
    sent = notice(session, number, reply=True)
    notices.left(session, outgoing(session, "notice")[0], {"処理通番": "N1", "お知らせ状態": "受付"})
    opened = datetime(2026, 11, 24, 9, tzinfo=UTC)
    for state, moment, now in [("送信済", None, "送信済"), ("開封", opened, "開封"), ("送信済", None, "開封"), ("回答済", opened, "回答済")]:
        notices.told(session, sent, {"お知らせ状態": state, "開封日時": moment, "回答": "はい" if state == "回答済" else None})
        assert sent.state == now
    assert (sent.reply, sent.opened_at, sent.next_look_at) == ("はい", opened, None)


def test_an_opened_notice_without_reply_is_at_its_end(session, number):
    sent = notice(session, number, reply=False)
    notices.left(session, outgoing(session, "notice")[0], {"処理通番": "N1", "お知らせ状態": "受付"})
    notices.told(session, sent, {"お知らせ状態": "開封", "開封日時": datetime.now(UTC)})
    assert sent.next_look_at is None


def test_a_refused_notice_is_an_error_and_a_silent_one_is_kept(session, number):
    refused, silent = notice(session, number, reply=False), notice(session, number, reply=False)
    first, second = outgoing(session, "notice")
    notices.left(session, first, REFUSED)
    notices.left(session, second, SILENT)
    assert (refused.state, silent.state) == ("エラー", "受付")
    assert "本文" not in first.content and second.content["本文"] == "案内"


def test_whoever_is_silent_is_asked_less_and_less_often(engine, numbering):
    class Silence:
        def call(self, *words):
            raise SILENT

    with Session(engine) as session:
        addressees.register(session, caller("feed"), {"宛名": [resident(60)]})
        numbering.assign(session, caller(), {"整理番号": resident(60)["整理番号"], "個人番号": individual_number(60), "本人確認": "カード"})
        one(session, CodeRequest).next_look_at = datetime.now(UTC)
        session.commit()
    now, waits = datetime.now(UTC), []
    for _ in range(14):
        assert look_one(engine, Silence(), code_request.FOLLOW, now)
        assert not look_one(engine, Silence(), code_request.FOLLOW, now)
        with Session(engine) as session:
            due = one(session, CodeRequest).next_look_at
        waits.append(due - now)
        now = due
    assert waits == sorted(waits) and waits[-1] == LONGEST
