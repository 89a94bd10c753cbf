"""番号の照合: the digest is one the contract allows, and another under every key; a receipt's name holds no digit."""

from exchange.number_match import match_digest
from exchange.reference import new_reference
from exchange.soap import Contract

HEAD = {"要求ID": "request-1", "職員ID": "clerk1", "送信日時": "2026-11-24T09:00:00+09:00"}


def test_a_keyed_digest_is_what_the_contract_allows_and_differs_by_key():
    contract, digests = Contract("numberlink"), {match_digest(key, "123456789018") for key in (b"a", b"b")}
    assert len(digests) == 2
    for each in digests:
        asked = contract.read(contract.request("BangoShogo", HEAD, {"整理番号": "1", "鍵付要約値": each}))
        assert asked.values["鍵付要約値"] == each


def test_a_reference_has_no_digit_in_it():
    made = {new_reference("S") for _ in range(100)}
    assert len(made) == 100 and not any(letter.isdigit() for each in made for letter in each)
