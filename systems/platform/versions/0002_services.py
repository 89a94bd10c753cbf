"""Letters and what two people decided of them, printers and what is printed, and the common login.

Revision ID: platform_0002
Revises: platform_0001
"""

import sqlalchemy as sa
from alembic import op

revision = "platform_0002"
down_revision = "platform_0001"
branch_labels = None
depends_on = None

ADDED = """
CREATE TRIGGER {table}_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON platform.{table}
  FOR EACH STATEMENT EXECUTE FUNCTION platform.only_added()"""


def upgrade() -> None:
    op.create_table('character',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('letter', sa.Text(), nullable=False),
    sa.Column('mj_number', sa.Text(), nullable=True),
    sa.Column('note', sa.Text(), server_default='', nullable=False),
    sa.Column('picture', sa.LargeBinary(), nullable=True),
    sa.Column('picture_type', sa.Text(), nullable=True),
    sa.Column('registered_by', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("mj_number ~ '^MJ[0-9]{6}$'", name=op.f('ck_character_mj_number_is_one')),
    sa.CheckConstraint('(picture IS NULL) = (picture_type IS NULL)', name=op.f('ck_character_picture_has_its_type')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_character')),
    sa.UniqueConstraint('letter', name=op.f('uq_character_letter')),
    schema='platform'
    )
    op.create_table('character_decision',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('letter', sa.Text(), nullable=False),
    sa.Column('destination', sa.Text(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('instead', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('proposed_by', sa.Text(), nullable=False),
    sa.Column('decided_by', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint('length(btrim(reason)) > 0', name=op.f('ck_character_decision_says_why')),
    sa.CheckConstraint('proposed_by <> decided_by', name=op.f('ck_character_decision_two_people')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_character_decision')),
    sa.UniqueConstraint('letter', 'destination', 'number', name=op.f('uq_character_decision_letter_destination_number')),
    schema='platform'
    )
    op.create_table('character_issue',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('basis', sa.Text(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('decisions', sa.Integer(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_character_issue')),
    sa.UniqueConstraint('number', name=op.f('uq_character_issue_number')),
    schema='platform'
    )
    op.create_table('character_question',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('letter', sa.Text(), nullable=False),
    sa.Column('destination', sa.Text(), nullable=False),
    sa.Column('asked_by', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), server_default='waiting', nullable=False),
    sa.Column('instead', sa.Text(), nullable=True),
    sa.Column('reason', sa.Text(), server_default='', nullable=False),
    sa.Column('proposed_by', sa.Text(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("(state = 'waiting') = (instead IS NULL)", name=op.f('ck_character_question_waits_without_a_proposal')),
    sa.CheckConstraint("destination IN ('cp932', 'jis_x_0208', 'zengin', 'utf_8')", name=op.f('ck_character_question_destination_is_known')),
    sa.CheckConstraint("state IN ('waiting', 'proposed', 'decided')", name=op.f('ck_character_question_state_is_known')),
    sa.CheckConstraint('(instead IS NULL) = (proposed_by IS NULL)', name=op.f('ck_character_question_proposed_by_somebody')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_character_question')),
    sa.UniqueConstraint('letter', 'destination', name=op.f('uq_character_question_letter_destination')),
    schema='platform'
    )
    op.create_index('ix_character_question_open', 'character_question', ['id'], unique=False, schema='platform', postgresql_where=sa.text("state <> 'decided'"))
    op.create_table('login_client',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('client', sa.Text(), nullable=False),
    sa.Column('secret', sa.Text(), nullable=False),
    sa.Column('returns_to', sa.ARRAY(sa.Text()), nullable=False),
    sa.Column('leaves_to', sa.ARRAY(sa.Text()), nullable=False),
    sa.Column('logout_address', sa.Text(), nullable=True),
    sa.Column('is_active', sa.Boolean(), server_default='true', nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_login_client')),
    sa.UniqueConstraint('client', name=op.f('uq_login_client_client')),
    schema='platform'
    )
    op.create_table('printer',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('is_active', sa.Boolean(), server_default='true', nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_printer')),
    sa.UniqueConstraint('name', name=op.f('uq_printer_name')),
    schema='platform'
    )
    op.create_table('login_grant',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('code_sha256', sa.Text(), nullable=False),
    sa.Column('client', sa.Text(), nullable=False),
    sa.Column('username', sa.Text(), nullable=False),
    sa.Column('session_id', sa.BigInteger(), nullable=False),
    sa.Column('returns_to', sa.Text(), nullable=False),
    sa.Column('nonce', sa.Text(), nullable=False),
    sa.Column('challenge', sa.Text(), nullable=False),
    sa.Column('authenticated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('token_sha256', sa.Text(), nullable=True),
    sa.Column('token_expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['session_id'], ['platform.staff_session.id'], name=op.f('fk_login_grant_session_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_login_grant')),
    sa.UniqueConstraint('code_sha256', name=op.f('uq_login_grant_code_sha256')),
    sa.UniqueConstraint('token_sha256', name=op.f('uq_login_grant_token_sha256')),
    schema='platform'
    )
    op.create_index('ix_login_grant_session', 'login_grant', ['session_id'], unique=False, schema='platform')
    op.create_table('logout_notice',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('session_id', sa.BigInteger(), nullable=False),
    sa.Column('client', sa.Text(), nullable=False),
    sa.Column('username', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), server_default='waiting', nullable=False),
    sa.Column('tries', sa.Integer(), server_default='0', nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("state IN ('waiting', 'told', 'given_up')", name=op.f('ck_logout_notice_state_is_known')),
    sa.ForeignKeyConstraint(['session_id'], ['platform.staff_session.id'], name=op.f('fk_logout_notice_session_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_logout_notice')),
    sa.UniqueConstraint('session_id', 'client', name=op.f('uq_logout_notice_session_id_client')),
    schema='platform'
    )
    op.create_index('ix_logout_notice_due', 'logout_notice', ['due_at'], unique=False, schema='platform', postgresql_where=sa.text("state = 'waiting'"))
    op.create_table('print_job',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('printer_id', sa.BigInteger(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('asked_by', sa.Text(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('copies', sa.Integer(), server_default='1', nullable=False),
    sa.Column('state', sa.Text(), server_default='held', nullable=False),
    sa.Column('again_of', sa.BigInteger(), nullable=True),
    sa.Column('printer_number', sa.Integer(), nullable=True),
    sa.Column('fault', sa.Text(), server_default='', nullable=False),
    sa.Column('tries', sa.Integer(), server_default='0', nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("state IN ('held', 'waiting', 'sent', 'printed', 'failed', 'cancelled')", name=op.f('ck_print_job_state_is_known')),
    sa.CheckConstraint('copies BETWEEN 1 AND 99', name=op.f('ck_print_job_copies_are_some')),
    sa.ForeignKeyConstraint(['again_of'], ['platform.print_job.id'], name=op.f('fk_print_job_again_of')),
    sa.ForeignKeyConstraint(['printer_id'], ['platform.printer.id'], name=op.f('fk_print_job_printer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_print_job')),
    schema='platform'
    )
    op.create_index('ix_print_job_due', 'print_job', ['due_at'], unique=False, schema='platform', postgresql_where=sa.text("state IN ('waiting', 'sent')"))
    for table in ("character_decision", "character_issue"):
        op.execute(ADDED.format(table=table))


def downgrade() -> None:
    raise RuntimeError("records are never dropped; restore a backup instead")
