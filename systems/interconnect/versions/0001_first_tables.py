"""中間サーバ: its first tables; the log is only added to, a record of a provision goes only after seven years.

Revision ID: interconnect_0001
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from systems.frame.first_tables import make_common
from systems.frame.store import keep_only_added

revision = "interconnect_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    make_common("interconnect")
    op.create_table('alarm',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_by', sa.Text(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alarm')),
    schema='interconnect'
    )
    op.create_index('ix_alarm_open', 'alarm', ['at'], unique=False, schema='interconnect', postgresql_where=sa.text('closed_at IS NULL'))
    op.create_table('disclosure',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('processing_number', sa.Text(), nullable=False),
    sa.Column('addressee_number', sa.Text(), nullable=True),
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
    schema='interconnect'
    )
    op.create_index('ix_disclosure_addressee', 'disclosure', ['addressee_number', 'asked_at'], unique=False, schema='interconnect')
    op.create_index('ix_disclosure_asked_at', 'disclosure', ['asked_at'], unique=False, schema='interconnect')
    op.create_table('identifier',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('addressee_number', sa.Text(), nullable=False),
    sa.Column('processing_number', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('code', sa.Text(), nullable=True),
    sa.Column('obtained_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_reason', sa.Text(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("state <> '取得済' OR code IS NOT NULL", name=op.f('ck_identifier_obtained_has_a_code')),
    sa.CheckConstraint("state IN ('未取得', '要求中', '取得済', '失効', 'エラー')", name=op.f('ck_identifier_state_is_known')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_identifier')),
    sa.UniqueConstraint('processing_number', name=op.f('uq_identifier_processing_number')),
    schema='interconnect'
    )
    op.create_index(op.f('ix_identifier_addressee_number'), 'identifier', ['addressee_number'], unique=False, schema='interconnect')
    op.create_index('uq_identifier_code', 'identifier', ['code'], unique=True, schema='interconnect', postgresql_where=sa.text("state = '取得済'"))
    op.create_index('uq_identifier_current', 'identifier', ['addressee_number'], unique=True, schema='interconnect', postgresql_where=sa.text("state IN ('要求中', '取得済')"))
    op.create_table('inquiry',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('processing_number', sa.Text(), nullable=False),
    sa.Column('addressee_number', sa.Text(), nullable=False),
    sa.Column('provider', sa.Text(), nullable=False),
    sa.Column('office_code', sa.Text(), nullable=False),
    sa.Column('procedure_code', sa.Text(), nullable=False),
    sa.Column('information_code', sa.Text(), nullable=False),
    sa.Column('tax_year', sa.Text(), nullable=True),
    sa.Column('asked_by', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('refusal', sa.Text(), nullable=True),
    sa.Column('permit', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('answer', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('digest', sa.Text(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("state IN ('受付', '照合中', '照合拒否', '許可証受領', '照会中', '回答済', '該当なし', '不開示', '保留', 'エラー', '期限切れ', '取消')", name=op.f('ck_inquiry_state_is_known')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inquiry')),
    sa.UniqueConstraint('processing_number', name=op.f('uq_inquiry_processing_number')),
    schema='interconnect'
    )
    op.create_index(op.f('ix_inquiry_addressee_number'), 'inquiry', ['addressee_number'], unique=False, schema='interconnect')
    op.create_index('ix_inquiry_open', 'inquiry', ['at'], unique=False, schema='interconnect', postgresql_where=sa.text("state IN ('照合中', '許可証受領', '照会中')"))
    op.create_table('match_entry',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('inquirer_kind', sa.Text(), nullable=False),
    sa.Column('office_code', sa.Text(), nullable=False),
    sa.Column('procedure_code', sa.Text(), nullable=False),
    sa.Column('provider_kind', sa.Text(), nullable=False),
    sa.Column('information_code', sa.Text(), nullable=False),
    sa.Column('basis', sa.Text(), nullable=False),
    sa.Column('use', sa.Text(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_match_entry')),
    sa.UniqueConstraint('inquirer_kind', 'office_code', 'procedure_code', 'provider_kind', 'information_code', 'valid_from', name=op.f('uq_match_entry_inquirer_kind_office_code_procedure_code_provider_kind_information_code_valid_from')),
    schema='interconnect'
    )
    op.create_table('message',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('system', sa.Text(), nullable=False),
    sa.Column('operation', sa.Text(), nullable=False),
    sa.Column('request_id', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('fault', sa.Text(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("state IN ('完了', '差戻')", name=op.f('ck_message_state_is_known')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message')),
    schema='interconnect'
    )
    op.create_index('ix_message_at', 'message', ['at'], unique=False, schema='interconnect')
    op.create_table('notice',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('processing_number', sa.Text(), nullable=False),
    sa.Column('addressee_number', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('wants_reply', sa.Boolean(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reply', sa.Text(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("state IN ('受付', '送信済', '開封', '回答済', '取消', 'エラー')", name=op.f('ck_notice_state_is_known')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice')),
    sa.UniqueConstraint('processing_number', name=op.f('uq_notice_processing_number')),
    schema='interconnect'
    )
    op.create_index(op.f('ix_notice_addressee_number'), 'notice', ['addressee_number'], unique=False, schema='interconnect')
    op.create_table('provision_request',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('processing_number', sa.Text(), nullable=False),
    sa.Column('permit', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('addressee_number', sa.Text(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=True),
    sa.Column('refusal', sa.Text(), nullable=True),
    sa.Column('replica_version', sa.Integer(), nullable=True),
    sa.Column('provided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('checked_by', sa.Text(), nullable=True),
    sa.Column('checked_outcome', sa.Text(), nullable=True),
    sa.Column('decided_by', sa.Text(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("state IN ('受付', '自動応答', '保留', '決裁待', '提供済', '拒否')", name=op.f('ck_provision_request_state_is_known')),
    sa.CheckConstraint('decided_by <> checked_by', name=op.f('ck_provision_request_two_people_decide')),
    sa.CheckConstraint('decided_by IS NULL OR checked_by IS NOT NULL', name=op.f('ck_provision_request_checked_before_decided')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_provision_request')),
    sa.UniqueConstraint('processing_number', name=op.f('uq_provision_request_processing_number')),
    schema='interconnect'
    )
    op.create_index(op.f('ix_provision_request_addressee_number'), 'provision_request', ['addressee_number'], unique=False, schema='interconnect')
    op.create_index('ix_provision_request_waiting', 'provision_request', ['at'], unique=False, schema='interconnect', postgresql_where=sa.text("state IN ('保留', '決裁待')"))
    op.create_table('purge',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('before', sa.Date(), nullable=False),
    sa.Column('asked_by', sa.Text(), nullable=False),
    sa.Column('approved_by', sa.Text(), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('count', sa.Integer(), nullable=True),
    sa.Column('digest', sa.Text(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint('approved_by <> asked_by', name=op.f('ck_purge_two_people_decide')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_purge')),
    schema='interconnect'
    )
    op.create_table('replica',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('addressee_number', sa.Text(), nullable=False),
    sa.Column('information_code', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('is_current', sa.Boolean(), nullable=False),
    sa.Column('is_deleted', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('needs_a_person', sa.Boolean(), nullable=False),
    sa.Column('content', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_replica')),
    sa.UniqueConstraint('addressee_number', 'information_code', 'version', name=op.f('uq_replica_addressee_number_information_code_version')),
    schema='interconnect'
    )
    op.create_index('uq_replica_current', 'replica', ['addressee_number', 'information_code'], unique=True, schema='interconnect', postgresql_where=sa.text('is_current'))
    op.create_table('run',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('count', sa.Integer(), nullable=True),
    sa.Column('detail', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("state IN ('待機', '実行', '正常', '異常')", name=op.f('ck_run_state_is_known')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_run')),
    schema='interconnect'
    )
    op.create_table('self_request',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('processing_number', sa.Text(), nullable=False),
    sa.Column('addressee_number', sa.Text(), nullable=True),
    sa.Column('information_code', sa.Text(), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_self_request')),
    sa.UniqueConstraint('processing_number', name=op.f('uq_self_request_processing_number')),
    schema='interconnect'
    )
    op.create_table('trusted_key',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('public_key', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("state IN ('有効', '更新中', '失効')", name=op.f('ck_trusted_key_state_is_known')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_trusted_key')),
    sa.UniqueConstraint('public_key', name=op.f('uq_trusted_key_public_key')),
    schema='interconnect'
    )
    for statement in keep_only_added("interconnect", "log_line"):
        op.execute(statement)
    op.execute("""
CREATE FUNCTION interconnect.seven_years() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'DELETE' OR OLD.asked_at > now() - interval '7 years' THEN
    RAISE EXCEPTION 'records of a provision are only added, and kept seven years';
  END IF;
  RETURN OLD;
END $$""")
    op.execute("CREATE TRIGGER disclosure_stays BEFORE UPDATE OR DELETE ON interconnect.disclosure "
               "FOR EACH ROW EXECUTE FUNCTION interconnect.seven_years()")
    op.execute("CREATE TRIGGER disclosure_is_not_emptied BEFORE TRUNCATE ON interconnect.disclosure "
               "FOR EACH STATEMENT EXECUTE FUNCTION interconnect.only_added()")


def downgrade() -> None:
    raise RuntimeError("records are never dropped; restore a backup instead")
