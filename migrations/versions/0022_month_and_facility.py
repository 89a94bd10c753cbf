"""The index of an institution's receipts lies by month, so that one month of it is found and counted without opening the rows.

Revision ID: 0022
Revises: 0021
"""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_benefit_facility", table_name="benefit")
    op.create_index("ix_benefit_facility", "benefit", ["facility_number", "treatment_month", "id"])


def downgrade() -> None:
    op.drop_index("ix_benefit_facility", table_name="benefit")
    op.create_index("ix_benefit_facility", "benefit", ["facility_number", "id"])
