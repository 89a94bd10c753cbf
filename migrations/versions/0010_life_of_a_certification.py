"""The whole life of a certification: changes, losses, recalls, inquiries, the board, letters, renewals, corrections.

Revision ID: 0010
Revises: 0009
"""

import json

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# What procedures.progress allows, by kind of application; a test compares the two.
DECISION = {
    "registered": ["assessed", "withdrawn"], "assessed": ["assessed", "reviewed", "board", "withdrawn"],
    "board": ["reviewed", "withdrawn"], "reviewed": ["assessed", "board", "drafted", "withdrawn"],
    "drafted": ["reviewed", "certified", "refused", "held"],
    "held": ["assessed", "board", "drafted", "reviewed", "withdrawn"], "certified": ["issued"], "issued": ["issued"]}
REGISTRATION = {
    "registered": ["board", "reviewed", "withdrawn"], "board": ["reviewed", "withdrawn"],
    "reviewed": ["board", "drafted", "withdrawn"], "drafted": ["reviewed", "certified", "refused", "held"],
    "held": ["board", "drafted", "reviewed", "withdrawn"], "certified": ["issued"], "issued": ["issued"]}
NOTICE = {"registered": ["accepted", "withdrawn"], "accepted": ["closed", "issued"], "issued": ["issued"]}
LOSS = {"registered": ["drafted", "withdrawn"], "drafted": ["closed", "registered"]}
MOVES = {**dict.fromkeys("123589", DECISION), "10": REGISTRATION, "4": NOTICE, "6": NOTICE, "7": LOSS}

# Everything that stores recorded items keeps what it said before.
KEPT = ("addressee", "applicant", "application", "application_attachment", "application_disease",
        "application_facility", "assessment", "benefit", "certification", "clinical_form", "cost_month",
        "decision", "household_member",
        "insurance", "loss", "notice", "number_line", "number_report", "patient", "reimbursement_claim", "review", "tax_adjustment")

GUARDS = """
-- 処理状況: the order of the office, whoever writes.
CREATE FUNCTION application_moves(kind text, state text) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce('%(moves)s'::jsonb -> kind -> state, '[]'::jsonb)
$$;
CREATE FUNCTION guard_application_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT application_moves(NEW.application_kind, OLD.state) ? NEW.state THEN
    RAISE EXCEPTION 'an application of kind %% does not go from %% to %%', NEW.application_kind, OLD.state, NEW.state
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER application_state_is_guarded BEFORE UPDATE OF state ON application
  FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION guard_application_state();

-- 履歴: what a row said before, kept in the transaction that changed it.
CREATE FUNCTION keep_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO record_history (table_name, row_id, known_until, content)
    SELECT TG_TABLE_NAME, before.id, now(), to_jsonb(before) FROM before;
  RETURN NULL;
END $$;
CREATE FUNCTION refuse_any_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of %% are only added', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER record_history_is_kept BEFORE UPDATE OR DELETE ON record_history
  FOR EACH ROW EXECUTE FUNCTION refuse_any_change();
CREATE TRIGGER letter_is_kept BEFORE UPDATE OR DELETE ON letter FOR EACH ROW EXECUTE FUNCTION refuse_any_change();
CREATE TRIGGER parameter_row_is_kept BEFORE UPDATE OR DELETE ON parameter_row
  FOR EACH ROW EXECUTE FUNCTION refuse_any_change();
CREATE TRIGGER letter_wording_is_kept BEFORE UPDATE OR DELETE ON letter_wording
  FOR EACH ROW EXECUTE FUNCTION refuse_any_change();

-- 決裁: what was signed off stays as it was signed; a later draft of a held case only takes its place.
CREATE OR REPLACE FUNCTION guard_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.sign_off = '1' AND (TG_OP = 'DELETE' OR NOT OLD.is_current OR
      to_jsonb(NEW) - 'is_current' - 'version' <> to_jsonb(OLD) - 'is_current' - 'version') THEN
    RAISE EXCEPTION 'a signed decision is never changed' USING ERRCODE = 'check_violation';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
-- 認定: needs the signature of the draft that holds now, not of an earlier hold.
CREATE OR REPLACE FUNCTION demand_sign_off() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM application WHERE id = NEW.application_id AND conversion IS NOT NULL) THEN
    RETURN NEW;
  END IF;
  IF NOT EXISTS (SELECT 1 FROM decision WHERE application_id = NEW.application_id AND sign_off = '1' AND is_current) THEN
    RAISE EXCEPTION 'a certification needs a signed decision' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.certification = '2' AND NOT EXISTS (SELECT 1 FROM review WHERE application_id = NEW.application_id
                                               AND review_result = '2' AND review_result_date IS NOT NULL) THEN
    RAISE EXCEPTION 'a refusal needs the opinion of the review board' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
-- 訂正・審査会: what was decided stays.
CREATE FUNCTION guard_correction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state <> 'asked' OR TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a decided correction is never changed' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER correction_is_guarded BEFORE UPDATE OR DELETE ON correction
  FOR EACH ROW EXECUTE FUNCTION guard_correction();
CREATE FUNCTION guard_board_item() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.result IS NOT NULL THEN
    RAISE EXCEPTION 'an opinion of the board is never changed' USING ERRCODE = 'check_violation';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER board_item_is_guarded BEFORE UPDATE OR DELETE ON board_item
  FOR EACH ROW EXECUTE FUNCTION guard_board_item();
"""


def upgrade() -> None:
    op.create_table('board_session',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column('held_on', sa.Date(), nullable=False, comment='開催日'),
        sa.Column('place', sa.Text(), nullable=False, comment='会場'),
        sa.Column('closed_on', sa.Date(), nullable=True, comment='結果を確定した日'),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
        sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_board_session'))
    )
    op.create_table('import_set',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column('kind', sa.Text(), nullable=False, comment='種類'),
        sa.Column('file_name', sa.Text(), nullable=False, comment='ファイル名'),
        sa.Column('is_full', sa.Boolean(), nullable=False, comment='全件'),
        sa.Column('sequence', sa.Integer(), nullable=False, comment='連番'),
        sa.Column('made_on', sa.Date(), nullable=False, comment='作成日'),
        sa.Column('sha256', sa.Text(), nullable=False, comment='SHA-256'),
        sa.Column('imported_at', sa.DateTime(timezone=True), nullable=False, comment='取込日時'),
        sa.Column('report', postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment='取込結果(個人情報を含まない)'),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
        sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
        sa.CheckConstraint('sequence > 0', name=op.f('ck_import_set_sequence_is_positive')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_import_set')),
        sa.UniqueConstraint('kind', 'sequence', name=op.f('uq_import_set_kind_sequence'))
    )
    op.create_table('record_history',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column('table_name', sa.Text(), nullable=False, comment='表'),
        sa.Column('row_id', sa.BigInteger(), nullable=False, comment='行'),
        sa.Column('known_until', sa.DateTime(timezone=True), nullable=False, comment='この内容だった最後の時'),
        sa.Column('content', postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment='内容'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_record_history'))
    )
    op.create_index('ix_record_history_row', 'record_history', ['table_name', 'row_id', 'known_until'], unique=False)
    op.create_table('renewal_season',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column('ends_on', sa.Date(), nullable=False, comment='有効期間終了日'),
        sa.Column('opens_on', sa.Date(), nullable=False, comment='受付開始日'),
        sa.Column('closes_on', sa.Date(), nullable=False, comment='受付終了日'),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
        sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
        sa.CheckConstraint('opens_on <= closes_on AND closes_on <= ends_on', name=op.f('ck_renewal_season_days_in_order')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_renewal_season')),
        sa.UniqueConstraint('ends_on', name=op.f('uq_renewal_season_ends_on'))
    )
    op.create_table('tax_row',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column('municipality', sa.String(length=30), nullable=False, comment='市区町村番号'),
        sa.Column('file_number', sa.String(length=30), nullable=False, comment='整理番号'),
        sa.Column('tax_year', sa.Integer(), nullable=False, comment='税賦課年度'),
        sa.Column('history_number', sa.Integer(), nullable=False, comment='履歴番号'),
        sa.Column('taxation', sa.String(length=10), nullable=False, comment='市町村民税課税区分'),
        sa.Column('income_levy_yen', sa.BigInteger(), nullable=False, comment='市町村民税所得割額'),
        sa.Column('per_capita_levy_yen', sa.BigInteger(), nullable=False, comment='市町村民税均等割額'),
        sa.Column('total_income_yen', sa.BigInteger(), nullable=False, comment='合計所得金額'),
        sa.Column('pension_yen', sa.BigInteger(), nullable=False, comment='公的年金等の収入金額'),
        sa.Column('corrected_on', sa.Date(), nullable=True, comment='更正年月日'),
        sa.Column('cancellation', sa.String(length=10), nullable=False, comment='取消区分'),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
        sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_tax_row')),
        sa.UniqueConstraint('municipality', 'file_number', 'tax_year', 'history_number', name=op.f('uq_tax_row_municipality_file_number_tax_year_history_number'))
    )
    op.create_index('ix_tax_row_person', 'tax_row', ['file_number', 'tax_year'], unique=False)
    op.create_table('correction',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column('recipient_id', sa.BigInteger(), nullable=False),
        sa.Column('table_name', sa.Text(), nullable=False, comment='表'),
        sa.Column('row_id', sa.BigInteger(), nullable=False, comment='行'),
        sa.Column('attribute', sa.Text(), nullable=False, comment='項目'),
        sa.Column('old_value', sa.Text(), nullable=True, comment='訂正前'),
        sa.Column('new_value', sa.Text(), nullable=True, comment='訂正後'),
        sa.Column('reason', sa.String(length=400), nullable=False, comment='訂正の理由'),
        sa.Column('state', sa.Text(), server_default='asked', nullable=False, comment='状態'),
        sa.Column('asked_by', sa.Integer(), nullable=False, comment='訂正を求めた人'),
        sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False, comment='求めた日時'),
        sa.Column('decided_by', sa.Integer(), nullable=True, comment='承認した人'),
        sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True, comment='承認日時'),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
        sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
        sa.CheckConstraint("(state = 'asked') = (decided_by IS NULL)", name=op.f('ck_correction_decided_by_somebody')),
        sa.CheckConstraint('decided_by IS NULL OR decided_by <> asked_by', name=op.f('ck_correction_asker_does_not_approve')),
        sa.ForeignKeyConstraint(['asked_by'], ['ab_user.id'], name=op.f('fk_correction_asked_by')),
        sa.ForeignKeyConstraint(['decided_by'], ['ab_user.id'], name=op.f('fk_correction_decided_by')),
        sa.ForeignKeyConstraint(['recipient_id'], ['recipient.id'], name=op.f('fk_correction_recipient_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_correction'))
    )
    op.create_index('ix_correction_recipient', 'correction', ['recipient_id', 'id'], unique=False)
    op.create_table('held_row',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column('set_id', sa.BigInteger(), nullable=False),
        sa.Column('line', sa.Integer(), nullable=False, comment='行'),
        sa.Column('reason', sa.Text(), nullable=False, comment='保留の理由'),
        sa.Column('content', postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment='届いた内容'),
        sa.Column('decision', sa.Text(), nullable=True, comment='判断'),
        sa.Column('note', sa.String(length=400), nullable=True, comment='判断の理由'),
        sa.Column('decided_by', sa.Integer(), nullable=True, comment='判断した人'),
        sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True, comment='判断日時'),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
        sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
        sa.ForeignKeyConstraint(['decided_by'], ['ab_user.id'], name=op.f('fk_held_row_decided_by')),
        sa.ForeignKeyConstraint(['set_id'], ['import_set.id'], name=op.f('fk_held_row_set_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_held_row')),
        sa.UniqueConstraint('set_id', 'line', name=op.f('uq_held_row_set_id_line'))
    )
    op.create_index('ix_held_row_open', 'held_row', ['id'], unique=False, postgresql_where=sa.text('decided_at IS NULL'))
    op.create_index(op.f('ix_held_row_set_id'), 'held_row', ['set_id'], unique=False)
    op.create_table('letter_wording',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column('kind', sa.Text(), nullable=False, comment='通知の種類'),
        sa.Column('number', sa.Integer(), nullable=False, comment='版の番号'),
        sa.Column('subject', sa.Text(), nullable=False, comment='件名'),
        sa.Column('body', sa.Text(), nullable=False, comment='本文'),
        sa.Column('closing', sa.Text(), server_default='', nullable=False, comment='教示'),
        sa.Column('effective_from', sa.Date(), nullable=False, comment='適用開始日'),
        sa.Column('published_by', sa.Integer(), nullable=True, comment='公開した人'),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
        sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
        sa.ForeignKeyConstraint(['published_by'], ['ab_user.id'], name=op.f('fk_letter_wording_published_by')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_letter_wording')),
        sa.UniqueConstraint('kind', 'number', name=op.f('uq_letter_wording_kind_number'))
    )
    op.create_table('board_item',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column('session_id', sa.BigInteger(), nullable=False),
        sa.Column('application_id', sa.BigInteger(), nullable=False),
        sa.Column('review_group', sa.String(length=10), nullable=True, comment='審査グループ'),
        sa.Column('is_second_review', sa.Boolean(), server_default='false', nullable=False, comment='再審査'),
        sa.Column('result', sa.String(length=10), nullable=True, comment='審査結果'),
        sa.Column('meets_criteria', sa.Boolean(), nullable=True, comment='診断基準該当'),
        sa.Column('opinion', sa.String(length=400), nullable=True, comment='意見'),
        sa.Column('answered_on', sa.Date(), nullable=True, comment='結果登録日'),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
        sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
        sa.CheckConstraint('(result IS NULL) = (answered_on IS NULL)', name=op.f('ck_board_item_answered_with_a_result')),
        sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_board_item_application_id')),
        sa.ForeignKeyConstraint(['session_id'], ['board_session.id'], name=op.f('fk_board_item_session_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_board_item')),
        sa.UniqueConstraint('session_id', 'application_id', name=op.f('uq_board_item_session_id_application_id'))
    )
    op.create_index(op.f('ix_board_item_application_id'), 'board_item', ['application_id'], unique=False)
    op.create_index(op.f('ix_board_item_session_id'), 'board_item', ['session_id'], unique=False)
    op.create_index('uq_board_item_open', 'board_item', ['application_id'], unique=True, postgresql_where=sa.text('result IS NULL'))
    op.create_table('inquiry',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column('application_id', sa.BigInteger(), nullable=False),
        sa.Column('kind', sa.Text(), nullable=False, comment='照会の種類'),
        sa.Column('state', sa.String(length=10), nullable=False, comment='照会区分'),
        sa.Column('question', sa.String(length=400), nullable=False, comment='照会内容'),
        sa.Column('asked_on', sa.Date(), nullable=False, comment='照会日'),
        sa.Column('due_on', sa.Date(), nullable=False, comment='回答期限'),
        sa.Column('reminded_on', sa.Date(), nullable=True, comment='督促日'),
        sa.Column('closed_on', sa.Date(), nullable=True, comment='照会完了日'),
        sa.Column('answer', sa.String(length=400), nullable=True, comment='回答'),
        sa.Column('asked_by', sa.Integer(), nullable=False, comment='照会者'),
        sa.Column('batch', sa.Text(), nullable=True, comment='依頼ファイル'),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
        sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
        sa.CheckConstraint("kind IN ('physician', 'insurer', 'tax', 'mild_high_cost')", name=op.f('ck_inquiry_kind_is_known')),
        sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_inquiry_application_id')),
        sa.ForeignKeyConstraint(['asked_by'], ['ab_user.id'], name=op.f('fk_inquiry_asked_by')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_inquiry'))
    )
    op.create_index(op.f('ix_inquiry_application_id'), 'inquiry', ['application_id'], unique=False)
    op.create_index(op.f('ix_inquiry_batch'), 'inquiry', ['batch'], unique=False)
    op.create_index('uq_inquiry_open', 'inquiry', ['application_id', 'kind'], unique=True, postgresql_where=sa.text('closed_on IS NULL'))
    op.create_table('letter',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column('kind', sa.Text(), nullable=False, comment='通知の種類'),
        sa.Column('wording_id', sa.BigInteger(), nullable=False, comment='文面'),
        sa.Column('application_id', sa.BigInteger(), nullable=True),
        sa.Column('recipient_id', sa.BigInteger(), nullable=True),
        sa.Column('document_number', sa.Text(), nullable=False, comment='文書番号'),
        sa.Column('dated', sa.Date(), nullable=False, comment='通知日'),
        sa.Column('due_on', sa.Date(), nullable=True, comment='期限'),
        sa.Column('is_reprint', sa.Boolean(), server_default='false', nullable=False, comment='再印刷'),
        sa.Column('printed_by', sa.Integer(), nullable=False, comment='印刷者'),
        sa.Column('printed_at', sa.DateTime(timezone=True), nullable=False, comment='印刷日時'),
        sa.Column('pdf_sha256', sa.Text(), nullable=False, comment='PDFのSHA-256'),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
        sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
        sa.CheckConstraint('num_nonnulls(application_id, recipient_id) >= 1', name=op.f('ck_letter_is_about_somebody')),
        sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_letter_application_id')),
        sa.ForeignKeyConstraint(['printed_by'], ['ab_user.id'], name=op.f('fk_letter_printed_by')),
        sa.ForeignKeyConstraint(['recipient_id'], ['recipient.id'], name=op.f('fk_letter_recipient_id')),
        sa.ForeignKeyConstraint(['wording_id'], ['letter_wording.id'], name=op.f('fk_letter_wording_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_letter'))
    )
    op.create_index(op.f('ix_letter_application_id'), 'letter', ['application_id'], unique=False)
    op.create_index('ix_letter_recipient', 'letter', ['recipient_id', 'id'], unique=False)
    op.create_index('uq_letter_document_number', 'letter', ['document_number'], unique=True, postgresql_where=sa.text('NOT is_reprint'))
    op.create_table('work_item',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column('recipient_id', sa.BigInteger(), nullable=False),
        sa.Column('kind', sa.Text(), nullable=False, comment='作業の種類'),
        sa.Column('cause', sa.Text(), nullable=False, comment='きっかけ'),
        sa.Column('detail', postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment='内容'),
        sa.Column('due_on', sa.Date(), nullable=True, comment='期限'),
        sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True, comment='終了日時'),
        sa.Column('closed_by', sa.Integer(), nullable=True, comment='終了した人'),
        sa.Column('closing_note', sa.String(length=400), nullable=True, comment='対応'),
        sa.Column('application_id', sa.BigInteger(), nullable=True, comment='起こした職権の申請'),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
        sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
        sa.CheckConstraint("kind IN ('moved_within', 'moved_out', 'died', 'renamed', 'register_changed', 'tier_would_change', 'shared_cap', 'look_alike', 'expired')", name=op.f('ck_work_item_kind_is_known')),
        sa.CheckConstraint('(closed_at IS NULL) = (closed_by IS NULL)', name=op.f('ck_work_item_closed_by_somebody')),
        sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_work_item_application_id')),
        sa.ForeignKeyConstraint(['closed_by'], ['ab_user.id'], name=op.f('fk_work_item_closed_by')),
        sa.ForeignKeyConstraint(['recipient_id'], ['recipient.id'], name=op.f('fk_work_item_recipient_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_work_item'))
    )
    op.create_index('ix_work_item_open', 'work_item', ['kind', 'id'], unique=False, postgresql_where=sa.text('closed_at IS NULL'))
    op.create_index(op.f('ix_work_item_recipient_id'), 'work_item', ['recipient_id'], unique=False)
    op.create_index('uq_work_item_cause', 'work_item', ['recipient_id', 'kind', 'cause'], unique=True)
    op.create_table('recall',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column('certification_id', sa.BigInteger(), nullable=False),
        sa.Column('recipient_id', sa.BigInteger(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False, comment='回収の理由'),
        sa.Column('asked_on', sa.Date(), nullable=False, comment='返却を求めた日'),
        sa.Column('returned_on', sa.Date(), nullable=True, comment='返却された日'),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
        sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
        sa.ForeignKeyConstraint(['certification_id'], ['certification.id'], name=op.f('fk_recall_certification_id')),
        sa.ForeignKeyConstraint(['recipient_id'], ['recipient.id'], name=op.f('fk_recall_recipient_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_recall')),
        sa.UniqueConstraint('certification_id', 'asked_on', name=op.f('uq_recall_certification_id_asked_on'))
    )
    op.create_index('ix_recall_open', 'recall', ['recipient_id'], unique=False, postgresql_where=sa.text('returned_on IS NULL'))
    op.create_table('renewal_notice',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column('season_id', sa.BigInteger(), nullable=False),
        sa.Column('recipient_id', sa.BigInteger(), nullable=False),
        sa.Column('certification_id', sa.BigInteger(), nullable=False),
        sa.Column('position', sa.Integer(), nullable=False, comment='印刷順'),
        sa.Column('printed_at', sa.DateTime(timezone=True), nullable=True, comment='印刷日時'),
        sa.Column('reminded_on', sa.Date(), nullable=True, comment='勧奨日'),
        sa.Column('came_back_on', sa.Date(), nullable=True, comment='返戻日'),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
        sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
        sa.ForeignKeyConstraint(['certification_id'], ['certification.id'], name=op.f('fk_renewal_notice_certification_id')),
        sa.ForeignKeyConstraint(['recipient_id'], ['recipient.id'], name=op.f('fk_renewal_notice_recipient_id')),
        sa.ForeignKeyConstraint(['season_id'], ['renewal_season.id'], name=op.f('fk_renewal_notice_season_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_renewal_notice')),
        sa.UniqueConstraint('season_id', 'position', name=op.f('uq_renewal_notice_season_id_position')),
        sa.UniqueConstraint('season_id', 'recipient_id', name=op.f('uq_renewal_notice_season_id_recipient_id'))
    )
    op.create_index('ix_renewal_notice_recipient', 'renewal_notice', ['recipient_id'], unique=False)
    op.create_table('tax_adjustment',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column('household_member_id', sa.BigInteger(), nullable=False),
        sa.Column('kind', sa.String(length=10), nullable=False, comment='調整の種類'),
        sa.Column('amount_yen', sa.BigInteger(), nullable=False, comment='調整額'),
        sa.Column('evidence', sa.String(length=400), nullable=False, comment='根拠'),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
        sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
        sa.CheckConstraint('amount_yen > 0', name=op.f('ck_tax_adjustment_amount_is_positive')),
        sa.ForeignKeyConstraint(['household_member_id'], ['household_member.id'], name=op.f('fk_tax_adjustment_household_member_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_tax_adjustment'))
    )
    op.create_index(op.f('ix_tax_adjustment_household_member_id'), 'tax_adjustment', ['household_member_id'], unique=False)
    op.add_column('application', sa.Column('office_reason', sa.String(length=400), nullable=True, comment='職権の理由'))
    op.add_column('assessment', sa.Column('plain_cap_yen', sa.BigInteger(), nullable=True, comment='按分前の負担上限月額'))
    op.add_column('assessment', sa.Column('other_caps', postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment='按分した他の受給者の上限月額'))
    op.add_column('assessment', sa.Column('borderline_cap_yen', sa.BigInteger(), nullable=True, comment='境界層該当証明書の上限月額'))
    op.add_column('certificate', sa.Column('occasion_id', sa.BigInteger(), nullable=True, comment='交付のもとになった届出'))
    op.create_foreign_key(op.f('fk_certificate_occasion_id'), 'certificate', 'application', ['occasion_id'], ['id'])
    op.add_column('certification', sa.Column('ended_on', sa.Date(), nullable=True, comment='終了した日'))
    op.add_column('certification', sa.Column('is_cancelled', sa.Boolean(), server_default='false', nullable=False, comment='取消'))
    op.add_column('household_member', sa.Column('member_insurance', sa.String(length=10), nullable=True, comment='世帯員の保険証種類'))
    op.add_column('household_member', sa.Column('tax_source', sa.Text(), nullable=True, comment='税情報の出所'))
    op.create_table(
        "off_register_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False, comment="登録の理由"),
        sa.Column("first_by", sa.Integer(), nullable=False, comment="第一入力者"),
        sa.Column("first_answers", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="第一入力"),
        sa.Column("second_by", sa.Integer(), nullable=True, comment="第二入力者"),
        sa.Column("second_answers", postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment="第二入力"),
        sa.Column("settled_by", sa.Integer(), nullable=True, comment="相違を決めた人"),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=True, comment="登録日時"),
        sa.Column("addressee_id", sa.BigInteger(), nullable=True, comment="宛名"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False,
                  comment="登録日時"),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment="版"),
        sa.CheckConstraint("second_by IS NULL OR second_by <> first_by", name=op.f("ck_off_register_entry_two_people")),
        sa.CheckConstraint("settled_by IS NULL OR (settled_by <> first_by AND settled_by <> second_by)",
                           name=op.f("ck_off_register_entry_a_third_settles")),
        sa.CheckConstraint("addressee_id IS NULL OR second_answers = first_answers OR settled_by IS NOT NULL",
                           name=op.f("ck_off_register_entry_agreed_or_settled")),
        *(sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_off_register_entry_{column}"))
          for column, target in (("first_by", "ab_user"), ("second_by", "ab_user"), ("settled_by", "ab_user"),
                                 ("addressee_id", "addressee"))),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_off_register_entry")))
    op.create_table(
        "cost_month",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False, comment="診療年月"),
        sa.Column("total_yen", sa.BigInteger(), nullable=False, comment="医療費総額"),
        sa.Column("source", sa.Text(), nullable=False, comment="資料"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False,
                  comment="登録日時"),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment="版"),
        sa.CheckConstraint("total_yen >= 0", name=op.f("ck_cost_month_not_negative")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_cost_month_application_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost_month")),
        sa.UniqueConstraint("application_id", "month", name=op.f("uq_cost_month_application_id_month")))
    op.create_index(op.f("ix_cost_month_application_id"), "cost_month", ["application_id"])
    op.create_table(
        "parameter_row",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="数字の名前"),
        sa.Column("effective_from", sa.Date(), nullable=False, comment="適用開始日"),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="数字"),
        sa.Column("source", sa.String(length=400), nullable=False, comment="出典"),
        sa.Column("published_by", sa.Integer(), nullable=False, comment="公開した人"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False,
                  comment="登録日時"),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment="版"),
        sa.ForeignKeyConstraint(["published_by"], ["ab_user.id"], name=op.f("fk_parameter_row_published_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parameter_row")),
        sa.UniqueConstraint("name", "effective_from", name=op.f("uq_parameter_row_name_effective_from")))
    op.create_table(
        "required_attachment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("application_kind", sa.Text(), nullable=False, comment="申請区分"),
        sa.Column("attachment", sa.Text(), nullable=False, comment="添付書類"),
        sa.Column("circumstance", sa.Text(), nullable=False, comment="必要になる場合"),
        sa.Column("valid_from", sa.Date(), nullable=False, comment="適用開始日"),
        sa.Column("valid_to", sa.Date(), nullable=True, comment="適用終了日"),
        sa.Column("source", sa.Text(), nullable=False, comment="出典"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False,
                  comment="登録日時"),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment="版"),
        postgresql.ExcludeConstraint(
            (sa.column("application_kind"), "="), (sa.column("attachment"), "="), (sa.column("circumstance"), "="),
            (sa.text("daterange(valid_from, valid_to, '[]')"), "&&"), using="gist",
            name="ex_required_attachment_one_at_a_time"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_required_attachment")))
    op.add_column("decision", sa.Column("is_current", sa.Boolean(), server_default="true", nullable=False,
                                        comment="いまの起案"))
    op.drop_constraint("uq_decision_application_id", "decision")
    op.create_index(op.f("ix_decision_application_id"), "decision", ["application_id"])
    op.create_index("uq_decision_current", "decision", ["application_id"], unique=True,
                    postgresql_where=sa.text("is_current"))
    op.drop_constraint("ck_application_from_a_sheet_or_a_conversion", "application")
    op.create_check_constraint(op.f("ck_application_from_a_sheet_a_conversion_or_the_office"), "application",
                               "num_nonnulls(sheet_id, conversion, office_reason) = 1")
    op.create_check_constraint(op.f("ck_certification_ends_after_it_began"), "certification", "ended_on >= valid_from")
    op.execute("UPDATE certification AS c SET ended_on = l.loss_date FROM loss AS l WHERE l.application_id = c.application_id "
               "AND c.certification = '1' AND l.loss_date BETWEEN c.valid_from AND c.valid_to")
    op.execute("ALTER TABLE certification DROP CONSTRAINT ex_certification_one_period_at_a_time")
    op.execute("ALTER TABLE certification ADD CONSTRAINT ex_certification_one_period_at_a_time EXCLUDE USING gist "
               "(recipient_id WITH =, daterange(valid_from, COALESCE(ended_on, valid_to), '[]') WITH &&) "
               "WHERE (certification = '1' AND NOT is_cancelled)")
    op.execute(sa.text((GUARDS % {"moves": json.dumps(MOVES)}).replace(":", "\\:")))
    for table in KEPT:
        for event in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER {table}_keeps_history_on_{event.lower()} AFTER {event} ON {table} "
                       "REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION keep_history()")


def downgrade() -> None:
    raise RuntimeError("records are never dropped; restore a backup instead")
