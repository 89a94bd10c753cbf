"""設定: every setting of an installation, read once from the environment; secrets come from the key file only."""

import os
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

ROOT = Path(__file__).resolve().parent
Value = TypeVar("Value")
DEMO_CITY = ROOT / "seeds" / "demo_city.yaml"
# Roles of the database (migrations make them): whoever logs in works as the one of its process and can do no more.
APP_ROLE, SEALER_ROLE, AUDITOR_ROLE = "nanbyo_app", "nanbyo_sealer", "nanbyo_auditor"


class UnreadableSetting(ValueError):
    """設定を読めない: the message names the variable and what it takes."""


@dataclass(frozen=True)
class Settings:
    """One installation's settings; ``from_environment`` names the variable of each."""

    database_url: str | None = None  # DATABASE_URL; None: the embedded PostgreSQL under data_dir
    data_dir: Path = ROOT / "var"  # NANBYO_DATA_DIR: embedded database, scans, printed files
    key_file: Path | None = None  # NANBYO_KEYS; None: made at first start under data_dir/keys, mode 0600
    city_file: Path = DEMO_CITY  # NANBYO_CITY: letterhead, mayor, payer numbers, cycle of the city
    exchange_dir: Path | None = None  # NANBYO_EXCHANGE: folders that carriers reach: to_bank, from_bank, from_register …
    fixed_today: date | None = None  # NANBYO_TODAY: the office's day, for trials and tests
    demo: bool = False  # NANBYO_DEMO=1: demo accounts, loopback only
    behind_https: bool = False  # NANBYO_HTTPS=1: browsers are told to come by TLS only (production behind a TLS proxy)
    proxies: int = 0  # NANBYO_PROXIES: how many proxies stand before us and tell the terminal's address
    origin: str = "http://localhost:8000"  # NANBYO_ORIGIN: the address people type; authenticators belong to its host
    door_file: Path | None = None  # NANBYO_DOOR: accepted readers, the city's directory and provider (docs/door.md)
    seal_key_file: Path | None = None  # NANBYO_SEAL_KEY: the sealer's own key, where its user alone can read
    checkpoint_folder: Path | None = None  # NANBYO_CHECKPOINTS: where checkpoints of the journal lie outside the database
    checkpoint_copy: Path | None = None  # NANBYO_CHECKPOINTS_COPY: and a second place, on another machine
    pmh_url: str | None = None  # NANBYO_PMH_URL: where PMH takes registrations, https; None: nobody is registered
    pmh_token: Path | None = None  # NANBYO_PMH_TOKEN: the file with its bearer token, mode 0600
    log_level: str = "WARNING"  # NANBYO_LOG: INFO writes one line a request, without any personal data
    languages: tuple[str, ...] = field(default=("ja", "en"))

    @staticmethod
    def from_environment() -> "Settings":
        """Return the settings of this process; UnreadableSetting names the variable that cannot be read."""
        env = os.environ
        return Settings(
            database_url=_psycopg(env.get("DATABASE_URL")),
            data_dir=Path(env.get("NANBYO_DATA_DIR", ROOT / "var")).resolve(),
            key_file=Path(env["NANBYO_KEYS"]).resolve() if "NANBYO_KEYS" in env else None,
            city_file=Path(env.get("NANBYO_CITY", DEMO_CITY)).resolve(),
            exchange_dir=Path(env["NANBYO_EXCHANGE"]).resolve() if "NANBYO_EXCHANGE" in env else None,
            fixed_today=_read("NANBYO_TODAY", date.fromisoformat, None),
            demo=env.get("NANBYO_DEMO") == "1",
            behind_https=env.get("NANBYO_HTTPS") == "1",
            proxies=_read("NANBYO_PROXIES", int, 0),
            origin=env.get("NANBYO_ORIGIN", Settings.origin).rstrip("/"),
            log_level=env.get("NANBYO_LOG", Settings.log_level).upper(),
            door_file=Path(env["NANBYO_DOOR"]).resolve() if env.get("NANBYO_DOOR") else None,
            seal_key_file=_path(env.get("NANBYO_SEAL_KEY")),
            checkpoint_folder=_path(env.get("NANBYO_CHECKPOINTS")),
            checkpoint_copy=_path(env.get("NANBYO_CHECKPOINTS_COPY")),
            pmh_url=_read("NANBYO_PMH_URL", _secure, None),
            pmh_token=_path(env.get("NANBYO_PMH_TOKEN")),
        )

    @property
    def seal_key(self) -> Path:
        """Where the sealer's key lies."""
        return self.seal_key_file or self.data_dir / "seal" / "seal.key"

    @property
    def checkpoints(self) -> Path:
        """Where the checkpoints of the journal lie outside the database."""
        return self.checkpoint_folder or self.data_dir / "checkpoints"

    @property
    def keyring(self) -> Path:
        """鍵束: beside the key file, never under the database or in a backup; the data keys in it are wrapped by the key."""
        return (self.key_file or self.data_dir / "keys" / "master.key").parent / "numbering.keys"

    def keys(self) -> bytes:
        """The installation's 32 secret bytes; made once, readable by the owner only."""
        path = self.key_file or self.data_dir / "keys" / "master.key"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                return self.keys()
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_hex(32))
        return bytes.fromhex(path.read_text().strip())


def flask_settings(settings: Settings) -> dict[str, Any]:
    """What Flask, FAB and their extensions read; every deviation from their defaults closes a measured hole."""
    import_key = settings.keys()
    return {
        "SECRET_KEY": import_key.hex(),
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "hide_parameters": True, "pool_pre_ping": True,
            # An automatic prepare doubled the cost of list counts: every list query is planned for its own terms.
            "connect_args": {"prepare_threshold": None,
                             "options": f"-c plan_cache_mode=force_custom_plan -c role={APP_ROLE}"}},
        "FAB_CREATE_DB": False, "FAB_UPDATE_PERMS": False,
        "FAB_ADD_SECURITY_API": False, "FAB_API_KEY_ENABLED": False,
        "FAB_SAFE_REDIRECT_HOSTS": [], "FAB_BASE_TEMPLATE": "layout.html",
        "APP_NAME": "難病医療費助成",
        "AUTH_TYPE": 1, "AUTH_USER_REGISTRATION": False, "AUTH_ROLES_SYNC_AT_LOGIN": False,
        "AUTH_ROLE_ADMIN": "no-role-is-all-powerful", "AUTH_ROLE_PUBLIC": "nobody",
        "FAB_SECURITY_MANAGER_CLASS": "app.security.OfficeSecurityManager",
        "WTF_CSRF_TIME_LIMIT": None, "WTF_CSRF_SSL_STRICT": settings.behind_https,
        # A trial answers http://127.0.0.1 and any client; everything else is Secure (browsers count localhost as such).
        "SESSION_COOKIE_NAME": "nanbyo" if settings.demo else "__Host-nanbyo",
        "SESSION_COOKIE_HTTPONLY": True, "SESSION_COOKIE_SAMESITE": "Strict",
        "SESSION_COOKIE_SECURE": not settings.demo,
        "BABEL_DEFAULT_LOCALE": "ja", "BABEL_DEFAULT_TIMEZONE": "Asia/Tokyo",
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "translations"),
        "LANGUAGES": {"ja": {"flag": "jp", "name": "日本語"}, "en": {"flag": "gb", "name": "English"}},
        "RATELIMIT_ENABLED": False,
        "MAX_CONTENT_LENGTH": 25 * 1024 * 1024, "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024, "MAX_FORM_PARTS": 3000,
    }


def _read(name: str, read: Callable[[str], Value], otherwise: Value) -> Value:
    """What the variable *name* says; *otherwise* where it is not set."""
    told = os.environ.get(name)
    try:
        return read(told) if told else otherwise
    except ValueError:
        raise UnreadableSetting(f"{name} の値を読めません: {told}") from None


def _secure(address: str) -> str:
    """An address by TLS; without it only on this machine."""
    if not re.fullmatch(r"https://[^/@\s]+(/\S*)?|http://(localhost|127\.0\.0\.1)(:\d+)?(/\S*)?", address):
        raise ValueError(address)
    return address


def _path(text: str | None) -> Path | None:
    return Path(text).resolve() if text else None


def _psycopg(url: str | None) -> str | None:
    """Name the driver we ship, whatever spelling the operator uses."""
    if not url:
        return None
    return "postgresql+psycopg://" + url.split("://", 1)[1]
