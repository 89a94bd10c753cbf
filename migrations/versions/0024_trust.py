"""The numbering store under a role of its own; piles of papers for those who key no others.

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

# Roles belong to the server, not to one database. Who may not make them asks an administrator of the server to, once.
NUMBERS_ROLE = """
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'nanbyo_numbers') THEN
    BEGIN
      CREATE ROLE nanbyo_numbers NOLOGIN;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
  END IF;
  IF NOT pg_has_role('nanbyo_numbers', 'MEMBER') THEN
    GRANT nanbyo_numbers TO CURRENT_USER;
  END IF;
  -- The application may take the role and has none of its rights before it does.
  IF NOT pg_has_role('nanbyo_app', 'nanbyo_numbers', 'MEMBER') THEN
    IF current_setting('server_version_num')::integer >= 160000 THEN
      EXECUTE 'GRANT nanbyo_numbers TO nanbyo_app WITH INHERIT FALSE, SET TRUE';
    ELSE
      ALTER ROLE nanbyo_app NOINHERIT;
      GRANT nanbyo_numbers TO nanbyo_app;
    END IF;
  END IF;
END $$;

REVOKE ALL ON ALL TABLES IN SCHEMA numbering FROM nanbyo_app, PUBLIC;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA numbering FROM nanbyo_app, PUBLIC;
REVOKE ALL ON SCHEMA numbering FROM nanbyo_app, PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA numbering REVOKE ALL ON TABLES FROM nanbyo_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA numbering REVOKE ALL ON SEQUENCES FROM nanbyo_app;
GRANT USAGE ON SCHEMA numbering TO nanbyo_numbers;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA numbering TO nanbyo_numbers;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA numbering TO nanbyo_numbers;
ALTER DEFAULT PRIVILEGES IN SCHEMA numbering GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO nanbyo_numbers;
ALTER DEFAULT PRIVILEGES IN SCHEMA numbering GRANT USAGE, SELECT ON SEQUENCES TO nanbyo_numbers;
"""


def upgrade() -> None:
    op.execute(sa.text(NUMBERS_ROLE.replace(":", "\\:")))
    op.create_table(
        "batch_assignment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False, comment="束"),
        sa.Column("user_id", sa.Integer(), nullable=False, comment="割り当てた相手"),
        sa.Column("given_by", sa.Integer(), nullable=False, comment="割り当てた人"),
        sa.Column("ended_by", sa.Integer(), nullable=True, comment="割当を終えた人"),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True, comment="割当を終えた時"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False, comment="登録日時"),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment="版"),
        sa.CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name=op.f("ck_batch_assignment_ended_by_somebody")),
        *(sa.ForeignKeyConstraint([column], ["ab_user.id"], name=op.f(f"fk_batch_assignment_{column}"))
          for column in ("user_id", "given_by", "ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_assignment")))
    op.create_index("uq_batch_assignment_open", "batch_assignment", ["user_id", "batch"], unique=True,
                    postgresql_where=sa.text("ended_at IS NULL"))


def downgrade() -> None:
    raise RuntimeError("records are never dropped; restore a backup instead")
