"""The simulator's first tables: codes, permits, questions, records that are only added, notices.

Revision ID: simulator_0001
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from systems.frame.first_tables import make_common
from systems.frame.store import keep_only_added

revision = "simulator_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    make_common("simulator")
    op.create_table('behaviour',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('set_by', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_behaviour')),
    schema='simulator'
    )
    op.create_table('citizen_notice',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('processing_number', sa.Text(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('wants_reply', sa.Boolean(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reply', sa.Text(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_citizen_notice')),
    sa.UniqueConstraint('processing_number', name=op.f('uq_citizen_notice_processing_number')),
    schema='simulator'
    )
    op.create_table('code_request',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('processing_number', sa.Text(), nullable=False),
    sa.Column('is_announced', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('code', sa.Text(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_code_request')),
    sa.UniqueConstraint('processing_number', name=op.f('uq_code_request_processing_number')),
    schema='simulator'
    )
    op.create_table('disclosure',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('processing_number', sa.Text(), nullable=False),
    sa.Column('inquirer', sa.Text(), nullable=False),
    sa.Column('provider', sa.Text(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('provided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('office_code', sa.Text(), nullable=False),
    sa.Column('procedure_code', sa.Text(), nullable=False),
    sa.Column('information_code', sa.Text(), nullable=False),
    sa.Column('item_codes', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('is_withheld', sa.Boolean(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_disclosure')),
    sa.UniqueConstraint('processing_number', 'information_code', name=op.f('uq_disclosure_processing_number_information_code')),
    schema='simulator'
    )
    op.create_table('permit',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('permit_id', sa.Text(), nullable=False),
    sa.Column('processing_number', sa.Text(), nullable=False),
    sa.Column('content', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_permit')),
    sa.UniqueConstraint('permit_id', name=op.f('uq_permit_permit_id')),
    schema='simulator'
    )
    op.create_index(op.f('ix_permit_processing_number'), 'permit', ['processing_number'], unique=False, schema='simulator')
    op.create_table('question',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('processing_number', sa.Text(), nullable=False),
    sa.Column('direction', sa.Text(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('permit', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('tax_year', sa.Text(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('answer', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('digest', sa.Text(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("direction IN ('ours', 'theirs')", name=op.f('ck_question_direction_is_known')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_question')),
    sa.UniqueConstraint('processing_number', name=op.f('uq_question_processing_number')),
    schema='simulator'
    )
    for statement in keep_only_added("simulator", "log_line", "disclosure"):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("records are never dropped; restore a backup instead")
