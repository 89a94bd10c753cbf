"""Sessions, login throttling and the mark of the installation.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "login_session",
        sa.Column("key", sa.Text(), primary_key=True, comment="鍵のハッシュ"),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("ab_user.id", ondelete="CASCADE",
                  name="fk_login_session_user_id"), comment="利用者"),
        sa.Column("data", postgresql.JSONB(), nullable=False, comment="内容"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False, comment="開始"),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False, comment="最終操作"))
    op.create_index("ix_login_session_user_id", "login_session", ["user_id"])
    op.create_table(
        "login_throttle",
        sa.Column("key", sa.Text(), primary_key=True, comment="アカウントと端末"),
        sa.Column("failures", sa.Integer(), nullable=False, comment="続けて誤った回数"),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=False, comment="次に試せる時刻"))
    op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False, comment="試用モードで作られた"),
        sa.CheckConstraint("id = 1", name=op.f("ck_installation_there_is_one")))


def downgrade() -> None:
    raise RuntimeError("records are never dropped; restore a backup instead")
