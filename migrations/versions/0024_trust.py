"""The numbering store under a role of its own.

Revision ID: 0024
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0020"
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


def downgrade() -> None:
    raise RuntimeError("records are never dropped; restore a backup instead")
