"""銀行との往復: a released run is collected by FTPS, understood by the bank's own reader, and what it returns is paid once more."""

import ftplib
import json
import secrets

import pytest

from models.payment import PaymentReturn
from procedures import corrections
from procedures.actor import SYSTEM
from procedures.delivery import Box, put_out, take_in
from procedures.payment_file import name_of
from procedures.payment_ledger import ledger
from procedures.payment_returns import take_in as take_returns
from tests.money import PAY_DAY, granted, people, released
from tests.office import NOW

BACK, NEXT = PAY_DAY.replace(day=15), PAY_DAY.replace(day=25)


def taken(session, folder) -> list:
    return take_in(session, folder, {"from_bank": Box("from_bank", False, lambda session, path: take_returns(
        session, SYSTEM, path.name, path.read_bytes(), BACK, NOW))}, NOW)


def test_money_goes_to_the_bank_and_what_comes_back_is_paid_once_more(session, actors, exchange, serve, visit):
    keys, password = exchange.parent / "keys", secrets.token_hex(8)
    port = serve("ftps_drop", exchange, keys, password)
    claims = [granted(session, actors, who, yen, account_number=account) for who, yen, account in zip(
        people(session, 3), (24_500, 3_080, 118_720), ("1111111", "2222222", "3333333"), strict=True)]
    run = released(session, actors)
    assert put_out(session, exchange, NOW) == [name_of(run)]

    (seen,) = json.loads(visit("bank", port, keys, password, "2222222=03"))
    assert seen["name"] == name_of(run) and seen["sums_are_right"] and seen["yen"] == 146_300
    assert [(each["account"], each["yen"]) for each in seen["payments"]] == [("1111111", 24_500), ("2222222", 3_080), ("3333333", 118_720)]
    assert json.loads(visit("bank", port, keys, password)) == []

    (report,) = taken(session, exchange)
    assert report.accepted == 1 and [claim.state for claim in claims] == ["paid", "returned", "paid"]
    asked = corrections.ask(session, actors["reviewer1"], "reimbursement_claim", claims[1].id, "account_number", "4444444", "通帳の写し", NOW)
    corrections.decide(session, actors["manager1"], asked.id, True, NOW)
    again = released(session, actors, NEXT)
    put_out(session, exchange, NOW)
    (seen,) = json.loads(visit("bank", port, keys, password, "2222222=03"))
    assert (seen["name"], seen["yen"], seen["payments"][0]["account"]) == (name_of(again), 3_080, "4444444")
    assert taken(session, exchange) == [] and session.query(PaymentReturn).count() == 1
    assert ledger(session).is_balanced and ledger(session).total.paid == 146_300


def test_the_banks_folder_opens_to_nobody_without_tls_or_password(exchange, serve):
    port = serve("ftps_drop", exchange, exchange.parent / "keys", "right")
    with ftplib.FTP() as plain:
        plain.connect("127.0.0.1", port, timeout=20)
        with pytest.raises(ftplib.error_perm, match="550"):
            plain.login("bank", "right")
