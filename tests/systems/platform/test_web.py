"""Web 連携: what holds is answered at once or under a ticket; a ticket is its asker's, and only a known address is called back."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.soap import Contract, SoapFault
from systems.frame.outbox import deliver_one
from systems.frame.server import Caller
from systems.platform import web
from systems.platform.tables import COMMON, Partner, RegisterRow, Ticket
from tests.register_files import m11, resident, tax

CORE, OTHER = Caller("core", "clerk1", "request-1"), Caller("numberlink", "numbers1", "request-2")
ANSWERS = Contract("platform")


@pytest.fixture(scope="module", autouse=True)
def people(engine):
    with Session(engine) as session:
        for row in (resident(1), resident(1, 2, 住所="見本市緑町２番地"), resident(1, 3, 取消区分="1"), resident(2)):
            session.add(RegisterRow(kind="residents", municipality=row["市区町村番号"], file_number=row["整理番号"], tax_year="",
                                    history_number=int(row["履歴番号"]), content=row))
        row = tax(1)
        session.add(RegisterRow(kind="taxes", municipality=row["市区町村番号"], file_number=row["整理番号"], tax_year="2026",
                                history_number=1, content=row))
        session.commit()


def spoken(operation: str, values) -> object:
    """What the asker reads of it; the contract refuses an answer that is not one."""
    return ANSWERS.response(ANSWERS.answer(operation, values))


def test_the_newest_row_that_was_not_cancelled_is_the_answer(session):
    told = spoken("JuminShokai", web.resident(session, CORE, {"利用業務ユニット": "01", "識別番号": m11(1)}))
    assert (told["宛名"]["履歴番号"], told["宛名"]["住所"]) == ("2", "見本市緑町２番地")
    assert spoken("JuminShokai", web.resident(session, CORE, {"利用業務ユニット": "01", "識別番号": m11(9)})) == {}
    asked = {"利用業務ユニット": "01", "識別番号": m11(1), "相当年度": "2026"}
    assert spoken("JuminzeiShokai", web.tax(session, CORE, asked))["住民税"]["市町村民税所得割額"] == "85000"
    assert spoken("JuminzeiShokai", web.tax(session, CORE, asked | {"相当年度": "2025"})) == {}
    assert [line.subject for line in session.scalars(select(COMMON.log).where(COMMON.log.act == "asked tax"))] == [m11(1)] * 2


def test_a_ticket_is_answered_later_for_its_asker_alone_and_emptied_in_time(engine, session):
    asked = {"利用業務ユニット": "01", "種別": "住民", "識別番号": [m11(1), m11(2), m11(9)]}
    made = web.ticket(session, CORE, asked)
    session.commit()
    assert spoken("HidokiKekka", web.fetched(session, CORE, made))["票状態"] == "受付"
    session.commit()
    now = datetime.now(UTC)
    assert web.answer_one(engine, now) and not web.answer_one(engine, now)
    told = spoken("HidokiKekka", web.fetched(session, CORE, made))
    assert (told["票状態"], [row["整理番号"] for row in told["宛名"]]) == ("完了", [m11(1), m11(2)])
    with pytest.raises(SoapFault, match="ありません"):
        web.fetched(session, OTHER, made)
    assert web.empty_old(session, now + web.KEPT) == 0 and web.empty_old(session, now + web.KEPT + timedelta(seconds=1)) == 1
    session.expire_all()
    with pytest.raises(SoapFault, match="期限"):
        web.fetched(session, CORE, made)


@pytest.mark.parametrize(("wrong", "code"), [
    ({"種別": "住民税"}, "tax_year"), ({"相当年度": "2026"}, "tax_year"), ({"識別番号": [str(n) for n in range(501)]}, "too_many"),
    ({"折返し先": "https://elsewhere.invalid"}, "address")])
def test_a_ticket_that_cannot_be_carried_out_is_refused_at_once(session, wrong, code):
    with pytest.raises(SoapFault) as found:
        web.ticket(session, CORE, {"利用業務ユニット": "01", "種別": "住民", "識別番号": [m11(1)]} | wrong)
    assert found.value.code == code


def test_whoever_left_an_address_is_called_back_there(engine, session):
    partner = session.scalars(select(Partner).where(Partner.name == "core")).one()
    partner.address = "https://core.example:8443"
    made = web.ticket(session, CORE, {"利用業務ユニット": "01", "種別": "住民", "識別番号": [m11(1)], "折返し先": partner.address})
    session.commit()
    heard = []

    class Phone:
        def call(self, operation, request_id, staff_id, values):
            heard.append((operation, values))
            return {}
    web.answer_one(engine, datetime.now(UTC))
    assert deliver_one(engine, COMMON.outgoing, {"core": Phone()}, {"called_back": lambda *_: None}, "platform",
                       datetime.now(UTC) + timedelta(seconds=1))
    assert heard == [("HidokiTsuchi", {"票番号": made["票番号"], "票状態": "完了"})]
    assert session.scalar(select(Ticket.state).where(Ticket.reference == made["票番号"])) == "完了"
