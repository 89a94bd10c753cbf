"""番号連携サーバの電文: records become what the contract allows, and answers become records."""

from datetime import UTC, datetime

from exchange.numberlink_messages import (
    Like,
    NoticeState,
    Outcome,
    Provision,
    Question,
    Standing,
    assign_values,
    assigned,
    inquiry_values,
    match_digest,
    notice_state,
    outcome,
    provision_values,
    standing,
    taken,
)
from exchange.reference import new_reference
from exchange.soap import Contract

CONTRACT = Contract("numberlink")
HEAD = {"要求ID": "request-1", "職員ID": "clerk1", "送信日時": "2026-11-24T09:00:00+09:00"}
ANSWER = {"特定個人情報名コード": "CHIHOZEI01", "レイアウト版": "模擬1", "項目": [{"項目コード": "KZ02", "値": "120000"}]}
NUMBER = "900000000000014"


def said(operation, values):
    """What the other side reads of a request."""
    return CONTRACT.read(CONTRACT.request(operation, HEAD, values)).values


def heard(operation, values):
    """What we read of an answer."""
    return CONTRACT.response(CONTRACT.answer(operation, values))


def test_requests_are_what_the_contract_allows():
    assert said("Fuban", assign_values("1", "123456789018", "カード")) == {"整理番号": "1", "個人番号": "123456789018", "本人確認": "カード"}
    assert said("Fuban", assign_values("1", "123456789018", "カード", is_change=True))["番号変更"] == "true"
    assert "対象年度" not in said("ShokaiYokyu", inquiry_values(Question(NUMBER, "112038", "B1", "P1", "Z1", "審査")))
    given = said("TeikyoToroku", provision_values(Provision(NUMBER, "新規", 3, needs_a_person=True, information=ANSWER)))
    assert (given["版"], given["自動応答不可フラグ"], given["特定個人情報"]["項目"][0]["値"]) == ("3", "true", "120000")


def test_answers_become_records():
    likes = [{"整理番号": "2", "理由": "氏名と生年月日が同じ"}]
    (row,) = taken(heard("AtenaToroku", {"取込": [{"整理番号": "1", "取込区分": "候補あり", "候補": likes}]}))
    assert (row.outcome, row.reason, row.likes) == ("候補あり", None, (Like("2", "氏名と生年月日が同じ", None),))
    made = assigned(heard("Fuban", {"統合宛名番号": NUMBER, "新規": False, "候補": likes}))
    assert (made.integrated_number, made.is_new, len(made.likes)) == (NUMBER, False, 1)
    assert standing(heard("TogoAtenaShokai", {"番号登録済": False, "符号状態": "未取得"})) == Standing(None, False, "未取得")
    assert outcome(heard("ShokaiKekka", {"照会状態": "照合拒否", "拒否理由": "x"})) == Outcome("照合拒否", refusal="x")
    assert outcome(heard("ShokaiKekka", {"照会状態": "回答済", "特定個人情報": ANSWER, "要約値": "0" * 64})).information == ANSWER
    moment = datetime(2026, 11, 24, tzinfo=UTC)
    assert notice_state(heard("OshiraseJokyo", {"お知らせ状態": "開封", "開封日時": moment.isoformat()})) == NoticeState("開封", moment)


def test_a_keyed_digest_is_what_the_contract_allows_and_differs_by_key():
    digests = {match_digest(key, "123456789018") for key in (b"a", b"b")}
    assert len(digests) == 2
    for each in digests:
        assert said("BangoShogo", {"整理番号": "1", "鍵付要約値": each})["鍵付要約値"] == each


def test_a_reference_has_no_digit_in_it():
    made = {new_reference("S") for _ in range(100)}
    assert len(made) == 100 and not any(letter.isdigit() for each in made for letter in each)
