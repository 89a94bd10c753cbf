"""特定個人情報: what travels about a person, its items and its digest, the same at both ends or something was changed."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def digest_of(information: Mapping[str, Any]) -> str:
    """要約値: SHA-256 over the code of the information and its items in their order."""
    return hashlib.sha256(json.dumps(
        [information["特定個人情報名コード"], [[each["項目コード"], str(each["値"])] for each in information["項目"]]],
        ensure_ascii=False).encode()).hexdigest()


def codes_of(information: Mapping[str, Any] | None) -> list[str]:
    """項目コード: which items it holds; none where nothing was given."""
    return [str(each["項目コード"]) for each in information["項目"]] if information else []


def plain(information: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The same with text for every value, as it is stored."""
    if information is None:
        return None
    return {**{name: str(value) for name, value in information.items() if name != "項目" and value is not None},
            "項目": [{name: str(value) for name, value in each.items() if value is not None} for each in information["項目"]]}
