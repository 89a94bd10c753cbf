"""SOAP の契約: what a contract allows comes through; everything else is a fault with a code, never a traceback."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from exchange.soap import CONTRACTS, HEADER, MOST_BYTES, Contract, SoapFault, fault

NAMES = sorted(path.stem for path in CONTRACTS.glob("*.xsd"))
LINK = Contract("numberlink")
HEAD = {"要求ID": "11111111-2222", "職員ID": "clerk1", "送信日時": "2026-11-24T09:00:00+09:00"}
NUMBERING = {"整理番号": "100000000000018", "個人番号": "123456789018", "本人確認": "カード"}


def codes_of(raw: bytes) -> str:
    with pytest.raises(SoapFault) as found:
        LINK.read(raw)
    return found.value.code


@pytest.mark.parametrize("name", NAMES)
def test_every_contract_offers_operations_with_ascii_names(name):
    operations = Contract(name).operations
    assert operations and all(operation.isascii() for operation in operations)


@pytest.mark.parametrize("name", NAMES)
def test_a_wsdl_holds_each_operation_once_with_its_own_action(name):
    contract = Contract(name)
    actions = etree.fromstring(contract.wsdl("https://localhost/soap")).xpath("//@soapAction")
    assert actions == [f"urn:nanbyo:{name}:1/{operation}" for operation in contract.operations]


def test_only_numbering_and_the_gateway_know_an_individual_number():
    named = {name for name in NAMES if "個人番号" in (CONTRACTS / f"{name}.xsd").read_text().replace("特定個人情報", "")
             .split("-->")[1]}
    assert named == {"numberlink", "gateway"}


def test_a_request_is_read_as_it_was_written_with_every_character_of_a_name():
    call = LINK.read(LINK.request("AtenaToroku", HEAD, {"宛名": [{
        "市区町村番号": "111007", "整理番号": "1", "履歴番号": 1, "氏名": "𠮷田 邉󠄏子"}]}))
    assert (call.operation, call.request_id, call.staff_id) == ("AtenaToroku", HEAD["要求ID"], "clerk1")
    assert call.values["宛名"][0]["氏名"] == "𠮷田 邉󠄏子"
    assert HEADER not in call.values


def test_a_doctype_is_refused_however_it_is_written():
    raw = LINK.request("Fuban", HEAD, NUMBERING)
    assert codes_of(raw.replace(b"?>\n", b"?>\n<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>", 1)) == "doctype"


def test_a_fault_names_the_element_and_never_what_it_holds():
    raw = LINK.request("Fuban", HEAD, NUMBERING).replace(b"123456789018", b"12345678901X")
    with pytest.raises(SoapFault) as found:
        LINK.read(raw)
    assert found.value.code == "schema" and "個人番号" in found.value.message and "12345678901" not in found.value.message


@pytest.mark.parametrize(("raw", "code"), [
    (b"", "xml"), (b"<a/>", "envelope"), (b"x" * (MOST_BYTES + 1), "size"),
    (LINK.request("Fuban", HEAD, NUMBERING).replace(b"FubanRequest", b"FubanResponse"), "operation"),
    (LINK.request("Fuban", HEAD, NUMBERING).replace(b"urn:nanbyo:numberlink:1", b"urn:other"), "operation"),
])
def test_what_is_no_request_is_a_fault_with_a_code(raw, code):
    assert codes_of(raw) == code


@given(st.data())
@settings(max_examples=200)
def test_a_damaged_request_is_read_whole_or_refused_with_a_code(data):
    raw = bytearray(LINK.request("Fuban", HEAD, NUMBERING))
    at = data.draw(st.integers(0, len(raw) - 1))
    kind = data.draw(st.sampled_from(("cut", "change", "double")))
    damaged = {"cut": bytes(raw[:at]), "double": bytes(raw[:at] + raw[at:] + raw[at:]),
               "change": bytes(raw[:at] + bytes([data.draw(st.integers(0, 255))]) + raw[at + 1:])}[kind]
    try:
        assert LINK.read(damaged).operation == "Fuban"
    except SoapFault as refused:
        assert refused.code in {"xml", "envelope", "operation", "schema", "doctype"}


def test_the_other_sides_fault_is_raised_with_its_code():
    with pytest.raises(SoapFault) as found:
        LINK.response(fault(SoapFault("not_allowed", "許されていません。")))
    assert (found.value.code, found.value.side) == ("not_allowed", "Client")


def test_a_stored_answer_is_written_in_the_order_of_the_contract_and_read_back_the_same():
    item = {"値": "1", "項目名": "課税区分", "項目コード": "KZ01"}  # as a database gives it back
    given = {"特定個人情報": {"項目": [item, item], "レイアウト版": "模擬1", "特定個人情報名コード": "CHIHOZEI01"}, "照会状態": "回答済"}
    assert LINK.response(LINK.answer("ShokaiKekka", given)) == given
