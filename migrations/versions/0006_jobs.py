"""Long work done beside the screens.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('job',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False, comment='仕事の種類'),
    sa.Column('params', postgresql.JSONB(), nullable=False, comment='内容(個人情報を含まない)'),
    sa.Column('state', sa.Text(), server_default='waiting', nullable=False, comment='状態'),
    sa.Column('total', sa.Integer(), server_default='0', nullable=False, comment='全件数'),
    sa.Column('done', sa.Integer(), server_default='0', nullable=False, comment='終えた件数'),
    sa.Column('failed', sa.Integer(), server_default='0', nullable=False, comment='できなかった件数'),
    sa.Column('faults', postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False, comment='できなかった理由'),
    sa.Column('requested_by', sa.Integer(), nullable=False, comment='依頼者'),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True, comment='開始'),
    sa.Column('alive_at', sa.DateTime(timezone=True), nullable=True, comment='最後の一区切り'),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True, comment='終了'),
    sa.Column('result', sa.Text(), nullable=True, comment='結果のファイル名'),
    sa.Column('message', sa.String(length=400), nullable=True, comment='終わり方'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.CheckConstraint("state IN ('waiting', 'running', 'paused', 'done', 'failed', 'cancelled')", name=op.f('ck_job_state_is_known')),
    sa.ForeignKeyConstraint(['requested_by'], ['ab_user.id'], name=op.f('fk_job_requested_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job'))
    )
    op.create_index(op.f('ix_job_requested_by'), 'job', ['requested_by'], unique=False)
    op.create_index('ix_job_waiting', 'job', ['id'], unique=False, postgresql_where=sa.text("state IN ('waiting', 'running')"))


def downgrade() -> None:
    raise RuntimeError("records are never dropped; restore a backup instead")
