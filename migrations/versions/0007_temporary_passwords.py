"""Passwords that somebody else made.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('temporary_password',
    sa.Column('user_id', sa.Integer(), nullable=False, comment='利用者'),
    sa.Column('valid_until', sa.DateTime(timezone=True), nullable=False, comment='期限'),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_temporary_password_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_temporary_password'))
    )


def downgrade() -> None:
    raise RuntimeError("records are never dropped; restore a backup instead")
