"""連携基盤の表 ④⑤⑥: letters and what two people decided of them, what is printed, and whom the common login let in where."""

from datetime import datetime
from typing import Final

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from exchange.characters import DESTINATIONS
from systems.frame.store import Numbered, Row

SCHEMA: Final = "platform"
QUESTION_STATES: Final = ("waiting", "proposed", "decided")
PRINT_STATES: Final = ("held", "waiting", "sent", "printed", "failed", "cancelled")
NOTICE_STATES: Final = ("waiting", "told", "given_up")


def _one_of(column: str, names: tuple[str, ...]) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ('" + "', '".join(names) + "')", name=f"{column}_is_known")


class Character(Numbered, Row):
    """外字: a letter (with its variation selector) the city uses, its number in 文字情報基盤 and its picture."""

    __tablename__ = "character"
    __table_args__ = (UniqueConstraint("letter"), CheckConstraint("mj_number ~ '^MJ[0-9]{6}$'", name="mj_number_is_one"),
                      CheckConstraint("(picture IS NULL) = (picture_type IS NULL)", name="picture_has_its_type"),
                      {"schema": SCHEMA})

    letter: Mapped[str]
    mj_number: Mapped[str | None]
    note: Mapped[str] = mapped_column(server_default="")
    picture: Mapped[bytes | None]
    picture_type: Mapped[str | None]
    registered_by: Mapped[str]


class CharacterQuestion(Numbered, Row):
    """判定の依頼: how one letter is written for one destination; proposed by one person, decided by another."""

    __tablename__ = "character_question"
    __table_args__ = (
        UniqueConstraint("letter", "destination"), _one_of("state", QUESTION_STATES),
        _one_of("destination", tuple(DESTINATIONS)),
        CheckConstraint("(state = 'waiting') = (instead IS NULL)", name="waits_without_a_proposal"),
        CheckConstraint("(instead IS NULL) = (proposed_by IS NULL)", name="proposed_by_somebody"),
        Index("ix_character_question_open", "id", postgresql_where=text("state <> 'decided'")), {"schema": SCHEMA})

    letter: Mapped[str]
    destination: Mapped[str]
    asked_by: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="waiting")
    instead: Mapped[str | None]
    reason: Mapped[str] = mapped_column(server_default="")
    proposed_by: Mapped[str | None]


class CharacterDecision(Numbered, Row):
    """判定: one version of how a letter is written for a destination, by two people; the newest holds, none is changed."""

    __tablename__ = "character_decision"
    __table_args__ = (UniqueConstraint("letter", "destination", "number"),
                      CheckConstraint("proposed_by <> decided_by", name="two_people"),
                      CheckConstraint("length(btrim(reason)) > 0", name="says_why"), {"schema": SCHEMA})

    letter: Mapped[str]
    destination: Mapped[str]
    number: Mapped[int]
    instead: Mapped[str]
    reason: Mapped[str]
    proposed_by: Mapped[str]
    decided_by: Mapped[str]


class CharacterIssue(Numbered, Row):
    """配布版: the signed table as it was given out, one number after another."""

    __tablename__ = "character_issue"
    __table_args__ = (UniqueConstraint("number"), {"schema": SCHEMA})

    number: Mapped[int]
    basis: Mapped[str]  # SHA-256 of what the table says, so that nothing new gives no new number
    sha256: Mapped[str]
    decisions: Mapped[int]
    content: Mapped[bytes]


class Printer(Numbered, Row):
    """プリンター: its name here and its IPP address."""

    __tablename__ = "printer"
    __table_args__ = (UniqueConstraint("name"), {"schema": SCHEMA})

    name: Mapped[str]
    address: Mapped[str]
    is_active: Mapped[bool] = mapped_column(server_default="true")


class PrintJob(Numbered, Row):
    """印刷: one document for one printer, from hold to paper; printed again it is a job of its own."""

    __tablename__ = "print_job"
    __table_args__ = (_one_of("state", PRINT_STATES), CheckConstraint("copies BETWEEN 1 AND 99", name="copies_are_some"),
                      Index("ix_print_job_due", "due_at", postgresql_where=text("state IN ('waiting', 'sent')")),
                      {"schema": SCHEMA})

    printer_id: Mapped[int] = mapped_column(ForeignKey(f"{SCHEMA}.printer.id"))
    title: Mapped[str]
    asked_by: Mapped[str]
    content: Mapped[bytes]
    sha256: Mapped[str]
    copies: Mapped[int] = mapped_column(server_default="1")
    state: Mapped[str] = mapped_column(server_default="held")
    again_of: Mapped[int | None] = mapped_column(ForeignKey(f"{SCHEMA}.print_job.id"))
    printer_number: Mapped[int | None]  # job-id at the printer
    fault: Mapped[str] = mapped_column(server_default="")
    tries: Mapped[int] = mapped_column(server_default="0")
    due_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class LoginClient(Numbered, Row):
    """共通認証を使うシステム: who it is, where its people come back to, and where it is told that somebody left."""

    __tablename__ = "login_client"
    __table_args__ = (UniqueConstraint("client"), {"schema": SCHEMA})

    client: Mapped[str]
    secret: Mapped[str]  # scrypt
    returns_to: Mapped[list[str]] = mapped_column(ARRAY(Text))
    leaves_to: Mapped[list[str]] = mapped_column(ARRAY(Text))
    logout_address: Mapped[str | None]
    is_active: Mapped[bool] = mapped_column(server_default="true")


class LoginGrant(Numbered, Row):
    """認可: a code for one login of one person at one client, used once, and the token it was changed for."""

    __tablename__ = "login_grant"
    __table_args__ = (UniqueConstraint("code_sha256"), UniqueConstraint("token_sha256"),
                      Index("ix_login_grant_session", "session_id"), {"schema": SCHEMA})

    code_sha256: Mapped[str]
    client: Mapped[str]
    username: Mapped[str]
    session_id: Mapped[int] = mapped_column(ForeignKey(f"{SCHEMA}.staff_session.id"))
    returns_to: Mapped[str]
    nonce: Mapped[str]
    challenge: Mapped[str]
    authenticated_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    token_sha256: Mapped[str | None]
    token_expires_at: Mapped[datetime | None]


class LogoutNotice(Numbered, Row):
    """ログアウトの知らせ: told to each client of an ended session until it heard, or until there is no use any more."""

    __tablename__ = "logout_notice"
    __table_args__ = (UniqueConstraint("session_id", "client"), _one_of("state", NOTICE_STATES),
                      Index("ix_logout_notice_due", "due_at", postgresql_where=text("state = 'waiting'")), {"schema": SCHEMA})

    session_id: Mapped[int] = mapped_column(ForeignKey(f"{SCHEMA}.staff_session.id"))
    client: Mapped[str]
    username: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="waiting")
    tries: Mapped[int] = mapped_column(server_default="0")
    due_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
