"""隣のシステム: their names, where each answers and where the certificates of the wire lie; both sides of it know this."""

import os
from pathlib import Path
from typing import Final

NAMES: Final = ("numberlink", "interconnect", "platform", "simulator")
PORTS: Final = {"numberlink": 8201, "interconnect": 8202, "platform": 8203, "simulator": 8204}
FILE_PORTS: Final = {"sftp": 8222, "ftps": 8221, "webdav": 8223}  # of the platform's file doors
CORE: Final = "core"  # the name in the core's own certificate
AUTHORITY: Final = "ca"
DEMO_REGISTER: Final = "demo-register"  # under the data folder: the demo city's people as files, for whoever stands in for others


def variable_of(system: str) -> str:
    """The variable of the environment that names another address of *system*."""
    return f"NANBYO_{system.upper()}_URL"


def address_of(system: str) -> str:
    """Where *system* answers: NANBYO_<SYSTEM>_URL, else this machine at its usual port."""
    return os.environ.get(variable_of(system), f"https://localhost:{PORTS[system]}")


def tls_folder(data_dir: Path) -> Path:
    """Where the certificates lie: NANBYO_TLS, else beside the systems' own files."""
    return Path(os.environ.get("NANBYO_TLS", data_dir / "systems" / "tls")).resolve()


def files_of(folder: Path, name: str) -> tuple[Path, Path, Path]:
    """Return the certificate, the key and the authority's certificate of *name*."""
    return folder / f"{name}.pem", folder / f"{name}.key", folder / f"{AUTHORITY}.pem"


def file_door(kind: str) -> tuple[str, int]:
    """Host and port where 連携基盤 carries files by *kind* (sftp, ftps, webdav): NANBYO_PLATFORM_<KIND>, else this machine."""
    host, _, port = os.environ.get(door_variable(kind), f"localhost:{FILE_PORTS[kind]}").rpartition(":")
    return host, int(port)


def door_variable(kind: str) -> str:
    """The variable of the environment that names another host:port of that door."""
    return f"NANBYO_PLATFORM_{kind.upper()}"
