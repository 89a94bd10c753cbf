"""Indexes for the keyset order of lists; the kana key is compared byte by byte, so that one index serves all of it.

Revision ID: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_recipient_kana_key", "recipient")
    op.execute('ALTER TABLE recipient ALTER COLUMN kana_key TYPE text COLLATE "C"')
    op.create_index("ix_recipient_kana_key", "recipient", ["kana_key", "id"])
    op.create_index("ix_application_acceptance_date", "application", ["acceptance_date", "id"])
    op.create_index("ix_certification_valid_to", "certification", ["valid_to", "id"])
    op.create_index("ix_benefit_treatment_month", "benefit", ["treatment_month", "id"])


def downgrade() -> None:
    raise RuntimeError("records are never dropped; restore a backup instead")
