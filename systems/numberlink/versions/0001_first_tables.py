"""The numberlink's first tables: addressees, people and their sealed numbers, requests, and what may never change.

Revision ID: numberlink_0001
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from systems.frame.first_tables import make_common
from systems.frame.store import keep_only_added

revision = "numberlink_0001"
down_revision = None
branch_labels = None
depends_on = None

NEVER = """
CREATE FUNCTION numberlink.stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'UPDATE' THEN RAISE EXCEPTION 'rows of % are never taken away', TG_TABLE_NAME; END IF;
  IF TG_TABLE_NAME = 'integrated' AND NEW.number <> OLD.number THEN
    RAISE EXCEPTION 'an integrated number is never changed';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION numberlink.number_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.integrated_id <> OLD.integrated_id OR NEW.blind_index <> OLD.blind_index OR NEW.entered_by <> OLD.entered_by
     OR (OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at) THEN
    RAISE EXCEPTION 'whose number it is is never changed';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION numberlink.person_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.integrated_id IS NOT NULL AND NEW.integrated_id IS DISTINCT FROM OLD.integrated_id THEN
    RAISE EXCEPTION 'an integrated number is never assigned anew';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER integrated_stays BEFORE UPDATE OR DELETE ON numberlink.integrated
  FOR EACH ROW EXECUTE FUNCTION numberlink.stays();
CREATE TRIGGER sealed_number_is_kept BEFORE DELETE ON numberlink.sealed_number
  FOR EACH ROW EXECUTE FUNCTION numberlink.stays();
CREATE TRIGGER sealed_number_stays BEFORE UPDATE ON numberlink.sealed_number
  FOR EACH ROW EXECUTE FUNCTION numberlink.number_stays();
CREATE TRIGGER addressee_stays BEFORE UPDATE ON numberlink.addressee
  FOR EACH ROW EXECUTE FUNCTION numberlink.person_stays();
"""


def upgrade() -> None:
    make_common("numberlink")
    op.execute("CREATE SEQUENCE numberlink.integrated_place")
    op.create_table('intake',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('system', sa.Text(), nullable=False),
    sa.Column('file_number', sa.Text(), nullable=False),
    sa.Column('history_number', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), server_default='', nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("outcome IN ('反映', '候補あり', '差戻')", name=op.f('ck_intake_outcome_is_known')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_intake')),
    schema='numberlink'
    )
    op.create_index('ix_intake_sent_back', 'intake', ['at'], unique=False, schema='numberlink', postgresql_where=sa.text("outcome = '差戻'"))
    op.create_table('integrated',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('needs_permission', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_integrated')),
    sa.UniqueConstraint('number', name=op.f('uq_integrated_number')),
    schema='numberlink'
    )
    op.create_table('addressee',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('file_number', sa.Text(), nullable=False),
    sa.Column('municipality_number', sa.Text(), nullable=False),
    sa.Column('history_number', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('birth_date', sa.Date(), nullable=True),
    sa.Column('sex', sa.Text(), nullable=True),
    sa.Column('off_register', sa.Text(), nullable=True),
    sa.Column('content', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('integrated_id', sa.BigInteger(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['integrated_id'], ['numberlink.integrated.id'], name=op.f('fk_addressee_integrated_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_addressee')),
    sa.UniqueConstraint('file_number', name=op.f('uq_addressee_file_number')),
    schema='numberlink'
    )
    op.create_index('ix_addressee_alike', 'addressee', ['birth_date'], unique=False, schema='numberlink')
    op.create_index(op.f('ix_addressee_integrated_id'), 'addressee', ['integrated_id'], unique=False, schema='numberlink')
    op.create_table('code_request',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('integrated_id', sa.BigInteger(), nullable=False),
    sa.Column('asked_by', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('processing_number', sa.Text(), nullable=True),
    sa.Column('gateway_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('obtained_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('fault', sa.Text(), nullable=True),
    sa.Column('next_look_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('looks', sa.Integer(), server_default='0', nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("state IN ('要求中', '取得済', '失効', 'エラー')", name=op.f('ck_code_request_state_is_known')),
    sa.ForeignKeyConstraint(['integrated_id'], ['numberlink.integrated.id'], name=op.f('fk_code_request_integrated_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_code_request')),
    schema='numberlink'
    )
    op.create_index('ix_code_request_due', 'code_request', ['next_look_at'], unique=False, schema='numberlink', postgresql_where=sa.text('next_look_at IS NOT NULL'))
    op.create_index(op.f('ix_code_request_integrated_id'), 'code_request', ['integrated_id'], unique=False, schema='numberlink')
    op.create_index('uq_code_request_current', 'code_request', ['integrated_id'], unique=True, schema='numberlink', postgresql_where=sa.text("state IN ('要求中', '取得済')"))
    op.create_table('inquiry',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('integrated_id', sa.BigInteger(), nullable=False),
    sa.Column('provider', sa.Text(), nullable=False),
    sa.Column('office_code', sa.Text(), nullable=False),
    sa.Column('procedure_code', sa.Text(), nullable=False),
    sa.Column('information_code', sa.Text(), nullable=False),
    sa.Column('tax_year', sa.Text(), nullable=True),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('asked_by', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('processing_number', sa.Text(), nullable=True),
    sa.Column('permit_id', sa.Text(), nullable=True),
    sa.Column('refusal', sa.Text(), nullable=True),
    sa.Column('answer', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('digest', sa.Text(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('is_withdrawn', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('next_look_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('looks', sa.Integer(), server_default='0', nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("state IN ('受付', '照合中', '照合拒否', '許可証受領', '照会中', '回答済', '該当なし', '不開示', '保留', 'エラー', '期限切れ', '取消')", name=op.f('ck_inquiry_state_is_known')),
    sa.ForeignKeyConstraint(['integrated_id'], ['numberlink.integrated.id'], name=op.f('fk_inquiry_integrated_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inquiry')),
    sa.UniqueConstraint('processing_number', name=op.f('uq_inquiry_processing_number')),
    sa.UniqueConstraint('reference', name=op.f('uq_inquiry_reference')),
    schema='numberlink'
    )
    op.create_index('ix_inquiry_due', 'inquiry', ['next_look_at'], unique=False, schema='numberlink', postgresql_where=sa.text('next_look_at IS NOT NULL'))
    op.create_index(op.f('ix_inquiry_integrated_id'), 'inquiry', ['integrated_id'], unique=False, schema='numberlink')
    op.create_index('ix_inquiry_kept', 'inquiry', ['answered_at'], unique=False, schema='numberlink', postgresql_where=sa.text('answer IS NOT NULL'))
    op.create_table('notice',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('integrated_id', sa.BigInteger(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('wants_reply', sa.Boolean(), nullable=False),
    sa.Column('sent_by', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('processing_number', sa.Text(), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reply', sa.Text(), nullable=True),
    sa.Column('fault', sa.Text(), nullable=True),
    sa.Column('is_withdrawn', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('next_look_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('looks', sa.Integer(), server_default='0', nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("state IN ('受付', '送信済', '開封', '回答済', '取消', 'エラー')", name=op.f('ck_notice_state_is_known')),
    sa.ForeignKeyConstraint(['integrated_id'], ['numberlink.integrated.id'], name=op.f('fk_notice_integrated_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice')),
    sa.UniqueConstraint('processing_number', name=op.f('uq_notice_processing_number')),
    sa.UniqueConstraint('reference', name=op.f('uq_notice_reference')),
    schema='numberlink'
    )
    op.create_index('ix_notice_due', 'notice', ['next_look_at'], unique=False, schema='numberlink', postgresql_where=sa.text('next_look_at IS NOT NULL'))
    op.create_index(op.f('ix_notice_integrated_id'), 'notice', ['integrated_id'], unique=False, schema='numberlink')
    op.create_table('permission',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('integrated_id', sa.BigInteger(), nullable=False),
    sa.Column('asked_by', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('approved_by', sa.Text(), nullable=True),
    sa.Column('refused_by', sa.Text(), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('used_request', sa.Text(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint('approved_by <> asked_by', name=op.f('ck_permission_two_people_decide')),
    sa.CheckConstraint('used_at IS NULL OR approved_by IS NOT NULL', name=op.f('ck_permission_approved_before_used')),
    sa.ForeignKeyConstraint(['integrated_id'], ['numberlink.integrated.id'], name=op.f('fk_permission_integrated_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_permission')),
    schema='numberlink'
    )
    op.create_index(op.f('ix_permission_integrated_id'), 'permission', ['integrated_id'], unique=False, schema='numberlink')
    op.create_index('ix_permission_open', 'permission', ['at'], unique=False, schema='numberlink', postgresql_where=sa.text('approved_by IS NULL AND refused_by IS NULL'))
    op.create_table('provided',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('integrated_id', sa.BigInteger(), nullable=False),
    sa.Column('information_code', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('needs_a_person', sa.Boolean(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('fault', sa.Text(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("state IN ('受付', '登録済', '差戻')", name=op.f('ck_provided_state_is_known')),
    sa.ForeignKeyConstraint(['integrated_id'], ['numberlink.integrated.id'], name=op.f('fk_provided_integrated_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_provided')),
    sa.UniqueConstraint('reference', name=op.f('uq_provided_reference')),
    schema='numberlink'
    )
    op.create_index('uq_provided_version', 'provided', ['integrated_id', 'information_code', 'version'], unique=True, schema='numberlink', postgresql_where=sa.text("state <> '差戻'"))
    op.create_table('reveal',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('integrated_id', sa.BigInteger(), nullable=False),
    sa.Column('system', sa.Text(), nullable=False),
    sa.Column('staff_id', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('approved_by', sa.Text(), nullable=True),
    sa.Column('request_id', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['integrated_id'], ['numberlink.integrated.id'], name=op.f('fk_reveal_integrated_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reveal')),
    schema='numberlink'
    )
    op.create_index(op.f('ix_reveal_integrated_id'), 'reveal', ['integrated_id'], unique=False, schema='numberlink')
    op.create_table('sealed_number',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('integrated_id', sa.BigInteger(), nullable=False),
    sa.Column('ciphertext', sa.LargeBinary(), nullable=False),
    sa.Column('key_version', sa.Integer(), nullable=False),
    sa.Column('blind_index', sa.LargeBinary(), nullable=False),
    sa.Column('entered_by', sa.Text(), nullable=False),
    sa.Column('assured_by', sa.Text(), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint('octet_length(blind_index) = 16', name=op.f('ck_sealed_number_index_is_a_hash')),
    sa.CheckConstraint('octet_length(ciphertext) = 40', name=op.f('ck_sealed_number_is_sealed')),
    sa.ForeignKeyConstraint(['integrated_id'], ['numberlink.integrated.id'], name=op.f('fk_sealed_number_integrated_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sealed_number')),
    sa.UniqueConstraint('blind_index', name=op.f('uq_sealed_number_blind_index')),
    schema='numberlink'
    )
    op.create_index(op.f('ix_sealed_number_key_version'), 'sealed_number', ['key_version'], unique=False, schema='numberlink')
    op.create_index('uq_sealed_number_in_force', 'sealed_number', ['integrated_id'], unique=True, schema='numberlink', postgresql_where=sa.text('ended_at IS NULL'))
    op.create_table('candidate',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('first_id', sa.BigInteger(), nullable=False),
    sa.Column('second_id', sa.BigInteger(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('decided_by', sa.Text(), nullable=True),
    sa.Column('confirmed_by', sa.Text(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("state <> '同一人' OR (confirmed_by IS NOT NULL AND decided_by IS NOT NULL)", name=op.f('ck_candidate_same_is_confirmed')),
    sa.CheckConstraint("state IN ('未判断', '確認待', '同一人', '別人')", name=op.f('ck_candidate_state_is_known')),
    sa.CheckConstraint('confirmed_by <> decided_by', name=op.f('ck_candidate_two_people_decide')),
    sa.CheckConstraint('first_id < second_id', name=op.f('ck_candidate_pair_in_order')),
    sa.ForeignKeyConstraint(['first_id'], ['numberlink.addressee.id'], name=op.f('fk_candidate_first_id')),
    sa.ForeignKeyConstraint(['second_id'], ['numberlink.addressee.id'], name=op.f('fk_candidate_second_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_candidate')),
    sa.UniqueConstraint('first_id', 'second_id', name=op.f('uq_candidate_first_id_second_id')),
    schema='numberlink'
    )
    op.create_index('ix_candidate_open', 'candidate', ['at'], unique=False, schema='numberlink', postgresql_where=sa.text("state IN ('未判断', '確認待')"))
    op.create_index(op.f('ix_candidate_second_id'), 'candidate', ['second_id'], unique=False, schema='numberlink')
    op.create_table('key_change',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('asked_by', sa.Text(), nullable=False),
    sa.Column('approved_by', sa.Text(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint('approved_by <> asked_by', name=op.f('ck_key_change_two_people_decide')),
    sa.CheckConstraint('version IS NULL OR approved_by IS NOT NULL', name=op.f('ck_key_change_approved_before_made')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_key_change')),
    schema='numberlink'
    )
    op.create_index('uq_key_change_open', 'key_change', [sa.literal_column('(approved_by IS NULL)')], unique=True, schema='numberlink', postgresql_where=sa.text('approved_by IS NULL'))
    for statement in keep_only_added("numberlink", "log_line", "intake", "reveal"):
        op.execute(statement)
    op.execute(NEVER)


def downgrade() -> None:
    raise RuntimeError("records are never dropped; restore a backup instead")
