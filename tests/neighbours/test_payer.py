"""審査支払機関から: receipts come by SFTP; the office sees only what is whole, to the byte, and never what is still on its way."""

from procedures.delivery import complete
from tests.neighbours.uke import BROKEN, GOOD, PEOPLE, check_digit, written

FAULTS = ("points", "cut", "payer_digit")


def test_what_the_payer_left_lies_there_whole_and_the_rest_is_not_seen(exchange, serve, visit):
    keys, box = exchange.parent / "keys", exchange / "from_payer"
    port = serve("sftp_drop", box, keys)
    visit("payer", port, keys, "RECEIPTC_202610.UKE=good", "RECEIPTC_202611.UKE=unfinished",
          *(f"RECEIPTC_{number}.UKE={fault}" for number, fault in enumerate(FAULTS)))
    assert [path.name for path in complete(box, needs_end=False)] == [
        "RECEIPTC_0.UKE", "RECEIPTC_1.UKE", "RECEIPTC_2.UKE", "RECEIPTC_202610.UKE"]
    assert (box / "RECEIPTC_202610.UKE").read_bytes() == GOOD
    for number, fault in enumerate(FAULTS):
        assert (box / f"RECEIPTC_{number}.UKE").read_bytes() == BROKEN[fault](GOOD) != GOOD


def test_the_payers_own_sums_are_right_and_each_fault_is_one():
    lines = GOOD[:-1].decode("cp932").split("\r\n")
    kinds = [line.split(",")[0] for line in lines if line]
    assert (kinds[0], kinds[-1], kinds.count("RE")) == ("IR", "GO", len(PEOPLE)) and lines[-2] == "GO,6,16216,99"
    lengths = {"IR": 10, "RE": 38, "HO": 15, "KO": 12, "GO": 4, "SI": 44}
    assert all(len(line.split(",")) == lengths[line[:2]] for line in lines if line[:2] in lengths)
    assert check_digit("5411701") == "54117015" and check_digit("000001") == "0000018"
    assert len({BROKEN[fault](GOOD) for fault in BROKEN} | {GOOD}) == len(BROKEN) + 1
    assert written(PEOPLE[:1]) != GOOD
