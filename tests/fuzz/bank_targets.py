"""銀行のファイルの的: the readers of transfer files and return lists, with what must hold for any bytes at all.

A target takes bytes and says what became of them: refused whole, or read. Everything else is a fault.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from exchange.table_file import EnvelopeWrong
from exchange.transfer_returns import RETURN_HEADER, RETURNED, read_returns
from exchange.zengin import CRLF, END, TRAILER, read, write

SAMPLES: Final = Path(__file__).parents[1] / "exchange" / "samples"
JAPANESE: Final = re.compile(r"[ぁ-んァ-ヶ一-龠].*。$", re.DOTALL)


def transfers(raw: bytes) -> str:
    """総合振込: what is read is written again to the byte."""
    try:
        found = read(raw)
    except EnvelopeWrong as wrong:
        return _refused(wrong)
    assert write(found) == raw
    return "read"


def returned(raw: bytes) -> str:
    """振込不能一覧: likewise, by the layouts themselves."""
    try:
        found = read_returns(raw)
    except EnvelopeWrong as wrong:
        return _refused(wrong)
    end = CRLF if raw[120:122] == CRLF else b""
    lines = [RETURN_HEADER.write(vars(found.consignor)),
             *(RETURNED.write({**vars(each.transfer), "reason": each.reason}) for each in found.returned),
             TRAILER.write({"count": len(found.returned), "yen": sum(each.transfer.yen for each in found.returned)}), END.write({})]
    assert b"".join(line + end for line in lines) == raw
    return "read"


def _refused(wrong: EnvelopeWrong) -> str:
    assert wrong.code and JAPANESE.search(wrong.message), wrong.message
    return "refused"


# What each target is tried with first; a mutation starts from these.
SEEDS: Final[dict[Callable[[bytes], str], tuple[bytes, ...]]] = {
    transfers: ((SAMPLES / "ZENGIN_SOGO_20261210.txt").read_bytes(),
                (SAMPLES / "ZENGIN_SOGO_20261210.txt").read_bytes().replace(CRLF, b"")),
    returned: ((SAMPLES / "FURIKOMI_FUNO_20261210.txt").read_bytes(),)}
