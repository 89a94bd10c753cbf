"""設定: where a system's database, keys and peers are, read from the environment."""

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from exchange.neighbours import NAMES, PORTS, address_of, tls_folder
from systems.frame.files import lay_down

__all__ = ["NAMES", "PORTS", "Settings", "secret_of"]


@dataclass(frozen=True)
class Settings:
    """One system's settings; ``from_environment`` names the variable of each."""

    name: str
    data_dir: Path  # NANBYO_DATA_DIR/systems/NAME: its files and keys
    tls_dir: Path  # NANBYO_TLS: certificates; a trial makes its own authority there
    database_url: str  # NANBYO_<NAME>_DATABASE_URL; else the role nanbyo_NAME on DATABASE_URL
    admin_url: str | None  # DATABASE_URL: only to make role and schema at the first start of a trial
    is_demo: bool  # NANBYO_DEMO=1
    fixed_today: date | None  # NANBYO_TODAY

    def address_of(self, peer: str) -> str:
        """Where *peer* answers: NANBYO_<PEER>_URL, else this machine at its usual port."""
        return address_of(peer)

    @staticmethod
    def from_environment(name: str) -> "Settings":
        """Return the settings of the system *name*; SystemExit(4) where no database is named."""
        env = os.environ
        root = Path(env.get("NANBYO_DATA_DIR", Path(__file__).resolve().parents[2] / "var")).resolve()
        admin, own = env.get("DATABASE_URL"), env.get(f"NANBYO_{name.upper()}_DATABASE_URL")
        if not admin and not own:
            raise SystemExit(4)
        today = env.get("NANBYO_TODAY")
        return Settings(
            name=name, data_dir=root / "systems" / name,
            tls_dir=tls_folder(root),
            database_url=_driver(own or _as_role(str(admin), f"nanbyo_{name}")),
            admin_url=_driver(admin) if admin and not own else None,
            is_demo=env.get("NANBYO_DEMO") == "1", fixed_today=date.fromisoformat(today) if today else None)


def _driver(url: str) -> str:
    return "postgresql+psycopg://" + url.split("://", 1)[1]


def _as_role(url: str, role: str) -> str:
    """The same server and database under another login; a trial's server asks its own machine for no password."""
    scheme, rest = url.split("://", 1)
    return f"{scheme}://{role}@{rest.rpartition('@')[2] if '@' in rest.split('?')[0] else rest}"


def secret_of(settings: Settings, length: int = 32) -> bytes:
    """The system's own secret bytes; made once, readable by its owner only, whoever of its processes comes first."""
    path = settings.data_dir / "secret.key"
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        lay_down(path, os.urandom(length), 0o600, replaces=False)
    return path.read_bytes()
