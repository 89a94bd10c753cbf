"""待ち時間: wrong tries at one account and from one terminal make the next one wait; nobody is locked out for good."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models.login import LoginThrottle
from procedures.refusal import Refused
from rules.door import Waits, wait_after, waits_of


class MustWait(Refused):
    """Too many wrong tries at this account or from this terminal."""

    message = "続けて誤りがありました。しばらく待ってから、もう一度入力してください。"


class Throttle:
    """試行の数え: the counts of one try, held until its transaction ends so that nobody guesses twice at the same time."""

    def __init__(self, session: Session, account: str, terminal: str, now: datetime) -> None:
        """MustWait where the account or the terminal still has to wait."""
        self.now, self.waits = now, waits_of(now.date())
        # A name somebody types may be her password: only its hash is kept. Always in this order: no two wait for each other.
        keys = (hashlib.sha256(account.encode()).hexdigest(), terminal)
        self.rows = [_held(session, f"{kind}:{key}", now) for kind, key in zip(("account", "terminal"), keys, strict=True)]
        if any(row.waits_until > now for row in self.rows):
            raise MustWait

    def wrong(self) -> None:
        """誤った: one more at the account and one more at the terminal."""
        for row, free in zip(self.rows, _free(self.waits), strict=True):
            row.failures += 1
            row.waits_until = self.now + wait_after(row.failures, free, self.waits)

    def right(self) -> None:
        """合っていた: the account starts anew; the terminal does not, or a guesser would log in as herself in between."""
        self.rows[0].failures = 0


def _free(waits: Waits) -> Sequence[int]:
    return (waits.account_tries, waits.terminal_tries)


def _held(session: Session, key: str, now: datetime) -> LoginThrottle:
    """The count of *key*, locked; forgotten when nobody went wrong for as long as the longest wait."""
    session.execute(insert(LoginThrottle).values(key=key, failures=0, waits_until=now).on_conflict_do_nothing())
    row = session.get_one(LoginThrottle, key, with_for_update=True, populate_existing=True)
    if row.waits_until + waits_of(now.date()).longest < now:
        row.failures = 0
    return row
