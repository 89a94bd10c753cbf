"""入口の設定: the site's address, the readers it accepts and the city's common authentication, read once from a file.

A file that cannot be used is a fault of the installation: it is refused at the start, never worked around.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from exchange.finger import Reader, Site
from procedures.directory import Directory
from procedures.provider import Provider, is_safe


class WrongDoor(ValueError):
    """入口の設定が使えない; the message says what to write instead."""


@dataclass(frozen=True)
class Door:
    """入口: what a person can prove herself by."""

    site: Site
    directory: Directory | None = None
    provider: Provider | None = None


@cache
def door_of(path: Path | None, origin: str) -> Door:
    """Return the door of a settings file; WrongDoor says which line is not right."""
    if not is_safe(origin) or urlsplit(origin).path or (urlsplit(origin).hostname or "").replace(".", "").isdigit():
        raise WrongDoor(f"NANBYO_ORIGIN は https://名前 の形にしてください (いまは {origin})。試すときは http://localhost:番号 です。")
    if path is None:
        return Door(Site(origin))
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        return Door(Site(origin, tuple(_reader(each, path.parent) for each in content.get("readers", ()))),
                    _directory(content["directory"], path.parent) if content.get("directory") else None,
                    _provider(content["provider"], path.parent, origin) if content.get("provider") else None)
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as wrong:
        raise WrongDoor(f"{path.name}: 読み取れないか、項目が足りません ({wrong})。docs/door.md の見本と比べてください。") from wrong


def _reader(content: dict[str, Any], folder: Path) -> Reader:
    roots = tuple((folder / name).read_bytes() for name in content["roots"])
    if not roots:
        raise WrongDoor(f"読取装置 {content['name']} の証明書 (roots) がありません。機種は証明書がないと確かめられません。")
    return Reader(str(content["model"]).lower(), content["name"], roots)


def _directory(content: dict[str, Any], folder: Path) -> Directory:
    place = urlsplit(content["url"])
    security = "tls" if place.scheme == "ldaps" else "start_tls" if content.get("start_tls") else "none"
    if place.scheme not in ("ldap", "ldaps") or not place.hostname:
        raise WrongDoor("directory の url は ldaps://名前 の形にしてください。")
    if security == "none" and place.hostname not in ("localhost", "127.0.0.1"):
        raise WrongDoor("directory はパスワードを運びます。ldaps:// か start_tls: true にしてください。")
    return Directory(place.hostname, place.port or (636 if security == "tls" else 389), content["base"],
                     content.get("attribute", "uid"), content.get("reader", ""), _secret(content, "reader_password_file", folder),
                     security, _path(content, "authorities", folder))


def _provider(content: dict[str, Any], folder: Path, origin: str) -> Provider:
    if not is_safe(content["issuer"]):
        raise WrongDoor("provider の issuer は https:// で始まる名前にしてください。")
    return Provider(content["issuer"], content["client"], _secret(content, "secret_file", folder), origin + "/login/provider/back",
                    content.get("label", Provider.label), content.get("claim", Provider.claim),
                    _path(content, "authorities", folder))


def _secret(content: dict[str, Any], name: str, folder: Path) -> str:
    """A secret stands in a file of its own, never in the settings."""
    return (folder / content[name]).read_text(encoding="utf-8").strip() if content.get(name) else ""


def _path(content: dict[str, Any], name: str, folder: Path) -> Path | None:
    return (folder / content[name]).resolve(strict=True) if content.get(name) else None
