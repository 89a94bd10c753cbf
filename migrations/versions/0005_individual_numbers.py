"""Individual numbers on paper, returned sheets, and drafts taken over.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('number_report',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('sheet_id', sa.BigInteger(), nullable=False),
    sa.Column('recipient_id', sa.BigInteger(), nullable=True),
    sa.Column('report_date', sa.Date(), nullable=False, comment='記載票の記入日'),
    sa.Column('written_acceptance_number', sa.String(length=30), nullable=True, comment='記載票の申請受理番号'),
    sa.Column('written_recipient_number', sa.String(length=30), nullable=True, comment='記載票の受給者番号'),
    sa.Column('number_proof', sa.String(length=10), nullable=False, comment='番号確認の書類'),
    sa.Column('identity_proof', sa.String(length=10), nullable=False, comment='身元確認の書類'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.ForeignKeyConstraint(['recipient_id'], ['recipient.id'], name=op.f('fk_number_report_recipient_id')),
    sa.ForeignKeyConstraint(['sheet_id'], ['received_sheet.id'], name=op.f('fk_number_report_sheet_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_number_report')),
    sa.UniqueConstraint('sheet_id', name=op.f('uq_number_report_sheet_id'))
    )
    op.create_index(op.f('ix_number_report_recipient_id'), 'number_report', ['recipient_id'], unique=False)
    op.create_index(op.f('ix_number_report_written_acceptance_number'), 'number_report', ['written_acceptance_number'], unique=False)
    op.create_table('parked_keying',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('sheet_id', sa.BigInteger(), nullable=False),
    sa.Column('clerk_id', sa.Integer(), nullable=False, comment='入力者'),
    sa.Column('raw', postgresql.JSONB(), nullable=False, comment='入力のまま'),
    sa.Column('unreadable', postgresql.JSONB(), nullable=False, comment='判読不能の項目'),
    sa.Column('active_seconds', sa.Integer(), nullable=False, comment='入力秒数'),
    sa.Column('parked_by', sa.Integer(), nullable=False, comment='引き取った人'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.ForeignKeyConstraint(['clerk_id'], ['ab_user.id'], name=op.f('fk_parked_keying_clerk_id')),
    sa.ForeignKeyConstraint(['parked_by'], ['ab_user.id'], name=op.f('fk_parked_keying_parked_by')),
    sa.ForeignKeyConstraint(['sheet_id'], ['received_sheet.id'], name=op.f('fk_parked_keying_sheet_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_parked_keying')),
    sa.UniqueConstraint('sheet_id', 'clerk_id', name=op.f('uq_parked_keying_sheet_id_clerk_id'))
    )
    op.create_table('number_line',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('report_id', sa.BigInteger(), nullable=False),
    sa.Column('position', sa.Integer(), server_default='0', nullable=False, comment='行'),
    sa.Column('holder', sa.String(length=10), nullable=False, comment='番号の持ち主'),
    sa.Column('holder_name', sa.String(length=100), nullable=False, comment='番号の持ち主の氏名'),
    sa.Column('holder_birth_date', sa.Date(), nullable=True, comment='番号の持ち主の生年月日'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.ForeignKeyConstraint(['report_id'], ['number_report.id'], name=op.f('fk_number_line_report_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_number_line')),
    sa.UniqueConstraint('report_id', 'position', name=op.f('uq_number_line_report_id_position'))
    )
    op.create_index(op.f('ix_number_line_report_id'), 'number_line', ['report_id'], unique=False)
    op.create_table('individual_number',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('line_id', sa.BigInteger(), nullable=False),
    sa.Column('ciphertext', sa.LargeBinary(), nullable=False, comment='暗号文'),
    sa.Column('key_version', sa.Integer(), nullable=False, comment='鍵の版'),
    sa.Column('blind_index', sa.LargeBinary(), nullable=False, comment='照合用の鍵付きハッシュ'),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True, comment='終了'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.ForeignKeyConstraint(['line_id'], ['number_line.id'], name=op.f('fk_individual_number_line_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_individual_number')),
    sa.UniqueConstraint('line_id', name=op.f('uq_individual_number_line_id')),
    schema='numbering'
    )
    op.create_index('ix_individual_number_blind_index', 'individual_number', ['blind_index'], unique=False, schema='numbering')
    op.add_column('received_sheet', sa.Column('returned_reason', sa.String(length=400), nullable=True, comment='返戻の理由'))
    op.add_column('received_sheet', sa.Column('replaces_id', sa.BigInteger(), nullable=True, comment='受け直した元の票'))
    op.create_unique_constraint(op.f('uq_received_sheet_replaces_id'), 'received_sheet', ['replaces_id'])
    op.create_foreign_key(op.f('fk_received_sheet_replaces_id'), 'received_sheet', 'received_sheet', ['replaces_id'], ['id'])
    op.add_column('sheet_kind', sa.Column('holds_numbers', sa.Boolean(), server_default='false', nullable=False, comment='個人番号を含む'))
    op.execute("CREATE TRIGGER number_report_comes_from_agreement BEFORE INSERT OR UPDATE ON number_report "
               "FOR EACH ROW EXECUTE FUNCTION demand_two_agreeing_keyings()")


def downgrade() -> None:
    raise RuntimeError("records are never dropped; restore a backup instead")
