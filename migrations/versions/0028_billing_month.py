"""The receipts of one billing month are found newest first without walking through all younger ones.

Revision ID: 0028
Revises: 0027
"""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_benefit_billing_month", table_name="benefit")
    op.create_index("ix_benefit_billing_month", "benefit", ["billing_month", "id"])


def downgrade() -> None:
    op.drop_index("ix_benefit_billing_month", table_name="benefit")
    op.create_index("ix_benefit_billing_month", "benefit", ["billing_month"], postgresql_using="brin")
