"""ログイン: the sessions that are open, and how often somebody guessed wrong."""

from datetime import datetime
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import DateTime, ForeignKey, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column


class LoginSession(Model):  # type: ignore[misc]
    """セッション: one browser; the row is the session, so that ending it takes effect at once."""

    __tablename__ = "login_session"

    key: Mapped[str] = mapped_column(primary_key=True, comment="鍵のハッシュ")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"), index=True, comment="利用者")
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="内容")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now(), comment="開始")
    seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now(), comment="最終操作")


class LoginThrottle(Model):  # type: ignore[misc]
    """ログイン試行: wrong guesses of one account from one terminal; each makes the next wait longer, none locks for good."""

    __tablename__ = "login_throttle"

    key: Mapped[str] = mapped_column(primary_key=True, comment="アカウントと端末")
    failures: Mapped[int] = mapped_column(comment="続けて誤った回数")
    waits_until: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="次に試せる時刻")


class TemporaryPassword(Model):  # type: ignore[misc]
    """仮のパスワード: as long as the row stands, the account's password was given by somebody else and opens only its own change."""

    __tablename__ = "temporary_password"

    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"), primary_key=True, comment="利用者")
    valid_until: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="期限")
