"""ネットワークの代役: permits by the list, a code once both sides are there, an answer with its record, and every way to misbehave."""

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import make_url, select
from sqlalchemy.orm import Session

from exchange.information import digest_of
from exchange.permit import PermitWrong, verify
from exchange.soap import SoapFault
from systems.frame.server import Caller
from systems.frame.settings import Settings
from systems.frame.store import engine_of, prepare
from systems.simulator.behaviour import choose
from systems.simulator.network import Network, ask
from systems.simulator.tables import COMMON, Disclosure

NETWORK = Network(b"s" * 32, Ed25519PrivateKey.from_private_bytes(b"k" * 32))
US = Caller("interconnect", "interconnect")
TAX = {"処理通番": "A1", "照会者機関コード": "111007", "提供者機関コード": "112038", "事務コード": "B2120",
       "事務手続コード": "B2120P01", "特定個人情報名コード": "CHIHOZEI01"}


@pytest.fixture(scope="module")
def engine(database_url, tmp_path_factory):
    folder = tmp_path_factory.mktemp("simulator")
    settings = Settings("simulator", folder, folder, make_url(database_url).set(
        username="nanbyo_simulator").render_as_string(hide_password=False), database_url, True, None)
    prepare(settings)
    engine = engine_of(settings)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine):
    with Session(engine) as session:
        yield session
        session.rollback()


def sent(session, operation):
    return list(session.scalars(select(COMMON.outgoing).where(COMMON.outgoing.operation == operation)))


def test_a_listed_question_gets_a_permit_and_any_other_a_reason(session):
    permit = NETWORK.permit(session, US, TAX)["許可証"]
    verify(NETWORK.public_key, permit, datetime.now(UTC), number="A1", provider="112038")
    assert NETWORK.permit(session, US, TAX | {"事務コード": "B2026"}) == {"拒否理由": "照会許可照合リストにありません。"}


@pytest.mark.parametrize("order", [("announce", "gateway"), ("gateway", "announce")])
def test_a_code_comes_once_both_sides_of_its_number_are_there(session, order):
    steps = {"announce": lambda: NETWORK.announce(session, US, {"処理通番": "F1"}),
             "gateway": lambda: NETWORK.gateway(session, US, {"処理通番": "F1", "個人番号": "123456789018"})}
    steps[order[0]]()
    assert sent(session, "FugoTsuchi") == []
    steps[order[1]]()
    (row,) = sent(session, "FugoTsuchi")
    assert len(row.content["符号"]) == 64 and "123456789018" not in str(row.content)


def test_a_question_is_answered_with_a_digest_and_recorded_in_the_same_act(session):
    permit = NETWORK.permit(session, US, TAX)["許可証"]
    NETWORK.question(session, US, {"許可証": permit, "符号": "1" * 64, "対象年度": "2026"})
    (row,) = sent(session, "KekkaTsuchi")
    assert row.content["回答区分"] == "回答済" and digest_of(row.content["特定個人情報"]) == row.content["項目要約値"]
    (kept,) = session.scalars(select(Disclosure))
    assert (kept.asked_at, kept.item_codes["codes"][0]) == (datetime.fromisoformat(permit["発行日時"]), "KZ01")


def test_a_question_with_a_permit_nobody_signed_is_refused(session):
    permit = NETWORK.permit(session, US, TAX)["許可証"] | {"提供者機関コード": "113000"}
    with pytest.raises(SoapFault) as found:
        NETWORK.question(session, US, {"許可証": permit, "符号": "1" * 64})
    assert found.value.code == "permit_signature" and session.scalars(select(Disclosure)).all() == []


def test_a_wrongly_signed_permit_can_be_had_for_trial(session):
    choose(session, "wrong_signature", "test")
    with pytest.raises(PermitWrong):
        verify(NETWORK.public_key, NETWORK.permit(session, US, TAX)["許可証"], datetime.now(UTC))


def test_a_network_that_stutters_sends_the_same_twice_under_two_ids(session):
    choose(session, "duplicate", "test")
    ask(session, NETWORK, code="1" * 64, inquirer="110001", office_code="B2026", procedure_code="B2026P01")
    first, second = sent(session, "TeikyoYokyu")
    assert first.content == second.content and first.request_id != second.request_id


def test_a_question_off_the_list_still_reaches_the_city_with_no_valid_permit(session):
    asked = ask(session, NETWORK, code="1" * 64, inquirer="112038", office_code="B2026", procedure_code="B2026P01")
    with pytest.raises(PermitWrong):
        verify(NETWORK.public_key, asked.permit, datetime.now(UTC))
