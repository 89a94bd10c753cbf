"""Letters: the signed tables of how they are written elsewhere, and what was asked about them.

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "character_table",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="表の番号"),
        sa.Column("sha256", sa.Text(), nullable=False, comment="SHA-256"),
        sa.Column("content", sa.LargeBinary(), nullable=False, comment="署名したファイル"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False, comment="登録日時"),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment="版"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_character_table")),
        sa.UniqueConstraint("number", name=op.f("uq_character_table_number")))
    op.create_table(
        "character_question",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("letter", sa.Text(), nullable=False, comment="文字番号"),
        sa.Column("destination", sa.Text(), nullable=False, comment="出力先"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False, comment="登録日時"),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment="版"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_character_question")),
        sa.UniqueConstraint("letter", "destination", name=op.f("uq_character_question_letter_destination")))
    op.execute("CREATE TRIGGER character_table_is_only_added BEFORE UPDATE OR DELETE ON character_table "
               "FOR EACH ROW EXECUTE FUNCTION guard_only_added()")


def downgrade() -> None:
    raise RuntimeError("records are never dropped; restore a backup instead")
