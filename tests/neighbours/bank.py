"""銀行: collects transfer files by FTPS, reads them with a decoder of its own, and returns what it cannot pay.

``python bank.py PORT KEYS PASSWORD ACCOUNT=REASON …`` prints what it understood, as JSON.
"""

import json
import ssl
import sys
from ftplib import FTP_TLS
from io import BytesIO
from pathlib import Path
from typing import Any

from bank_records import decode, refuse


def collect(line: FTP_TLS) -> dict[str, bytes]:
    """Every whole file of the folder; what was fetched is cleared away, and fetched once."""
    line.cwd("/to_bank")
    found = {}
    for name in line.nlst():
        if not name.startswith("."):
            buffer = BytesIO()
            line.retrbinary(f"RETR {name}", buffer.write)
            line.delete(name)
            found[name] = buffer.getvalue()
    return found


def give_back(line: FTP_TLS, name: str, raw: bytes) -> None:
    """The list under a working name first."""
    line.cwd("/from_bank")
    line.storbinary(f"STOR {name}.tmp", BytesIO(raw))
    line.rename(f"{name}.tmp", name)


def work(port: int, keys: Path, password: str, bad: dict[str, str]) -> list[dict[str, Any]]:
    """One visit: fetch, understand, answer."""
    context = ssl.create_default_context(cafile=str(keys / "server.pem"))
    understood = []
    with FTP_TLS(context=context) as line:
        line.connect("127.0.0.1", port, timeout=20)
        line.login("bank", password)
        line.prot_p()
        for name, raw in collect(line).items():
            seen = decode(raw)
            understood.append({"name": name, **seen})
            reasons = {each["number"]: bad[each["account"]] for each in seen["payments"] if each["account"] in bad}
            if reasons:
                give_back(line, f"FUNO_{name}", refuse(raw, reasons))
    return understood


if __name__ == "__main__":
    told = work(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], dict(each.split("=") for each in sys.argv[4:]))
    print(json.dumps(told, ensure_ascii=False))  # noqa: T201  # a process of its own answers on its output
