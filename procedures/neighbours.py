"""隣のシステムの様子: whether each answers, asked as anybody may; no person, no certificate of ours, nothing of its content."""

import json
import ssl
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Final
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from exchange.neighbours import CORE, address_of, files_of

SECONDS: Final = 2.0  # whoever reads the page waits no longer than this


@dataclass(frozen=True)
class Seen:
    """様子: *state* is well, unwell (it says so itself), silent, untrusted (another's certificate) or unknown (we have none)."""

    name: str
    address: str
    state: str
    milliseconds: int | None = None


def look(names: Sequence[str], folder: Path) -> list[Seen]:
    """様子を見る: every system's ``/healthz`` at once, its certificate checked against the authority in *folder*."""
    authority = files_of(folder, CORE)[2]
    if not authority.exists():
        return [Seen(name, address_of(name), "unknown") for name in names]
    context = ssl.create_default_context(cafile=str(authority))
    with ThreadPoolExecutor(max_workers=max(1, len(names))) as together:
        return list(together.map(lambda name: _ask(name, context), names))


def _ask(name: str, context: ssl.SSLContext) -> Seen:
    address, begun = address_of(name), monotonic()
    try:
        with urlopen(f"{address}/healthz", timeout=SECONDS, context=context) as answer:
            told = json.load(answer)
        state = "well" if told.get("system") == name and told.get("ok") is True else "unwell"
    except HTTPError:
        state = "unwell"
    except URLError as broken:
        state = "untrusted" if isinstance(broken.reason, ssl.SSLCertVerificationError) else "silent"
    except (OSError, ValueError):
        state = "silent"
    return Seen(name, address, state, round((monotonic() - begun) * 1000) if state == "well" else None)
