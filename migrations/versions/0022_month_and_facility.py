"""The index of a month's receipts also tells their institution, so that both together are counted without opening the rows.

Revision ID: 0022
Revises: 0021
"""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_benefit_treatment_month", table_name="benefit")
    op.create_index("ix_benefit_treatment_month", "benefit", ["treatment_month", "id"], postgresql_include=["facility_number"])


def downgrade() -> None:
    op.drop_index("ix_benefit_treatment_month", table_name="benefit")
    op.create_index("ix_benefit_treatment_month", "benefit", ["treatment_month", "id"])
