"""ログイン: the sessions that are open, how often somebody guessed wrong, and where the first factor comes from."""

from datetime import datetime
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

FINGER = "finger"  # 生体認証
TRIAL = "trial"  # 試用モード: the second factor is left out, on this machine only


class LoginSession(Model):  # type: ignore[misc]  # the base has no types
    """セッション: one browser; the row is the session, so that ending it takes effect at once.

    A row with a user is a full login: the database demands her own authenticator for it, and has one row a person.
    """

    __tablename__ = "login_session"
    __table_args__ = (
        CheckConstraint("(user_id IS NULL) = (factor IS NULL)", name="a_login_has_a_second_factor"),
        CheckConstraint("factor IN ('finger', 'trial')", name="factor_is_known"),
        CheckConstraint("(factor = 'finger') = (authenticator_id IS NOT NULL)", name="a_finger_has_its_authenticator"),
        Index("uq_login_session_one_a_person", "user_id", unique=True, postgresql_where=text("user_id IS NOT NULL")),
    )

    key: Mapped[str] = mapped_column(primary_key=True, comment="鍵のハッシュ")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"), comment="利用者")
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="内容")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), comment="開始")
    seen_at: Mapped[datetime] = mapped_column(server_default=func.now(), comment="最終操作")
    factor: Mapped[str | None] = mapped_column(comment="二つ目の認証")
    authenticator_id: Mapped[int | None] = mapped_column(ForeignKey("authenticator.id"), comment="認証器")
    fresh_at: Mapped[datetime | None] = mapped_column(comment="最後に指を確かめた時刻")
    locked_at: Mapped[datetime | None] = mapped_column(comment="画面を閉じた時刻")
    terminal: Mapped[str] = mapped_column(server_default="", comment="端末")


class LoginChallenge(Model):  # type: ignore[misc]  # the base has no types
    """問い: what an authenticator must sign for one session; a new one replaces it, an answer uses it up."""

    __tablename__ = "login_challenge"

    session_key: Mapped[str] = mapped_column(
        ForeignKey("login_session.key", ondelete="CASCADE", onupdate="CASCADE"), primary_key=True, comment="セッション")
    challenge: Mapped[bytes] = mapped_column(comment="問い")
    valid_until: Mapped[datetime] = mapped_column(comment="期限")


class LoginThrottle(Model):  # type: ignore[misc]  # the base has no types
    """ログイン試行: wrong tries at one account or from one terminal; each makes the next wait longer, none locks for good."""

    __tablename__ = "login_throttle"

    key: Mapped[str] = mapped_column(primary_key=True, comment="アカウントと端末")
    failures: Mapped[int] = mapped_column(comment="続けて誤った回数")
    waits_until: Mapped[datetime] = mapped_column(comment="次に試せる時刻")


class TemporaryPassword(Model):  # type: ignore[misc]  # the base has no types
    """仮のパスワード: as long as the row stands, the account's password was given by somebody else and opens only its own change."""

    __tablename__ = "temporary_password"

    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"), primary_key=True, comment="利用者")
    valid_until: Mapped[datetime] = mapped_column(comment="期限")


class ChosenPassword(Model):  # type: ignore[misc]  # the base has no types
    """自分で決めたパスワード: since when; asked only where a city lets passwords expire."""

    __tablename__ = "chosen_password"

    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"), primary_key=True, comment="利用者")
    chosen_at: Mapped[datetime] = mapped_column(comment="決めた時刻")


class CommonAccount(Model):  # type: ignore[misc]  # the base has no types
    """共通認証の利用者: her first factor is the city's directory or provider, and no password is kept here."""

    __tablename__ = "common_account"
    __table_args__ = (
        CheckConstraint("kind IN ('directory', 'provider')", name="kind_is_known"),
        UniqueConstraint("issuer", "subject"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"), primary_key=True, comment="利用者")
    kind: Mapped[str] = mapped_column(comment="共通認証の種類")
    issuer: Mapped[str | None] = mapped_column(comment="発行者")
    subject: Mapped[str | None] = mapped_column(comment="発行者での識別子")
