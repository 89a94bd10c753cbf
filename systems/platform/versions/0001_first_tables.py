"""The platform's first tables: partners, register and tax as they came, tickets, files on their way; views for a reader.

Revision ID: platform_0001
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from systems.frame.first_tables import make_common
from systems.frame.store import keep_only_added

revision = "platform_0001"
down_revision = None
branch_labels = None
depends_on = None

# What a reader of the database sees: the state that holds, one row a person (and year), typed; the grants are all it has.
VIEWS = """
CREATE VIEW renkei.jumin AS
SELECT DISTINCT ON (municipality, file_number)
  municipality AS 市区町村番号, file_number AS 整理番号, history_number AS 履歴番号, content ->> '氏名' AS 氏名,
  (content ->> '生年月日')::date AS 生年月日, content ->> '性別' AS 性別, content ->> '郵便番号' AS 郵便番号,
  content ->> '住所' AS 住所, content ->> '続柄' AS 続柄, content ->> '世帯番号' AS 世帯番号,
  content ->> '世帯主氏名' AS 世帯主氏名, content ->> '住登外区分' AS 住登外区分,
  (content ->> '住民となった日')::date AS 住民となった日, (content ->> '住民でなくなった日')::date AS 住民でなくなった日,
  content ->> '最新異動区分' AS 最新異動区分, (content ->> '最新異動日')::date AS 最新異動日
FROM platform.register_row WHERE kind = 'residents' AND content ->> '取消区分' = '0'
ORDER BY municipality, file_number, history_number DESC;
CREATE VIEW renkei.juminzei AS
SELECT DISTINCT ON (municipality, file_number, tax_year)
  municipality AS 市区町村番号, file_number AS 整理番号, tax_year::int AS 税賦課年度, history_number AS 履歴番号,
  content ->> '市町村民税課税区分' AS 市町村民税課税区分, (content ->> '市町村民税所得割額')::bigint AS 市町村民税所得割額,
  (content ->> '市町村民税均等割額')::bigint AS 市町村民税均等割額, (content ->> '合計所得金額')::bigint AS 合計所得金額,
  (content ->> '公的年金等の収入金額')::bigint AS 公的年金等の収入金額, (content ->> '更正年月日')::date AS 更正年月日
FROM platform.register_row WHERE kind = 'taxes' AND content ->> '取消区分' = '0'
ORDER BY municipality, file_number, tax_year, history_number DESC;
GRANT USAGE ON SCHEMA renkei TO nanbyo_renkei;
GRANT SELECT ON renkei.jumin, renkei.juminzei TO nanbyo_renkei;
"""


def upgrade() -> None:
    make_common("platform")
    op.create_table('arrival',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('sender', sa.Text(), nullable=False),
    sa.Column('file_name', sa.Text(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=True),
    sa.Column('records', sa.Integer(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('fault', sa.Text(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("(state = 'refused') = (fault IS NOT NULL)", name=op.f('ck_arrival_refused_says_why')),
    sa.CheckConstraint("state IN ('taken', 'refused')", name=op.f('ck_arrival_state_is_known')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_arrival')),
    schema='platform'
    )
    op.create_index('uq_arrival_taken', 'arrival', ['file_name'], unique=True, schema='platform', postgresql_where=sa.text("state = 'taken'"))
    op.create_table('movement_notice',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('sender', sa.Text(), nullable=False),
    sa.Column('file_name', sa.Text(), nullable=False),
    sa.Column('records', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), server_default='waiting', nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("state IN ('waiting', 'arrived', 'missing')", name=op.f('ck_movement_notice_state_is_known')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_movement_notice')),
    sa.UniqueConstraint('reference', name=op.f('uq_movement_notice_reference')),
    schema='platform'
    )
    op.create_table('partner',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('ssh_key', sa.Text(), nullable=True),
    sa.Column('password', sa.Text(), nullable=True),
    sa.Column('sends', sa.ARRAY(sa.Text()), nullable=False),
    sa.Column('receives', sa.ARRAY(sa.Text()), nullable=False),
    sa.Column('address', sa.Text(), nullable=True),
    sa.Column('is_active', sa.Boolean(), server_default='true', nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("name ~ '^[a-z][a-z0-9]{1,30}$'", name=op.f('ck_partner_name_is_a_folder')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_partner')),
    sa.UniqueConstraint('name', name=op.f('uq_partner_name')),
    schema='platform'
    )
    op.create_table('register_row',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('municipality', sa.Text(), nullable=False),
    sa.Column('file_number', sa.Text(), nullable=False),
    sa.Column('tax_year', sa.Text(), nullable=False),
    sa.Column('history_number', sa.Integer(), nullable=False),
    sa.Column('content', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("kind IN ('residents', 'taxes')", name=op.f('ck_register_row_kind_is_known')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_row')),
    sa.UniqueConstraint('kind', 'municipality', 'file_number', 'tax_year', 'history_number', name=op.f('uq_register_row_kind_municipality_file_number_tax_year_history_number')),
    schema='platform'
    )
    op.create_table('ticket',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('caller', sa.Text(), nullable=False),
    sa.Column('staff_id', sa.Text(), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('file_numbers', sa.ARRAY(sa.Text()), nullable=False),
    sa.Column('tax_year', sa.Text(), nullable=True),
    sa.Column('address', sa.Text(), nullable=True),
    sa.Column('state', sa.Text(), server_default='受付', nullable=False),
    sa.Column('answer', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('fetched_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("state IN ('受付', '処理中', '完了', 'エラー')", name=op.f('ck_ticket_state_is_known')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket')),
    sa.UniqueConstraint('reference', name=op.f('uq_ticket_reference')),
    schema='platform'
    )
    op.create_index('ix_ticket_waiting', 'ticket', ['id'], unique=False, schema='platform', postgresql_where=sa.text("state = '受付'"))
    op.create_table('delivery',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('arrival_id', sa.BigInteger(), nullable=False),
    sa.Column('receiver', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), server_default='waiting', nullable=False),
    sa.Column('tries', sa.Integer(), server_default='0', nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('fault', sa.Text(), nullable=True),
    sa.Column('offered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("(state = 'received') = (received_at IS NOT NULL)", name=op.f('ck_delivery_received_at_a_time')),
    sa.CheckConstraint("state IN ('waiting', 'offered', 'received', 'given_up')", name=op.f('ck_delivery_state_is_known')),
    sa.ForeignKeyConstraint(['arrival_id'], ['platform.arrival.id'], name=op.f('fk_delivery_arrival_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delivery')),
    sa.UniqueConstraint('arrival_id', 'receiver', name=op.f('uq_delivery_arrival_id_receiver')),
    schema='platform'
    )
    op.create_index('ix_delivery_due', 'delivery', ['due_at'], unique=False, schema='platform', postgresql_where=sa.text("state IN ('waiting', 'offered')"))
    for statement in keep_only_added("platform", "log_line", "arrival"):
        op.execute(statement)
    op.execute(VIEWS)


def downgrade() -> None:
    raise RuntimeError("records are never dropped; restore a backup instead")
