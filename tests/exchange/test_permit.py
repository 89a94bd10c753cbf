"""許可証と照合リスト: a changed letter, a late hour, another city or a procedure that is not listed ends the matter."""

from datetime import UTC, date, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exchange.match_list import Question, permitting, rows
from exchange.permit import SIGNED, PermitWrong, sign, verify

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
NOW = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
PERMIT = sign(KEY, {"許可証ID": "P1", "処理通番": "A1", "照会者機関コード": "111007", "提供者機関コード": "112038",
                    "事務コード": "B2120", "事務手続コード": "B2120P01", "特定個人情報名コード": "CHIHOZEI01",
                    "発行日時": NOW.isoformat(), "有効期限": (NOW + timedelta(minutes=10)).isoformat()})


def code_of(permit, now=NOW, **expected):
    with pytest.raises(PermitWrong) as found:
        verify(KEY.public_key(), permit, now, **expected)
    return found.value.code


def test_a_permit_holds_for_what_it_says():
    verify(KEY.public_key(), PERMIT, NOW, number="A1", inquirer="111007", provider="112038", information="CHIHOZEI01")


def test_a_permit_is_the_same_however_its_time_is_spelled():
    verify(KEY.public_key(), PERMIT | {"発行日時": "2026-11-24T09:00:00+09:00"}, NOW)


@pytest.mark.parametrize("name", SIGNED)
def test_a_changed_word_breaks_the_signature(name):
    changed = "2026-11-25T00:00:00+00:00" if name in ("発行日時", "有効期限") else "X9"
    assert code_of(PERMIT | {name: changed}) == "signature"


@pytest.mark.parametrize("signature", ["", "zz", "00" * 64])
def test_what_is_no_signature_is_refused(signature):
    assert code_of(PERMIT | {"署名": signature}) == "signature"


@pytest.mark.parametrize(("now", "code"), [(NOW - timedelta(seconds=1), "not_yet"),
                                           (NOW + timedelta(minutes=10), "expired")])
def test_a_permit_has_its_hour(now, code):
    assert code_of(PERMIT, now) == code


@pytest.mark.parametrize(("expected", "code"), [({"number": "A2"}, "number"), ({"inquirer": "1"}, "inquirer"),
                                                ({"provider": "1"}, "provider"), ({"information": "X"}, "information")])
def test_a_permit_for_something_else_is_refused(expected, code):
    assert code_of(PERMIT, **expected) == code


@pytest.mark.parametrize(("question", "on", "permitted"), [
    (("governor", "B2026", "B2026P01", "mayor", "NANBYO01"), "2018-04-01", True),
    (("governor", "B2026", "B2026P01", "mayor", "NANBYO01"), "2018-03-31", False),
    (("mayor", "B2056N2", "B2056N2P01", "mayor", "NANBYO01"), "2026-11-24", True),
    (("governor", "B2087", "B2087P01", "mayor", "NANBYO01"), "2026-11-24", True),
    (("mayor", "B2120", "B2120P01", "mayor", "CHIHOZEI01"), "2026-11-24", True),
    (("mayor", "B2026", "B2026P01", "mayor", "NANBYO01"), "2026-11-24", False),
    (("governor", "B2026", "B2056N2P01", "mayor", "NANBYO01"), "2026-11-24", False),
    (("governor", "B2026", "B2026P01", "mayor", "CHIHOZEI01"), "2026-11-24", False),
])
def test_only_what_the_list_names_letter_by_letter_on_that_day_is_permitted(question, on, permitted):
    assert (permitting(rows(), Question(*question), date.fromisoformat(on)) is not None) == permitted
