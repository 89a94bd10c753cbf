"""How much was keyed, and where the journal is asked by act.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("keying", sa.Column(
        "fields_keyed", sa.Integer(),
        sa.Computed("jsonb_array_length(jsonb_path_query_array(answers, '$.keyvalue()'))", persisted=True),
        nullable=False, comment="入力した項目数"))
    op.create_index("ix_keying_submitted", "keying", ["submitted_at"],
                    postgresql_where=sa.text("submitted_at IS NOT NULL"))
    op.create_index("ix_journal_entry_action", "journal_entry", ["action", "id"])
    op.create_index("ix_journal_entry_recipients", "journal_entry", [sa.text("(detail -> 'recipients')")],
                    postgresql_using="gin", postgresql_where=sa.text("detail ? 'recipients'"))


def downgrade() -> None:
    raise RuntimeError("records are never dropped; restore a backup instead")
