"""認証器: the readers with which people prove with a finger that they are there, and how each came to be accepted."""

from datetime import datetime

from flask_appbuilder import Model
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, func
from sqlalchemy.orm import Mapped, mapped_column


class Enrolment(Model):  # type: ignore[misc]  # the base has no types
    """登録の許可: one administrator gives the code in person, another confirms; good for one authenticator of one person.

    At the console of the server it takes neither: that is how an installation gets its first two administrators.
    """

    __tablename__ = "enrolment"
    __table_args__ = (
        CheckConstraint("at_console = (issued_by IS NULL)", name="issued_by_somebody_or_at_the_console"),
        CheckConstraint("issued_by <> user_id AND confirmed_by <> user_id", name="nobody_lets_herself_in"),
        CheckConstraint("confirmed_by <> issued_by", name="two_administrators"),
        CheckConstraint("(confirmed_by IS NULL) = (confirmed_at IS NULL)", name="confirmed_by_somebody"),
        CheckConstraint("NOT at_console OR confirmed_by IS NULL", name="the_console_needs_nobody"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), index=True, comment="利用者")
    code_hash: Mapped[str] = mapped_column(comment="登録コードのハッシュ")
    at_console: Mapped[bool] = mapped_column(comment="サーバーで出した")
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), comment="出した管理者")
    issued_at: Mapped[datetime] = mapped_column(server_default=func.now(), comment="出した時刻")
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), comment="確かめた管理者")
    confirmed_at: Mapped[datetime | None] = mapped_column(comment="確かめた時刻")
    valid_until: Mapped[datetime] = mapped_column(comment="期限")
    used_at: Mapped[datetime | None] = mapped_column(comment="使った時刻")
    cancelled_at: Mapped[datetime | None] = mapped_column(comment="取り消した時刻")


class Authenticator(Model):  # type: ignore[misc]  # the base has no types
    """認証器: one key in one reader of one person; it stays when it is revoked, and its counter never runs back."""

    __tablename__ = "authenticator"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), index=True, comment="利用者")
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), unique=True, comment="登録の許可")
    credential_id: Mapped[bytes] = mapped_column(unique=True, comment="鍵の識別子")
    public_key: Mapped[bytes] = mapped_column(comment="公開鍵")
    sign_count: Mapped[int] = mapped_column(BigInteger, comment="使用回数")
    model: Mapped[str] = mapped_column(comment="機種 (AAGUID)")
    is_attested: Mapped[bool] = mapped_column(comment="機種が証明された")
    enrolled_at: Mapped[datetime] = mapped_column(server_default=func.now(), comment="登録した時刻")
    used_at: Mapped[datetime | None] = mapped_column(comment="最後に使った時刻")
    revoked_at: Mapped[datetime | None] = mapped_column(comment="使えなくした時刻")
