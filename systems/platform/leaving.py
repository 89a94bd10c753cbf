"""シングルログアウト: whoever left here, or was stopped here, leaves every system she reached from here; told until they heard."""

import ssl
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from urllib.error import URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, Request, build_opener

from sqlalchemy import Engine, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from systems.frame.screens import note
from systems.frame.settings import Settings
from systems.frame.tls import files_of
from systems.platform import identity
from systems.platform.identity import SigningKey
from systems.platform.service_tables import LoginGrant, LogoutNotice
from systems.platform.tables import COMMON

SECONDS: Final = 5.0
MOST_TRIES: Final = 12
LONGEST_WAIT: Final = timedelta(minutes=10)
Tell = Callable[[str, str], bool]  # address and token → whether it was heard


def notice_the_ended(session: Session) -> int:
    """終わったログインを見つける: every client that got a token of an ended session is to be told; return how many are new."""
    ended = session.execute(select(LoginGrant.session_id, LoginGrant.client, LoginGrant.username).distinct().join(
        COMMON.sessions, COMMON.sessions.id == LoginGrant.session_id).where(
        COMMON.sessions.ended_at.is_not(None), LoginGrant.used_at.is_not(None),
        ~select(LogoutNotice.id).where(LogoutNotice.session_id == LoginGrant.session_id,
                                       LogoutNotice.client == LoginGrant.client).exists())).all()
    for place, client, username in ended:
        session.execute(insert(LogoutNotice).values(session_id=place, client=client, username=username).on_conflict_do_nothing())
    return len(ended)


def tell_one(engine: Engine, issuer: str, key: SigningKey, tell: Tell, now: datetime) -> bool:
    """知らせる: the notice that is due longest; False: none is due. Not heard, it is told again, and given up in the end."""
    with Session(engine) as session:
        row = session.scalars(select(LogoutNotice).where(LogoutNotice.state == "waiting", LogoutNotice.due_at <= now).order_by(
            LogoutNotice.due_at).limit(1).with_for_update(skip_locked=True)).one_or_none()
        if row is None:
            return False
        client = identity.client_of(session, row.client)
        staff = session.scalars(select(COMMON.staff).where(COMMON.staff.username == row.username)).one()
        if client is None or client.logout_address is None:
            row.state = "given_up"
        elif tell(client.logout_address, identity.logout_token(issuer, key, client.client, staff, row.session_id, now)):
            row.state = "told"
        else:
            row.tries += 1
            row.due_at = now + min(timedelta(seconds=2 ** row.tries), LONGEST_WAIT)
            row.state = "waiting" if row.tries < MOST_TRIES else "given_up"
        if row.state != "waiting":
            note(session, COMMON, "platform", "told of logout", row.client, outcome="ok" if row.state == "told" else "given_up")
        session.commit()
    return True


def teller(settings: Settings) -> Tell:
    """A post over TLS that follows nobody anywhere else; plain only on this machine."""
    trust = ssl.create_default_context()
    authority = files_of(settings.tls_dir, settings.name)[2]
    if authority.exists():
        trust.load_verify_locations(cafile=str(authority))

    def tell(address: str, token: str) -> bool:
        asked = Request(address, urlencode({"logout_token": token}).encode())
        try:
            with build_opener(_Stay(), HTTPSHandler(context=trust)).open(asked, timeout=SECONDS) as answer:
                return int(answer.status) in (200, 204)
        except (URLError, OSError, ValueError):
            return False
    return tell


def is_safe(address: str) -> bool:
    """Whether what goes there goes over TLS, or stays on this machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" and bool(parts.hostname) or (
        parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1"))


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: object, **__: object) -> None:
        """Nowhere else."""
