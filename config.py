"""設定: every setting of an installation, read once from the environment; secrets come from the key file only."""

import os
import secrets
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
DEMO_CITY = ROOT / "seeds" / "demo_city.yaml"


@dataclass(frozen=True)
class Settings:
    """One installation's settings; ``from_environment`` names the variable of each."""

    database_url: str | None = None  # DATABASE_URL; None: the embedded PostgreSQL under data_dir
    data_dir: Path = ROOT / "var"  # NANBYO_DATA_DIR: embedded database, scans, printed files
    key_file: Path | None = None  # NANBYO_KEYS; None: made at first start under data_dir/keys, mode 0600
    city_file: Path = DEMO_CITY  # NANBYO_CITY: letterhead, mayor, payer numbers, cycle of the city
    fixed_today: date | None = None  # NANBYO_TODAY: the office's day, for trials and tests
    demo: bool = False  # NANBYO_DEMO=1: demo accounts, loopback only
    behind_https: bool = False  # NANBYO_HTTPS=1: cookies are Secure (production behind a TLS proxy)
    idle_minutes: int = 15  # NANBYO_IDLE_MINUTES: a session ends after this long without a request
    longest_hours: int = 10  # NANBYO_LONGEST_HOURS: and after this long in any case
    languages: tuple[str, ...] = field(default=("ja", "en"))

    @staticmethod
    def from_environment() -> "Settings":
        """Return the settings of this process; ValueError names the variable that cannot be read."""
        env = os.environ
        today = env.get("NANBYO_TODAY")
        return Settings(
            database_url=_psycopg(env.get("DATABASE_URL")),
            data_dir=Path(env.get("NANBYO_DATA_DIR", ROOT / "var")).resolve(),
            key_file=Path(env["NANBYO_KEYS"]).resolve() if "NANBYO_KEYS" in env else None,
            city_file=Path(env.get("NANBYO_CITY", DEMO_CITY)).resolve(),
            fixed_today=date.fromisoformat(today) if today else None,
            demo=env.get("NANBYO_DEMO") == "1",
            behind_https=env.get("NANBYO_HTTPS") == "1",
            idle_minutes=int(env.get("NANBYO_IDLE_MINUTES", "15")),
            longest_hours=int(env.get("NANBYO_LONGEST_HOURS", "10")),
        )

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
            "connect_args": {"prepare_threshold": None, "options": "-c plan_cache_mode=force_custom_plan"}},
        "FAB_CREATE_DB": False, "FAB_UPDATE_PERMS": False,
        "FAB_ADD_SECURITY_API": False, "FAB_API_KEY_ENABLED": False,
        "FAB_SAFE_REDIRECT_HOSTS": [], "FAB_BASE_TEMPLATE": "layout.html",
        "APP_NAME": "難病医療費助成",
        "AUTH_TYPE": 1, "AUTH_USER_REGISTRATION": False, "AUTH_ROLES_SYNC_AT_LOGIN": False,
        "AUTH_ROLE_ADMIN": "no-role-is-all-powerful", "AUTH_ROLE_PUBLIC": "nobody",
        "FAB_SECURITY_MANAGER_CLASS": "app.security.OfficeSecurityManager",
        "WTF_CSRF_TIME_LIMIT": None, "WTF_CSRF_SSL_STRICT": settings.behind_https,
        "SESSION_COOKIE_NAME": "__Host-nanbyo" if settings.behind_https else "nanbyo",
        "SESSION_COOKIE_HTTPONLY": True, "SESSION_COOKIE_SAMESITE": "Strict",
        "SESSION_COOKIE_SECURE": settings.behind_https,
        "BABEL_DEFAULT_LOCALE": "ja", "BABEL_DEFAULT_TIMEZONE": "Asia/Tokyo",
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "translations"),
        "LANGUAGES": {"ja": {"flag": "jp", "name": "日本語"}, "en": {"flag": "gb", "name": "English"}},
        "RATELIMIT_ENABLED": False,
        "MAX_CONTENT_LENGTH": 25 * 1024 * 1024, "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024, "MAX_FORM_PARTS": 3000,
    }


def _psycopg(url: str | None) -> str | None:
    """Name the driver we ship, whatever spelling the operator uses."""
    if not url:
        return None
    return "postgresql+psycopg://" + url.split("://", 1)[1]
