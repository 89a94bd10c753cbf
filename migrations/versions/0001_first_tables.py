"""The first tables: FAB's users and roles, the recorded items, sheets and keyings, code lists, journal.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

JOURNAL_IS_APPEND_ONLY = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% rows are only ever added', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER journal_entry_is_append_only BEFORE UPDATE OR DELETE ON journal_entry
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journal_entry_is_never_emptied BEFORE TRUNCATE ON journal_entry
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.execute("CREATE SCHEMA IF NOT EXISTS numbering")
    op.create_table('ab_group',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('label', sa.String(length=150), nullable=True),
    sa.Column('description', sa.String(length=512), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_group')),
    sa.UniqueConstraint('name', name=op.f('uq_ab_group_name'))
    )
    op.create_table('ab_permission',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_permission')),
    sa.UniqueConstraint('name', name=op.f('uq_ab_permission_name'))
    )
    op.create_table('ab_register_user',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('first_name', sa.String(length=64), nullable=False),
    sa.Column('last_name', sa.String(length=64), nullable=False),
    sa.Column('username', sa.String(length=128), nullable=False),
    sa.Column('password', sa.String(length=256), nullable=True),
    sa.Column('email', sa.String(length=320), nullable=False),
    sa.Column('registration_date', sa.DateTime(), nullable=True),
    sa.Column('registration_hash', sa.String(length=256), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_register_user')),
    sa.UniqueConstraint('email', name=op.f('uq_ab_register_user_email')),
    sa.UniqueConstraint('username', name=op.f('uq_ab_register_user_username'))
    )
    op.create_table('ab_role',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_role')),
    sa.UniqueConstraint('name', name=op.f('uq_ab_role_name'))
    )
    op.create_table('ab_user',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('first_name', sa.String(length=64), nullable=False),
    sa.Column('last_name', sa.String(length=64), nullable=False),
    sa.Column('username', sa.String(length=128), nullable=False),
    sa.Column('password', sa.String(length=256), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=True),
    sa.Column('email', sa.String(length=320), nullable=False),
    sa.Column('last_login', sa.DateTime(), nullable=True),
    sa.Column('login_count', sa.Integer(), nullable=True),
    sa.Column('fail_login_count', sa.Integer(), nullable=True),
    sa.Column('created_on', sa.DateTime(), nullable=True),
    sa.Column('changed_on', sa.DateTime(), nullable=True),
    sa.Column('created_by_fk', sa.Integer(), nullable=True),
    sa.Column('changed_by_fk', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['changed_by_fk'], ['ab_user.id'], name=op.f('fk_ab_user_changed_by_fk')),
    sa.ForeignKeyConstraint(['created_by_fk'], ['ab_user.id'], name=op.f('fk_ab_user_created_by_fk')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_user')),
    sa.UniqueConstraint('email', name=op.f('uq_ab_user_email')),
    sa.UniqueConstraint('username', name=op.f('uq_ab_user_username'))
    )
    op.create_table('ab_view_menu',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=250), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_view_menu')),
    sa.UniqueConstraint('name', name=op.f('uq_ab_view_menu_name'))
    )
    op.create_table('addressee',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('municipality', sa.String(length=30), nullable=False, comment='市区町村番号'),
    sa.Column('file_number', sa.String(length=30), nullable=False, comment='整理番号'),
    sa.Column('history_number', sa.Integer(), nullable=False, comment='履歴番号'),
    sa.Column('name', sa.String(length=100), nullable=False, comment='氏名'),
    sa.Column('birth_date', sa.Date(), nullable=False, comment='生年月日'),
    sa.Column('sex', sa.String(length=10), nullable=False, comment='性別'),
    sa.Column('postal_code', sa.String(length=7), nullable=True, comment='郵便番号'),
    sa.Column('address', sa.String(length=200), nullable=False, comment='住所'),
    sa.Column('relationship_code', sa.String(length=10), nullable=True, comment='続柄'),
    sa.Column('household_number', sa.String(length=30), nullable=True, comment='世帯番号'),
    sa.Column('household_head', sa.String(length=100), nullable=True, comment='世帯主氏名'),
    sa.Column('off_register', sa.String(length=10), nullable=False, comment='住登外区分'),
    sa.Column('is_foreigner', sa.Boolean(), nullable=True, comment='外国人フラグ'),
    sa.Column('resident_from', sa.Date(), nullable=True, comment='住民となった日'),
    sa.Column('resident_to', sa.Date(), nullable=True, comment='住民でなくなった日'),
    sa.Column('latest_movement', sa.String(length=10), nullable=True, comment='最新異動区分'),
    sa.Column('latest_movement_date', sa.Date(), nullable=True, comment='最新異動日'),
    sa.Column('latest_movement_notice_date', sa.Date(), nullable=True, comment='最新異動届出日'),
    sa.Column('resident_movement', sa.String(length=10), nullable=True, comment='住民異動区分'),
    sa.Column('resident_movement_date', sa.Date(), nullable=True, comment='住民異動日'),
    sa.Column('cancellation', sa.String(length=10), nullable=True, comment='取消区分'),
    sa.Column('address_before', sa.String(length=200), nullable=True, comment='転入前住所'),
    sa.Column('address_after', sa.String(length=200), nullable=True, comment='転出後住所'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_addressee')),
    sa.UniqueConstraint('municipality', 'file_number', 'history_number', name=op.f('uq_addressee_municipality_file_number_history_number'))
    )
    op.create_index(op.f('ix_addressee_file_number'), 'addressee', ['file_number'], unique=False)
    op.create_index(op.f('ix_addressee_household_number'), 'addressee', ['household_number'], unique=False)
    op.create_table('bank',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('number', sa.String(length=30), nullable=False, comment='金融機関番号'),
    sa.Column('name', sa.Text(), nullable=False, comment='名称'),
    sa.Column('name_kana', sa.String(length=100), nullable=False, comment='名称カナ'),
    sa.Column('valid_from', sa.Date(), nullable=False, comment='適用開始日'),
    sa.Column('valid_to', sa.Date(), nullable=True, comment='適用終了日'),
    sa.Column('source', sa.Text(), nullable=False, comment='出典'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    postgresql.ExcludeConstraint((sa.column('number'), '='), (sa.text("daterange(valid_from, valid_to, '[]')"), '&&'), using='gist', name='ex_bank_one_at_a_time'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bank'))
    )
    op.create_index(op.f('ix_bank_number'), 'bank', ['number'], unique=False)
    op.create_table('bank_branch',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('bank_number', sa.String(length=30), nullable=False, comment='金融機関番号'),
    sa.Column('number', sa.String(length=30), nullable=False, comment='支店番号'),
    sa.Column('name', sa.Text(), nullable=False, comment='支店名'),
    sa.Column('name_kana', sa.String(length=100), nullable=False, comment='支店名カナ'),
    sa.Column('valid_from', sa.Date(), nullable=False, comment='適用開始日'),
    sa.Column('valid_to', sa.Date(), nullable=True, comment='適用終了日'),
    sa.Column('source', sa.Text(), nullable=False, comment='出典'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    postgresql.ExcludeConstraint((sa.column('bank_number'), '='), (sa.column('number'), '='), (sa.column('name'), '='), (sa.text("daterange(valid_from, valid_to, '[]')"), '&&'), using='gist', name='ex_bank_branch_one_at_a_time'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_branch'))
    )
    op.create_index(op.f('ix_bank_branch_bank_number'), 'bank_branch', ['bank_number'], unique=False)
    op.create_table('code_list',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('name', sa.Text(), nullable=False, comment='符号'),
    sa.Column('label', sa.Text(), nullable=False, comment='コード表名'),
    sa.Column('label_en', sa.Text(), nullable=False, comment='コード表名(英)'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_code_list')),
    sa.UniqueConstraint('name', name=op.f('uq_code_list_name'))
    )
    op.create_table('disease',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('number', sa.String(length=30), nullable=False, comment='告示番号'),
    sa.Column('name', sa.Text(), nullable=False, comment='疾病名'),
    sa.Column('name_kana', sa.Text(), nullable=True, comment='よみ'),
    sa.Column('group_code', sa.Text(), nullable=False, comment='疾患群'),
    sa.Column('groups', sa.Text(), nullable=False, comment='疾患群(すべて)'),
    sa.Column('valid_from', sa.Date(), nullable=False, comment='適用開始日'),
    sa.Column('valid_to', sa.Date(), nullable=True, comment='適用終了日'),
    sa.Column('source', sa.Text(), nullable=False, comment='出典'),
    sa.Column('grams', sa.ARRAY(sa.String()), nullable=False, comment='検索用部分文字列'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    postgresql.ExcludeConstraint((sa.column('number'), '='), (sa.text("daterange(valid_from, valid_to, '[]')"), '&&'), using='gist', name='ex_disease_one_name_at_a_time'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_disease'))
    )
    op.create_index('ix_disease_grams', 'disease', ['grams'], unique=False, postgresql_using='gin')
    op.create_index(op.f('ix_disease_number'), 'disease', ['number'], unique=False)
    op.create_table('facility',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('number', sa.String(length=30), nullable=False, comment='施設番号'),
    sa.Column('name', sa.String(length=100), nullable=False, comment='医療機関名'),
    sa.Column('kind', sa.Text(), nullable=False, comment='種別'),
    sa.Column('postal_code', sa.String(length=7), nullable=True, comment='郵便番号'),
    sa.Column('address', sa.String(length=200), nullable=True, comment='所在地'),
    sa.Column('phone', sa.String(length=20), nullable=True, comment='電話番号'),
    sa.Column('valid_from', sa.Date(), nullable=False, comment='指定開始日'),
    sa.Column('valid_to', sa.Date(), nullable=True, comment='指定終了日'),
    sa.Column('source', sa.Text(), nullable=False, comment='出典'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    postgresql.ExcludeConstraint((sa.column('number'), '='), (sa.text("daterange(valid_from, valid_to, '[]')"), '&&'), using='gist', name='ex_facility_one_at_a_time'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_facility'))
    )
    op.create_index(op.f('ix_facility_number'), 'facility', ['number'], unique=False)
    op.create_table('insurer',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('number', sa.String(length=30), nullable=False, comment='保険者番号'),
    sa.Column('name', sa.String(length=100), nullable=False, comment='保険者名'),
    sa.Column('valid_from', sa.Date(), nullable=False, comment='適用開始日'),
    sa.Column('valid_to', sa.Date(), nullable=True, comment='適用終了日'),
    sa.Column('source', sa.Text(), nullable=False, comment='出典'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    postgresql.ExcludeConstraint((sa.column('number'), '='), (sa.text("daterange(valid_from, valid_to, '[]')"), '&&'), using='gist', name='ex_insurer_one_at_a_time'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_insurer'))
    )
    op.create_index(op.f('ix_insurer_number'), 'insurer', ['number'], unique=False)
    op.create_table('municipality',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('number', sa.String(length=30), nullable=False, comment='市区町村番号'),
    sa.Column('name', sa.Text(), nullable=False, comment='名称'),
    sa.Column('is_designated_city', sa.Boolean(), server_default='false', nullable=False, comment='指定都市'),
    sa.Column('valid_from', sa.Date(), nullable=False, comment='適用開始日'),
    sa.Column('valid_to', sa.Date(), nullable=True, comment='適用終了日'),
    sa.Column('source', sa.Text(), nullable=False, comment='出典'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    postgresql.ExcludeConstraint((sa.column('number'), '='), (sa.text("daterange(valid_from, valid_to, '[]')"), '&&'), using='gist', name='ex_municipality_one_at_a_time'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_municipality'))
    )
    op.create_index(op.f('ix_municipality_number'), 'municipality', ['number'], unique=False)
    op.create_table('number_series',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('name', sa.Text(), nullable=False, comment='系列'),
    sa.Column('last', sa.Integer(), server_default='0', nullable=False, comment='最後の番号'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_number_series')),
    sa.UniqueConstraint('name', name=op.f('uq_number_series_name'))
    )
    op.create_table('postal_area',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('postal_code', sa.String(length=7), nullable=False, comment='郵便番号'),
    sa.Column('prefecture', sa.Text(), nullable=False, comment='都道府県'),
    sa.Column('city', sa.Text(), nullable=False, comment='市区町村'),
    sa.Column('town', sa.Text(), nullable=False, comment='町域'),
    sa.Column('source', sa.Text(), nullable=False, comment='出典'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_postal_area'))
    )
    op.create_index(op.f('ix_postal_area_postal_code'), 'postal_area', ['postal_code'], unique=False)
    op.create_table('recipient',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('state', sa.Text(), server_default='applying', nullable=False, comment='状態'),
    sa.Column('file_number', sa.String(length=30), nullable=True, comment='本人個人整理番号'),
    sa.Column('recipient_number', sa.String(length=30), nullable=True, comment='受給者番号'),
    sa.Column('name', sa.String(length=100), nullable=False, comment='本人個人氏名'),
    sa.Column('name_kana', sa.String(length=100), nullable=True, comment='本人個人氏名カナ'),
    sa.Column('birth_date', sa.Date(), nullable=False, comment='本人個人生年月日'),
    sa.Column('sex', sa.String(length=10), nullable=False, comment='本人個人性別区分'),
    sa.Column('postal_code', sa.String(length=7), nullable=True, comment='本人個人郵便番号'),
    sa.Column('address', sa.String(length=200), nullable=False, comment='本人個人住所'),
    sa.Column('phone', sa.String(length=20), nullable=True, comment='本人個人電話番号'),
    sa.Column('counter', sa.String(length=10), nullable=True, comment='受付窓口区分'),
    sa.Column('disease_number', sa.String(length=30), nullable=True, comment='疾患番号'),
    sa.Column('tier', sa.String(length=10), nullable=True, comment='階層区分'),
    sa.Column('copay_cap_yen', sa.BigInteger(), nullable=True, comment='負担上限月額'),
    sa.Column('payer_number', sa.String(length=30), nullable=True, comment='負担者番号'),
    sa.Column('valid_from', sa.Date(), nullable=True, comment='有効期間開始日'),
    sa.Column('valid_to', sa.Date(), nullable=True, comment='有効期間終了日'),
    sa.Column('is_withheld', sa.Boolean(), server_default='false', nullable=False, comment='不開示(支援措置)'),
    sa.Column('current_certification_id', sa.BigInteger(), nullable=True, comment='現在の認定'),
    sa.Column('kana_key', sa.Text(), nullable=False, comment='検索用カナ'),
    sa.Column('grams', sa.ARRAY(sa.String()), nullable=False, comment='検索用部分文字列'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.CheckConstraint("state IN ('applying', 'certified', 'held', 'refused', 'lost', 'expired', 'withdrawn')", name=op.f('ck_recipient_state_is_known')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recipient')),
    sa.UniqueConstraint('recipient_number', name=op.f('uq_recipient_recipient_number'))
    )
    op.create_index('ix_recipient_birth', 'recipient', ['birth_date', 'id'], unique=False)
    op.create_index(op.f('ix_recipient_counter'), 'recipient', ['counter'], unique=False)
    op.create_index(op.f('ix_recipient_disease_number'), 'recipient', ['disease_number'], unique=False)
    op.create_index(op.f('ix_recipient_file_number'), 'recipient', ['file_number'], unique=False)
    op.create_index('ix_recipient_grams', 'recipient', ['grams'], unique=False, postgresql_using='gin')
    op.create_index('ix_recipient_kana_key', 'recipient', ['kana_key', 'id'], unique=False, postgresql_ops={'kana_key': 'text_pattern_ops'})
    op.create_index('ix_recipient_state_kana', 'recipient', ['state', 'kana_key', 'id'], unique=False)
    op.create_index('ix_recipient_valid_to', 'recipient', ['valid_to', 'id'], unique=False)
    op.create_table('scan',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False, comment='SHA-256'),
    sa.Column('media_type', sa.Text(), nullable=False, comment='形式'),
    sa.Column('size_bytes', sa.Integer(), nullable=False, comment='大きさ(バイト)'),
    sa.Column('page_count', sa.Integer(), nullable=False, comment='ページ数'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scan')),
    sa.UniqueConstraint('sha256', name=op.f('uq_scan_sha256'))
    )
    op.create_table('sheet_kind',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('name', sa.Text(), nullable=False, comment='様式の符号'),
    sa.Column('label', sa.Text(), nullable=False, comment='様式名'),
    sa.Column('application_kind', sa.String(length=10), nullable=True, comment='申請区分'),
    sa.Column('position', sa.Integer(), server_default='0', nullable=False, comment='表示順'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sheet_kind')),
    sa.UniqueConstraint('name', name=op.f('uq_sheet_kind_name'))
    )
    op.create_table('ab_api_key',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uuid', sa.String(length=36), nullable=False),
    sa.Column('name', sa.String(length=256), nullable=False),
    sa.Column('key_hash', sa.String(length=256), nullable=False),
    sa.Column('lookup_hash', sa.String(length=256), nullable=True),
    sa.Column('key_prefix', sa.String(length=16), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('scopes', sa.Text(), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('created_on', sa.DateTime(), nullable=True),
    sa.Column('expires_on', sa.DateTime(), nullable=True),
    sa.Column('revoked_on', sa.DateTime(), nullable=True),
    sa.Column('last_used_on', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_ab_api_key_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_api_key')),
    sa.UniqueConstraint('lookup_hash', name=op.f('uq_ab_api_key_lookup_hash')),
    sa.UniqueConstraint('uuid', name=op.f('uq_ab_api_key_uuid'))
    )
    op.create_index('idx_api_key_lookup_hash', 'ab_api_key', ['lookup_hash'], unique=True)
    op.create_index('idx_api_key_prefix', 'ab_api_key', ['key_prefix'], unique=False)
    op.create_index('idx_api_key_user_id', 'ab_api_key', ['user_id'], unique=False)
    op.create_table('ab_group_role',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=True),
    sa.Column('role_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['group_id'], ['ab_group.id'], name=op.f('fk_ab_group_role_group_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['role_id'], ['ab_role.id'], name=op.f('fk_ab_group_role_role_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_group_role')),
    sa.UniqueConstraint('group_id', 'role_id', name=op.f('uq_ab_group_role_group_id_role_id'))
    )
    op.create_index('idx_group_id', 'ab_group_role', ['group_id'], unique=False)
    op.create_index('idx_group_role_id', 'ab_group_role', ['role_id'], unique=False)
    op.create_table('ab_permission_view',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('permission_id', sa.Integer(), nullable=False),
    sa.Column('view_menu_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['permission_id'], ['ab_permission.id'], name=op.f('fk_ab_permission_view_permission_id')),
    sa.ForeignKeyConstraint(['view_menu_id'], ['ab_view_menu.id'], name=op.f('fk_ab_permission_view_view_menu_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_permission_view')),
    sa.UniqueConstraint('permission_id', 'view_menu_id', name=op.f('uq_ab_permission_view_permission_id_view_menu_id'))
    )
    op.create_index('idx_permission_id', 'ab_permission_view', ['permission_id'], unique=False)
    op.create_index('idx_view_menu_id', 'ab_permission_view', ['view_menu_id'], unique=False)
    op.create_table('ab_user_group',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('group_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['group_id'], ['ab_group.id'], name=op.f('fk_ab_user_group_group_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_ab_user_group_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_user_group')),
    sa.UniqueConstraint('user_id', 'group_id', name=op.f('uq_ab_user_group_user_id_group_id'))
    )
    op.create_index('idx_user_group_id', 'ab_user_group', ['group_id'], unique=False)
    op.create_index('idx_user_id', 'ab_user_group', ['user_id'], unique=False)
    op.create_table('ab_user_role',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('role_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['role_id'], ['ab_role.id'], name=op.f('fk_ab_user_role_role_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_ab_user_role_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_user_role')),
    sa.UniqueConstraint('user_id', 'role_id', name=op.f('uq_ab_user_role_user_id_role_id'))
    )
    op.create_table('benefit',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('recipient_id', sa.BigInteger(), nullable=True),
    sa.Column('billing_month', sa.String(length=7), nullable=False, comment='請求年月'),
    sa.Column('treatment_month', sa.String(length=7), nullable=False, comment='診療年月'),
    sa.Column('setting', sa.String(length=10), nullable=False, comment='入外別区分'),
    sa.Column('benefit_kind', sa.String(length=10), nullable=True, comment='給付種別区分'),
    sa.Column('days', sa.Integer(), nullable=True, comment='日数'),
    sa.Column('times', sa.Integer(), nullable=True, comment='回数'),
    sa.Column('points', sa.Integer(), nullable=True, comment='決定点数'),
    sa.Column('total_yen', sa.BigInteger(), nullable=False, comment='総医療費'),
    sa.Column('insurer_yen', sa.BigInteger(), nullable=True, comment='医療保険負担額'),
    sa.Column('public_yen', sa.BigInteger(), nullable=True, comment='公費負担額'),
    sa.Column('copay_yen', sa.BigInteger(), nullable=True, comment='自己負担額'),
    sa.Column('city_support_yen', sa.BigInteger(), nullable=True, comment='市区町村補助金額'),
    sa.Column('payer_class', sa.String(length=10), nullable=True, comment='保険種別区分'),
    sa.Column('facility_number', sa.String(length=30), nullable=False, comment='請求医療機関番号'),
    sa.Column('care_service', sa.String(length=10), nullable=True, comment='介護サービス種類コード'),
    sa.Column('receipt_kind', sa.String(length=10), nullable=True, comment='レセプト区分'),
    sa.Column('receipt_count', sa.Integer(), nullable=True, comment='件数'),
    sa.Column('reexamination', sa.String(length=10), nullable=True, comment='再審査請求区分'),
    sa.Column('adjustment_date', sa.Date(), nullable=True, comment='調整年月日'),
    sa.Column('adjustment', sa.String(length=10), nullable=True, comment='調整区分'),
    sa.Column('entered_date', sa.Date(), nullable=True, comment='入力日'),
    sa.Column('benefit_remarks', sa.String(length=400), nullable=True, comment='給付管理備考'),
    sa.Column('payer_number', sa.String(length=30), nullable=True, comment='レセプトの負担者番号'),
    sa.Column('recipient_number', sa.String(length=30), nullable=True, comment='レセプトの受給者番号'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.ForeignKeyConstraint(['recipient_id'], ['recipient.id'], name=op.f('fk_benefit_recipient_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_benefit'))
    )
    op.create_index(op.f('ix_benefit_recipient_id'), 'benefit', ['recipient_id'], unique=False)
    op.create_table('code_entry',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('list_id', sa.BigInteger(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False, comment='コード'),
    sa.Column('label', sa.Text(), nullable=False, comment='名称'),
    sa.Column('label_en', sa.Text(), nullable=True, comment='名称(英)'),
    sa.Column('own_code', sa.Text(), nullable=True, comment='市の独自コード'),
    sa.Column('position', sa.Integer(), server_default='0', nullable=False, comment='表示順'),
    sa.Column('valid_from', sa.Date(), nullable=False, comment='適用開始日'),
    sa.Column('valid_to', sa.Date(), nullable=True, comment='適用終了日'),
    sa.Column('source', sa.Text(), nullable=False, comment='出典'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    postgresql.ExcludeConstraint((sa.column('list_id'), '='), (sa.column('code'), '='), (sa.text("daterange(valid_from, valid_to, '[]')"), '&&'), using='gist', name='ex_code_entry_one_at_a_time'),
    sa.CheckConstraint('valid_to IS NULL OR valid_from <= valid_to', name=op.f('ck_code_entry_period_runs_forward')),
    sa.ForeignKeyConstraint(['list_id'], ['code_list.id'], name=op.f('fk_code_entry_list_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_code_entry'))
    )
    op.create_index(op.f('ix_code_entry_list_id'), 'code_entry', ['list_id'], unique=False)
    op.create_table('column_choice',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('listing', sa.Text(), nullable=False, comment='一覧'),
    sa.Column('columns', postgresql.JSONB(), nullable=False, comment='列'),
    sa.Column('is_dense', sa.Boolean(), server_default='false', nullable=False, comment='詰めて表示'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_column_choice_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_column_choice')),
    sa.UniqueConstraint('user_id', 'listing', name=op.f('uq_column_choice_user_id_listing'))
    )
    op.create_index(op.f('ix_column_choice_user_id'), 'column_choice', ['user_id'], unique=False)
    op.create_table('journal_entry',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False, comment='日時'),
    sa.Column('actor_id', sa.Integer(), nullable=True, comment='操作者'),
    sa.Column('actor_name', sa.Text(), nullable=False, comment='操作者名(当時)'),
    sa.Column('terminal', sa.Text(), server_default='', nullable=False, comment='端末'),
    sa.Column('action', sa.Text(), nullable=False, comment='操作'),
    sa.Column('subject_kind', sa.Text(), nullable=True, comment='対象の種類'),
    sa.Column('subject_id', sa.BigInteger(), nullable=True, comment='対象'),
    sa.Column('recipient_id', sa.BigInteger(), nullable=True, comment='受給者'),
    sa.Column('reason', sa.Text(), server_default='', nullable=False, comment='理由・目的'),
    sa.Column('detail', postgresql.JSONB(), nullable=True, comment='内容(個人情報を含まない)'),
    sa.ForeignKeyConstraint(['actor_id'], ['ab_user.id'], name=op.f('fk_journal_entry_actor_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_journal_entry'))
    )
    op.create_index('ix_journal_entry_actor', 'journal_entry', ['actor_id', 'id'], unique=False)
    op.create_index('ix_journal_entry_at', 'journal_entry', ['at'], unique=False)
    op.create_index('ix_journal_entry_recipient', 'journal_entry', ['recipient_id', 'id'], unique=False)
    op.create_table('saved_filter',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('listing', sa.Text(), nullable=False, comment='一覧'),
    sa.Column('name', sa.Text(), nullable=True, comment='名称'),
    sa.Column('token', sa.Text(), nullable=False, comment='検索の番号'),
    sa.Column('terms', postgresql.JSONB(), nullable=False, comment='条件'),
    sa.Column('is_shared', sa.Boolean(), server_default='false', nullable=False, comment='課で共有'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_saved_filter_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_filter')),
    sa.UniqueConstraint('token', name=op.f('uq_saved_filter_token')),
    sa.UniqueConstraint('user_id', 'listing', 'name', name=op.f('uq_saved_filter_user_id_listing_name'))
    )
    op.create_index(op.f('ix_saved_filter_user_id'), 'saved_filter', ['user_id'], unique=False)
    op.create_table('sheet_version',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('kind_id', sa.BigInteger(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False, comment='版番号'),
    sa.Column('state', sa.Text(), server_default='draft', nullable=False, comment='状態'),
    sa.Column('effective_from', sa.Date(), nullable=True, comment='適用開始日'),
    sa.Column('definition', postgresql.JSONB(), nullable=False, comment='様式定義'),
    sa.Column('edited_by', sa.Integer(), nullable=True, comment='編集者'),
    sa.Column('published_by', sa.Integer(), nullable=True, comment='公開者'),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True, comment='公開日時'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.CheckConstraint("state IN ('draft', 'published', 'retired')", name=op.f('ck_sheet_version_state_is_known')),
    sa.ForeignKeyConstraint(['edited_by'], ['ab_user.id'], name=op.f('fk_sheet_version_edited_by')),
    sa.ForeignKeyConstraint(['kind_id'], ['sheet_kind.id'], name=op.f('fk_sheet_version_kind_id')),
    sa.ForeignKeyConstraint(['published_by'], ['ab_user.id'], name=op.f('fk_sheet_version_published_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sheet_version')),
    sa.UniqueConstraint('kind_id', 'number', name=op.f('uq_sheet_version_kind_id_number'))
    )
    op.create_table('ab_permission_view_role',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('permission_view_id', sa.Integer(), nullable=True),
    sa.Column('role_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['permission_view_id'], ['ab_permission_view.id'], name=op.f('fk_ab_permission_view_role_permission_view_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['role_id'], ['ab_role.id'], name=op.f('fk_ab_permission_view_role_role_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_permission_view_role')),
    sa.UniqueConstraint('permission_view_id', 'role_id', name=op.f('uq_ab_permission_view_role_permission_view_id_role_id'))
    )
    op.create_index('idx_permission_view_id', 'ab_permission_view_role', ['permission_view_id'], unique=False)
    op.create_index('idx_role_id', 'ab_permission_view_role', ['role_id'], unique=False)
    op.create_table('received_sheet',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('acceptance_number', sa.String(length=30), nullable=False, comment='申請受理番号'),
    sa.Column('received_date', sa.Date(), nullable=False, comment='申請受理日'),
    sa.Column('counter', sa.String(length=10), nullable=False, comment='受付窓口区分'),
    sa.Column('application_method', sa.String(length=10), nullable=True, comment='申請方法区分'),
    sa.Column('version_id', sa.BigInteger(), nullable=False),
    sa.Column('scan_id', sa.BigInteger(), nullable=True),
    sa.Column('state', sa.Text(), server_default='waiting_first', nullable=False, comment='状態'),
    sa.Column('batch', sa.Text(), nullable=True, comment='束'),
    sa.Column('attachments', postgresql.JSONB(), nullable=True, comment='添付書類種別'),
    sa.Column('remarks', sa.String(length=400), nullable=True, comment='受付備考'),
    sa.Column('received_by', sa.Integer(), nullable=False, comment='受付者'),
    sa.Column('registered_at', sa.DateTime(timezone=True), nullable=True, comment='登録日時'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.CheckConstraint("state IN ('waiting_first', 'first', 'waiting_second', 'second', 'settling', 'registered', 'returned', 'withdrawn')", name=op.f('ck_received_sheet_state_is_known')),
    sa.ForeignKeyConstraint(['received_by'], ['ab_user.id'], name=op.f('fk_received_sheet_received_by')),
    sa.ForeignKeyConstraint(['scan_id'], ['scan.id'], name=op.f('fk_received_sheet_scan_id')),
    sa.ForeignKeyConstraint(['version_id'], ['sheet_version.id'], name=op.f('fk_received_sheet_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_received_sheet')),
    sa.UniqueConstraint('acceptance_number', name=op.f('uq_received_sheet_acceptance_number'))
    )
    op.create_index(op.f('ix_received_sheet_batch'), 'received_sheet', ['batch'], unique=False)
    op.create_index('ix_received_sheet_queue', 'received_sheet', ['state', 'received_date', 'id'], unique=False)
    op.create_table('application',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('recipient_id', sa.BigInteger(), nullable=True),
    sa.Column('sheet_id', sa.BigInteger(), nullable=True),
    sa.Column('conversion', sa.Text(), nullable=True, comment="移行: the old system's file this row came from"),
    sa.Column('application_date', sa.Date(), nullable=False, comment='申請日'),
    sa.Column('moved_in', sa.Boolean(), nullable=True, comment='転入フラグ'),
    sa.Column('counter', sa.String(length=10), nullable=True, comment='受付窓口区分'),
    sa.Column('application_kind', sa.String(length=10), nullable=False, comment='申請区分'),
    sa.Column('change_contents', sa.ARRAY(sa.String(length=10)), nullable=True, comment='変更内容'),
    sa.Column('reissue_reason', sa.String(length=10), nullable=True, comment='再交付理由区分'),
    sa.Column('acceptance_date', sa.Date(), nullable=False, comment='申請受理日'),
    sa.Column('acceptance_number', sa.String(length=30), nullable=False, comment='申請受理番号'),
    sa.Column('application_method', sa.String(length=10), nullable=True, comment='申請方法区分'),
    sa.Column('agreed_to_insurer_inquiry', sa.Boolean(), nullable=True, comment='保険者照会同意フラグ'),
    sa.Column('forwarding', sa.String(length=10), nullable=True, comment='進達区分'),
    sa.Column('forwarding_date', sa.Date(), nullable=True, comment='進達日'),
    sa.Column('head_office_date', sa.Date(), nullable=True, comment='本庁受領日'),
    sa.Column('branch', sa.String(length=10), nullable=True, comment='登録支所区分'),
    sa.Column('remarks', sa.String(length=400), nullable=True, comment='申請備考'),
    sa.Column('written_recipient_number', sa.String(length=30), nullable=True, comment='申請書記載の受給者番号'),
    sa.Column('diagnosed_date', sa.Date(), nullable=True, comment='診断年月日'),
    sa.Column('retroactive_reason', sa.String(length=10), nullable=True, comment='遡り理由'),
    sa.Column('onset_month', sa.String(length=7), nullable=True, comment='発症年月'),
    sa.Column('wants_registration_certificate', sa.Boolean(), nullable=True, comment='登録者証の交付希望'),
    sa.Column('agreed_to_research', sa.Boolean(), nullable=True, comment='研究利用への同意'),
    sa.Column('state', sa.Text(), server_default='registered', nullable=False, comment='処理状況'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.CheckConstraint('num_nonnulls(sheet_id, conversion) = 1', name=op.f('ck_application_from_a_sheet_or_a_conversion')),
    sa.ForeignKeyConstraint(['recipient_id'], ['recipient.id'], name=op.f('fk_application_recipient_id')),
    sa.ForeignKeyConstraint(['sheet_id'], ['received_sheet.id'], name=op.f('fk_application_sheet_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_application')),
    sa.UniqueConstraint('acceptance_number', name=op.f('uq_application_acceptance_number')),
    sa.UniqueConstraint('sheet_id', name=op.f('uq_application_sheet_id'))
    )
    op.create_index(op.f('ix_application_recipient_id'), 'application', ['recipient_id'], unique=False)
    op.create_index(op.f('ix_application_state'), 'application', ['state'], unique=False)
    op.create_table('difference',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('sheet_id', sa.BigInteger(), nullable=False),
    sa.Column('field', sa.Text(), nullable=False, comment='項目'),
    sa.Column('swapped', sa.Boolean(), nullable=False, comment='A・Bの入替え'),
    sa.Column('choice', sa.Text(), nullable=True, comment='採用'),
    sa.Column('raw', sa.Text(), nullable=True, comment='採用値(入力のまま)'),
    sa.Column('settled_by', sa.Integer(), nullable=True, comment='確認者'),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True, comment='確認日時'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.CheckConstraint("choice IS NULL OR choice IN ('first', 'second', 'typed')", name=op.f('ck_difference_choice_is_known')),
    sa.CheckConstraint('(choice IS NULL) = (settled_by IS NULL) AND (choice IS NULL) = (settled_at IS NULL)', name=op.f('ck_difference_a_choice_has_an_actor_and_a_time')),
    sa.ForeignKeyConstraint(['settled_by'], ['ab_user.id'], name=op.f('fk_difference_settled_by')),
    sa.ForeignKeyConstraint(['sheet_id'], ['received_sheet.id'], name=op.f('fk_difference_sheet_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_difference')),
    sa.UniqueConstraint('sheet_id', 'field', name=op.f('uq_difference_sheet_id_field'))
    )
    op.create_index(op.f('ix_difference_sheet_id'), 'difference', ['sheet_id'], unique=False)
    op.create_table('keying',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('sheet_id', sa.BigInteger(), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False, comment='回'),
    sa.Column('clerk_id', sa.Integer(), nullable=False, comment='入力者'),
    sa.Column('raw', postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False, comment='入力のまま'),
    sa.Column('answers', postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False, comment='比較用'),
    sa.Column('unreadable', postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False, comment='判読不能の項目'),
    sa.Column('confirmed', postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False, comment='警告を確認した理由'),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False, comment='入力開始'),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=True, comment='下書き保存'),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True, comment='登録'),
    sa.Column('active_seconds', sa.Integer(), server_default='0', nullable=False, comment='入力秒数'),
    sa.Column('submission_key', sa.Text(), nullable=True, comment='二重送信防止'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.CheckConstraint('turn IN (1, 2)', name=op.f('ck_keying_there_is_no_third_turn')),
    sa.ForeignKeyConstraint(['clerk_id'], ['ab_user.id'], name=op.f('fk_keying_clerk_id')),
    sa.ForeignKeyConstraint(['sheet_id'], ['received_sheet.id'], name=op.f('fk_keying_sheet_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_keying')),
    sa.UniqueConstraint('sheet_id', 'clerk_id', name=op.f('uq_keying_sheet_id_clerk_id')),
    sa.UniqueConstraint('sheet_id', 'turn', name=op.f('uq_keying_sheet_id_turn')),
    sa.UniqueConstraint('submission_key', name=op.f('uq_keying_submission_key'))
    )
    op.create_index(op.f('ix_keying_clerk_id'), 'keying', ['clerk_id'], unique=False)
    op.create_index(op.f('ix_keying_sheet_id'), 'keying', ['sheet_id'], unique=False)
    op.create_table('sealed_number',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('sheet_id', sa.BigInteger(), nullable=False),
    sa.Column('field', sa.Text(), nullable=False, comment='項目'),
    sa.Column('turn', sa.Integer(), nullable=False, comment='回'),
    sa.Column('ciphertext', sa.LargeBinary(), nullable=False, comment='暗号文'),
    sa.Column('key_version', sa.Integer(), nullable=False, comment='鍵の版'),
    sa.Column('blind_index', sa.LargeBinary(), nullable=False, comment='照合用の鍵付きハッシュ'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.ForeignKeyConstraint(['sheet_id'], ['received_sheet.id'], name=op.f('fk_sealed_number_sheet_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sealed_number')),
    sa.UniqueConstraint('sheet_id', 'field', 'turn', name=op.f('uq_sealed_number_sheet_id_field_turn')),
    schema='numbering'
    )
    op.create_index(op.f('ix_sealed_number_blind_index'), 'sealed_number', ['blind_index'], unique=False, schema='numbering')
    op.create_table('reimbursement_claim',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('recipient_id', sa.BigInteger(), nullable=True),
    sa.Column('sheet_id', sa.BigInteger(), nullable=False),
    sa.Column('application_date', sa.Date(), nullable=False, comment='申請日'),
    sa.Column('counter', sa.String(length=10), nullable=True, comment='受付窓口区分'),
    sa.Column('certification', sa.String(length=10), nullable=True, comment='認定区分'),
    sa.Column('claim_reason', sa.String(length=10), nullable=False, comment='請求理由種別'),
    sa.Column('acceptance_date', sa.Date(), nullable=False, comment='申請受理日'),
    sa.Column('acceptance_number', sa.String(length=30), nullable=False, comment='申請受理番号'),
    sa.Column('attachments', sa.ARRAY(sa.String(length=10)), nullable=True, comment='添付書類種別'),
    sa.Column('forwarding', sa.String(length=10), nullable=True, comment='進達区分'),
    sa.Column('forwarding_date', sa.Date(), nullable=True, comment='進達日'),
    sa.Column('head_office_date', sa.Date(), nullable=True, comment='本庁受領日'),
    sa.Column('branch', sa.String(length=10), nullable=True, comment='登録支所区分'),
    sa.Column('remarks', sa.String(length=400), nullable=True, comment='償還申請備考'),
    sa.Column('claimed_yen', sa.BigInteger(), nullable=False, comment='請求金額'),
    sa.Column('planned_yen', sa.BigInteger(), nullable=True, comment='支払予定金額'),
    sa.Column('decision_date', sa.Date(), nullable=True, comment='支給決定日'),
    sa.Column('decision_reason', sa.String(length=10), nullable=True, comment='支給決定理由'),
    sa.Column('bank', sa.String(length=30), nullable=False, comment='金融機関番号'),
    sa.Column('bank_branch', sa.String(length=30), nullable=False, comment='支店番号'),
    sa.Column('account_kind', sa.String(length=10), nullable=False, comment='預金種別'),
    sa.Column('account_number', sa.String(length=30), nullable=False, comment='口座番号'),
    sa.Column('account_holder', sa.String(length=100), nullable=False, comment='名義人氏名'),
    sa.Column('written_recipient_number', sa.String(length=30), nullable=False, comment='請求書記載の受給者番号'),
    sa.Column('account_holder_kana', sa.String(length=100), nullable=True, comment='口座名義カナ'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.CheckConstraint('claimed_yen > 0', name=op.f('ck_reimbursement_claim_claims_something')),
    sa.ForeignKeyConstraint(['recipient_id'], ['recipient.id'], name=op.f('fk_reimbursement_claim_recipient_id')),
    sa.ForeignKeyConstraint(['sheet_id'], ['received_sheet.id'], name=op.f('fk_reimbursement_claim_sheet_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reimbursement_claim')),
    sa.UniqueConstraint('acceptance_number', name=op.f('uq_reimbursement_claim_acceptance_number')),
    sa.UniqueConstraint('sheet_id', name=op.f('uq_reimbursement_claim_sheet_id'))
    )
    op.create_index(op.f('ix_reimbursement_claim_recipient_id'), 'reimbursement_claim', ['recipient_id'], unique=False)
    op.create_table('applicant',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('application_id', sa.BigInteger(), nullable=False),
    sa.Column('applicant_file_number', sa.String(length=30), nullable=True, comment='申請者個人整理番号'),
    sa.Column('applicant_name', sa.String(length=100), nullable=False, comment='申請者個人氏名'),
    sa.Column('applicant_birth_date', sa.Date(), nullable=True, comment='申請者個人生年月日'),
    sa.Column('applicant_relationship', sa.String(length=10), nullable=True, comment='申請者個人続柄区分'),
    sa.Column('applicant_sex', sa.String(length=10), nullable=True, comment='申請者個人性別区分'),
    sa.Column('applicant_postal_code', sa.String(length=7), nullable=True, comment='申請者個人郵便番号'),
    sa.Column('applicant_address', sa.String(length=200), nullable=True, comment='申請者個人住所'),
    sa.Column('applicant_phone', sa.String(length=20), nullable=True, comment='申請者個人電話番号'),
    sa.Column('applicant_name_kana', sa.String(length=100), nullable=True, comment='申請者個人氏名カナ'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_applicant_application_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_applicant')),
    sa.UniqueConstraint('application_id', name=op.f('uq_applicant_application_id'))
    )
    op.create_table('application_attachment',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('application_id', sa.BigInteger(), nullable=False),
    sa.Column('attachment', sa.String(length=10), nullable=False, comment='添付書類種別'),
    sa.Column('received_date', sa.Date(), nullable=True, comment='添付書類受領日'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_application_attachment_application_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_application_attachment')),
    sa.UniqueConstraint('application_id', 'attachment', name=op.f('uq_application_attachment_application_id_attachment'))
    )
    op.create_index(op.f('ix_application_attachment_application_id'), 'application_attachment', ['application_id'], unique=False)
    op.create_table('application_disease',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('application_id', sa.BigInteger(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False, comment='行番号'),
    sa.Column('disease_group', sa.String(length=10), nullable=True, comment='疾患分類番号'),
    sa.Column('disease_number', sa.String(length=30), nullable=False, comment='疾患番号'),
    sa.Column('is_refused', sa.Boolean(), nullable=True, comment='疾病非認定フラグ'),
    sa.Column('is_main', sa.Boolean(), nullable=True, comment='主たる疾病フラグ'),
    sa.Column('disease_remarks', sa.String(length=400), nullable=True, comment='疾病備考'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_application_disease_application_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_application_disease')),
    sa.UniqueConstraint('application_id', 'position', name=op.f('uq_application_disease_application_id_position'))
    )
    op.create_index(op.f('ix_application_disease_application_id'), 'application_disease', ['application_id'], unique=False)
    op.create_index('uq_application_disease_main', 'application_disease', ['application_id'], unique=True, postgresql_where=sa.text('is_main'))
    op.create_table('application_facility',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('application_id', sa.BigInteger(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False, comment='行番号'),
    sa.Column('facility_number', sa.String(length=30), nullable=False, comment='施設番号'),
    sa.Column('used_from', sa.Date(), nullable=True, comment='適用開始日'),
    sa.Column('is_main', sa.Boolean(), nullable=True, comment='主たる医療機関フラグ'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_application_facility_application_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_application_facility')),
    sa.UniqueConstraint('application_id', 'position', name=op.f('uq_application_facility_application_id_position'))
    )
    op.create_index(op.f('ix_application_facility_application_id'), 'application_facility', ['application_id'], unique=False)
    op.create_table('assessment',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('application_id', sa.BigInteger(), nullable=False),
    sa.Column('taxation', sa.String(length=10), nullable=True, comment='市町村民税課税区分'),
    sa.Column('income_yen', sa.BigInteger(), nullable=True, comment='収入額'),
    sa.Column('income_levy_yen', sa.BigInteger(), nullable=True, comment='市町村民税所得割額'),
    sa.Column('is_apportioned', sa.Boolean(), nullable=True, comment='世帯按分フラグ'),
    sa.Column('tier', sa.String(length=10), nullable=True, comment='階層区分'),
    sa.Column('copay_cap_yen', sa.BigInteger(), nullable=True, comment='負担上限月額'),
    sa.Column('high_cost_long_term', sa.Boolean(), nullable=True, comment='高額かつ長期フラグ'),
    sa.Column('ventilator', sa.Boolean(), nullable=True, comment='人工呼吸器フラグ'),
    sa.Column('income_unknown', sa.Boolean(), nullable=True, comment='所得状況の確認不能フラグ'),
    sa.Column('borderline', sa.Boolean(), nullable=True, comment='生保移行防止措置対象者フラグ'),
    sa.Column('borderline_meals_free', sa.Boolean(), nullable=True, comment='生保移行防止措置食費免除フラグ'),
    sa.Column('borderline_previous_tier', sa.String(length=10), nullable=True, comment='生保移行防止措置前階層区分'),
    sa.Column('reasons', postgresql.JSONB(), nullable=True, comment='判定理由'),
    sa.Column('assessed_by', sa.Integer(), nullable=True, comment='判定者'),
    sa.Column('assessed_at', sa.DateTime(timezone=True), nullable=True, comment='判定日時'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.CheckConstraint('copay_cap_yen >= 0', name=op.f('ck_assessment_cap_is_not_negative')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_assessment_application_id')),
    sa.ForeignKeyConstraint(['assessed_by'], ['ab_user.id'], name=op.f('fk_assessment_assessed_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assessment')),
    sa.UniqueConstraint('application_id', name=op.f('uq_assessment_application_id'))
    )
    op.create_table('certification',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('application_id', sa.BigInteger(), nullable=False),
    sa.Column('recipient_id', sa.BigInteger(), nullable=False),
    sa.Column('certification', sa.String(length=10), nullable=False, comment='認定区分'),
    sa.Column('valid_from', sa.Date(), nullable=True, comment='有効期間開始日'),
    sa.Column('valid_to', sa.Date(), nullable=True, comment='有効期間終了日'),
    sa.Column('refusal_reason', sa.String(length=10), nullable=True, comment='非認定理由'),
    sa.Column('hold_reason', sa.String(length=10), nullable=True, comment='認定保留理由'),
    sa.Column('payer_number', sa.String(length=30), nullable=True, comment='負担者番号'),
    sa.Column('recipient_number', sa.String(length=30), nullable=True, comment='受給者番号'),
    sa.Column('issue_date', sa.Date(), nullable=True, comment='交付日'),
    sa.Column('certification_remarks', sa.String(length=400), nullable=True, comment='認定備考'),
    sa.Column('was_certified_before_2015', sa.Boolean(), nullable=True, comment='既認定者フラグ'),
    sa.Column('was_severe', sa.Boolean(), nullable=True, comment='重症患者フラグ'),
    sa.Column('registration_certificate', sa.String(length=30), nullable=True, comment='登録者証番号'),
    sa.Column('reasons', postgresql.JSONB(), nullable=True, comment='有効期間の理由'),
    sa.Column('replaced_by', sa.BigInteger(), nullable=True, comment='後の認定'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    postgresql.ExcludeConstraint((sa.column('recipient_id'), '='), (sa.text("daterange(valid_from, valid_to, '[]')"), '&&'), where=sa.text("certification = '1' AND replaced_by IS NULL"), using='gist', name='ex_certification_one_period_at_a_time'),
    sa.CheckConstraint("(certification <> '1') OR (valid_from IS NOT NULL AND valid_to IS NOT NULL AND payer_number IS NOT NULL AND recipient_number IS NOT NULL)", name=op.f('ck_certification_certified_is_complete')),
    sa.CheckConstraint('valid_from <= valid_to', name=op.f('ck_certification_period_runs_forward')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_certification_application_id')),
    sa.ForeignKeyConstraint(['recipient_id'], ['recipient.id'], name=op.f('fk_certification_recipient_id')),
    sa.ForeignKeyConstraint(['replaced_by'], ['certification.id'], name=op.f('fk_certification_replaced_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certification')),
    sa.UniqueConstraint('application_id', name=op.f('uq_certification_application_id'))
    )
    op.create_index(op.f('ix_certification_recipient_id'), 'certification', ['recipient_id'], unique=False)
    op.create_table('clinical_form',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('application_id', sa.BigInteger(), nullable=False),
    sa.Column('physician', sa.String(length=100), nullable=True, comment='臨床調査個人票作成医'),
    sa.Column('department', sa.String(length=10), nullable=True, comment='診療科区分'),
    sa.Column('physician_inquiry', sa.String(length=10), nullable=True, comment='医師照会区分'),
    sa.Column('physician_inquiry_date', sa.Date(), nullable=True, comment='医師照会日'),
    sa.Column('physician_inquiry_closed_date', sa.Date(), nullable=True, comment='医師照会完了日'),
    sa.Column('physician_number', sa.String(length=30), nullable=True, comment='指定医番号'),
    sa.Column('written_date', sa.Date(), nullable=True, comment='臨床調査個人票記載年月日'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_clinical_form_application_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_clinical_form')),
    sa.UniqueConstraint('application_id', name=op.f('uq_clinical_form_application_id'))
    )
    op.create_table('decision',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('application_id', sa.BigInteger(), nullable=False),
    sa.Column('draft', sa.String(length=10), nullable=False, comment='起案区分'),
    sa.Column('draft_date', sa.Date(), nullable=True, comment='起案日'),
    sa.Column('sign_off', sa.String(length=10), server_default='0', nullable=False, comment='決裁区分'),
    sa.Column('sign_off_date', sa.Date(), nullable=True, comment='決裁日'),
    sa.Column('drafted_by', sa.Integer(), nullable=False, comment='起案者'),
    sa.Column('signed_by', sa.Integer(), nullable=True, comment='決裁者'),
    sa.Column('proposal', postgresql.JSONB(), nullable=True, comment='起案内容'),
    sa.Column('sent_back_reason', sa.Text(), nullable=True, comment='差戻し理由'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.CheckConstraint("(sign_off = '1') = (signed_by IS NOT NULL AND sign_off_date IS NOT NULL) OR sign_off = '2'", name=op.f('ck_decision_sign_off_has_a_signer')),
    sa.CheckConstraint('signed_by IS NULL OR signed_by <> drafted_by', name=op.f('ck_decision_drafter_does_not_sign_off')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_decision_application_id')),
    sa.ForeignKeyConstraint(['drafted_by'], ['ab_user.id'], name=op.f('fk_decision_drafted_by')),
    sa.ForeignKeyConstraint(['signed_by'], ['ab_user.id'], name=op.f('fk_decision_signed_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decision')),
    sa.UniqueConstraint('application_id', name=op.f('uq_decision_application_id'))
    )
    op.create_table('household_member',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('application_id', sa.BigInteger(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False, comment='行番号'),
    sa.Column('tax_year', sa.Integer(), nullable=True, comment='税賦課年度'),
    sa.Column('member_file_number', sa.String(length=30), nullable=True, comment='世帯員整理番号'),
    sa.Column('member_name', sa.String(length=100), nullable=False, comment='世帯員氏名'),
    sa.Column('member_birth_date', sa.Date(), nullable=True, comment='世帯員生年月日'),
    sa.Column('member_sex', sa.String(length=10), nullable=True, comment='世帯員性別区分'),
    sa.Column('member_relationship', sa.String(length=10), nullable=True, comment='世帯員続柄区分'),
    sa.Column('other_benefit', sa.String(length=10), nullable=True, comment='小慢難病受給区分'),
    sa.Column('member_taxation', sa.String(length=10), nullable=True, comment='市町村民税課税区分'),
    sa.Column('member_income_levy_yen', sa.BigInteger(), nullable=True, comment='市町村民税所得割額'),
    sa.Column('per_capita_levy_yen', sa.BigInteger(), nullable=True, comment='市町村民税均等割額'),
    sa.Column('total_income_yen', sa.BigInteger(), nullable=True, comment='合計所得金額'),
    sa.Column('pension_yen', sa.BigInteger(), nullable=True, comment='公的年金等の収入金額'),
    sa.Column('other_income_yen', sa.BigInteger(), nullable=True, comment='その他厚生労働省で定める給付'),
    sa.Column('member_cap_yen', sa.BigInteger(), nullable=True, comment='負担上限月額'),
    sa.Column('household_remarks', sa.String(length=400), nullable=True, comment='世帯備考'),
    sa.Column('is_counted', sa.Boolean(), nullable=True, comment='被保険者又は本人フラグ'),
    sa.Column('taxed_by', sa.String(length=30), nullable=True, comment='賦課期日の市区町村番号'),
    sa.Column('other_recipient_number', sa.String(length=30), nullable=True, comment='他の受給者の受給者番号'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_household_member_application_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_household_member')),
    sa.UniqueConstraint('application_id', 'position', name=op.f('uq_household_member_application_id_position'))
    )
    op.create_index(op.f('ix_household_member_application_id'), 'household_member', ['application_id'], unique=False)
    op.create_table('insurance',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('application_id', sa.BigInteger(), nullable=False),
    sa.Column('insurance_kind', sa.String(length=10), nullable=False, comment='保険証種類区分'),
    sa.Column('insurer_number', sa.String(length=30), nullable=True, comment='保険者番号'),
    sa.Column('insured_number', sa.String(length=30), nullable=True, comment='保険証の記号番号'),
    sa.Column('insured_name', sa.String(length=100), nullable=True, comment='被保険者氏名'),
    sa.Column('insured_relationship', sa.String(length=10), nullable=True, comment='被保険者続柄区分'),
    sa.Column('insured_or_dependent', sa.String(length=10), nullable=True, comment='本人家族の別区分'),
    sa.Column('insurer_inquiry', sa.String(length=10), nullable=True, comment='保険者照会区分'),
    sa.Column('insurer_inquiry_date', sa.Date(), nullable=True, comment='保険者照会日'),
    sa.Column('insurer_inquiry_closed_date', sa.Date(), nullable=True, comment='保険者照会完了日'),
    sa.Column('insurance_class', sa.String(length=10), nullable=True, comment='適用区分'),
    sa.Column('insurer_remarks', sa.String(length=400), nullable=True, comment='保険者備考'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_insurance_application_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_insurance')),
    sa.UniqueConstraint('application_id', name=op.f('uq_insurance_application_id'))
    )
    op.create_table('loss',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('application_id', sa.BigInteger(), nullable=False),
    sa.Column('loss_reason', sa.String(length=10), nullable=False, comment='喪失理由区分'),
    sa.Column('loss_date', sa.Date(), nullable=False, comment='喪失日'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_loss_application_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_loss')),
    sa.UniqueConstraint('application_id', name=op.f('uq_loss_application_id'))
    )
    op.create_table('notice',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('application_id', sa.BigInteger(), nullable=False),
    sa.Column('reminder', sa.String(length=10), nullable=True, comment='勸奨通知区分'),
    sa.Column('reminder_date', sa.Date(), nullable=True, comment='勸奨通知日'),
    sa.Column('applicant_notice', sa.String(length=10), nullable=True, comment='申請者通知区分'),
    sa.Column('applicant_notice_date', sa.Date(), nullable=True, comment='申請者通知日'),
    sa.Column('facility_notice', sa.String(length=10), nullable=True, comment='医療機関通知区分'),
    sa.Column('facility_notice_date', sa.Date(), nullable=True, comment='医療機関通知日'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_notice_application_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice')),
    sa.UniqueConstraint('application_id', name=op.f('uq_notice_application_id'))
    )
    op.create_table('patient',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('application_id', sa.BigInteger(), nullable=False),
    sa.Column('patient_file_number', sa.String(length=30), nullable=True, comment='本人個人整理番号'),
    sa.Column('patient_name', sa.String(length=100), nullable=False, comment='本人個人氏名'),
    sa.Column('patient_birth_date', sa.Date(), nullable=False, comment='本人個人生年月日'),
    sa.Column('patient_relationship', sa.String(length=10), nullable=True, comment='本人個人続柄区分'),
    sa.Column('patient_sex', sa.String(length=10), nullable=False, comment='本人個人性別区分'),
    sa.Column('patient_postal_code', sa.String(length=7), nullable=True, comment='本人個人郵便番号'),
    sa.Column('patient_address', sa.String(length=200), nullable=False, comment='本人個人住所'),
    sa.Column('patient_phone', sa.String(length=20), nullable=True, comment='本人個人電話番号'),
    sa.Column('patient_name_kana', sa.String(length=100), nullable=True, comment='本人個人氏名カナ'),
    sa.Column('is_withheld', sa.Boolean(), nullable=True, comment='不開示(支援措置)'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_patient_application_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_patient')),
    sa.UniqueConstraint('application_id', name=op.f('uq_patient_application_id'))
    )
    op.create_table('review',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('application_id', sa.BigInteger(), nullable=False),
    sa.Column('review_group', sa.String(length=10), nullable=True, comment='審査グループ'),
    sa.Column('document_review', sa.String(length=10), nullable=True, comment='書類審査区分'),
    sa.Column('review_request', sa.String(length=10), nullable=True, comment='審査依頼区分'),
    sa.Column('review_request_date', sa.Date(), nullable=True, comment='審査依頼日'),
    sa.Column('review_result_date', sa.Date(), nullable=True, comment='審査結果登録日'),
    sa.Column('needs_second_review', sa.Boolean(), nullable=True, comment='再審査フラグ'),
    sa.Column('second_review_request', sa.String(length=10), nullable=True, comment='再審査依頼日'),
    sa.Column('second_review_request_date', sa.Date(), nullable=True, comment='再審査依頼日'),
    sa.Column('second_review_result_date', sa.Date(), nullable=True, comment='再審査結果登録日'),
    sa.Column('review_remarks', sa.String(length=400), nullable=True, comment='審査備考'),
    sa.Column('mild_high_cost', sa.Boolean(), nullable=True, comment='軽症高額該当フラグ'),
    sa.Column('mild_high_cost_inquiry', sa.String(length=10), nullable=True, comment='軽症高額照会区分'),
    sa.Column('mild_high_cost_inquiry_date', sa.Date(), nullable=True, comment='軽症高額照会日'),
    sa.Column('mild_high_cost_inquiry_closed_date', sa.Date(), nullable=True, comment='軽症高額照会完了日'),
    sa.Column('review_result', sa.String(length=10), nullable=True, comment='審査結果'),
    sa.Column('meets_diagnostic_criteria', sa.Boolean(), nullable=True, comment='診断基準該当'),
    sa.Column('reviewed_by', sa.Integer(), nullable=True, comment='書類審査者'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_review_application_id')),
    sa.ForeignKeyConstraint(['reviewed_by'], ['ab_user.id'], name=op.f('fk_review_reviewed_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review')),
    sa.UniqueConstraint('application_id', name=op.f('uq_review_application_id'))
    )
    op.create_table('certificate',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('certification_id', sa.BigInteger(), nullable=False),
    sa.Column('recipient_id', sa.BigInteger(), nullable=False),
    sa.Column('issue_date', sa.Date(), nullable=False, comment='交付日'),
    sa.Column('is_reprint', sa.Boolean(), server_default='false', nullable=False, comment='再印刷'),
    sa.Column('reprint_reason', sa.Text(), nullable=True, comment='再印刷の理由'),
    sa.Column('printed_by', sa.Integer(), nullable=False, comment='印刷者'),
    sa.Column('printed_at', sa.DateTime(timezone=True), nullable=False, comment='印刷日時'),
    sa.Column('pdf_sha256', sa.Text(), nullable=False, comment='PDFのSHA-256'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.ForeignKeyConstraint(['certification_id'], ['certification.id'], name=op.f('fk_certificate_certification_id')),
    sa.ForeignKeyConstraint(['printed_by'], ['ab_user.id'], name=op.f('fk_certificate_printed_by')),
    sa.ForeignKeyConstraint(['recipient_id'], ['recipient.id'], name=op.f('fk_certificate_recipient_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate'))
    )
    op.create_index(op.f('ix_certificate_certification_id'), 'certificate', ['certification_id'], unique=False)
    op.create_index(op.f('ix_certificate_recipient_id'), 'certificate', ['recipient_id'], unique=False)
    op.create_foreign_key(
        op.f("fk_recipient_current_certification_id"), "recipient", "certification", ["current_certification_id"], ["id"])
    op.execute(JOURNAL_IS_APPEND_ONLY)


def downgrade() -> None:
    raise RuntimeError("records are never dropped; restore a backup instead")
