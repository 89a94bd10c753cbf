"""Receipts: benefits cut by recipient, month totals, files, what is held and what was found, invoices, adjustments.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

PARTITIONS = 8
WORK_KINDS = ("moved_within", "moved_out", "died", "renamed", "register_changed", "tier_would_change", "shared_cap",
              "look_alike", "expired", "long_term_candidate")

# 移行: the rows of before, but for those that belong to nobody; they wait as held receipts of a set of their own.
MOVE = """
INSERT INTO benefit (id, recipient_id, billing_month, treatment_month, setting, benefit_kind, days, times, points, total_yen,
    insurer_yen, public_yen, copay_yen, city_support_yen, payer_class, facility_number, care_service, receipt_kind,
    receipt_count, reexamination, adjustment_date, adjustment, entered_date, benefit_remarks, payer_number,
    recipient_number, created_at, version)
  SELECT id, recipient_id, billing_month, treatment_month, setting, benefit_kind, days, times, points, total_yen,
    insurer_yen, public_yen, copay_yen, city_support_yen, payer_class, facility_number, care_service, receipt_kind,
    receipt_count, reexamination, adjustment_date, adjustment, entered_date, benefit_remarks, payer_number,
    recipient_number, created_at, version FROM benefit_whole WHERE recipient_id IS NOT NULL;
SELECT setval(pg_get_serial_sequence('benefit', 'id'), greatest((SELECT max(id) FROM benefit_whole), 1));
WITH owned AS (SELECT count(*) AS rows FROM benefit_whole WHERE recipient_id IS NULL),
  moved AS (INSERT INTO receipt_set (file_name, sha256, size_bytes, format, imported_at, report)
    SELECT '移行', md5(random()::text), 0, 'conversion', now(), jsonb_build_object('held', rows) FROM owned WHERE rows > 0
    RETURNING id)
INSERT INTO held_receipt (set_id, line, codes, content, raw)
  SELECT moved.id, row_number() OVER (ORDER BY w.id), ARRAY['E2'], to_jsonb(w), ''::bytea FROM benefit_whole w, moved
  WHERE w.recipient_id IS NULL;
INSERT INTO benefit_month (recipient_id, treatment_month, receipts, total_yen, medical_yen, copay_yen, cap_yen)
  SELECT s.recipient_id, s.treatment_month, s.receipts, s.total_yen, s.total_yen, s.copay_yen, p.cap_yen
  FROM (SELECT recipient_id, treatment_month, count(*) AS receipts, sum(total_yen) AS total_yen,
          sum(coalesce(copay_yen, 0)) AS copay_yen
        FROM benefit WHERE adjustment IS NULL OR adjustment NOT IN ('1', '3') GROUP BY 1, 2) s
  LEFT JOIN LATERAL (
    SELECT (SELECT e.copay_cap_yen FROM assessment e JOIN application x ON x.id = e.application_id
             WHERE x.recipient_id = c.recipient_id AND e.tier IS NOT NULL
               AND (x.id = a.id OR x.state NOT IN ('withdrawn', 'refused'))
               AND (x.acceptance_date, x.id) <= (a.acceptance_date, a.id)
             ORDER BY x.acceptance_date DESC, x.id DESC LIMIT 1) AS cap_yen
    FROM certification c JOIN application a ON a.id = c.application_id
    WHERE c.recipient_id = s.recipient_id AND c.certification = '1' AND NOT c.is_cancelled
      AND to_char(c.valid_from, 'YYYY-MM') <= s.treatment_month
      AND to_char(coalesce(c.ended_on, c.valid_to), 'YYYY-MM') >= s.treatment_month
    ORDER BY c.valid_from LIMIT 1) p ON true;
DROP TABLE benefit_whole;
"""

GUARDS = """
-- 調整: what two people typed reaches a receipt, and nothing else does.
CREATE FUNCTION guard_benefit_adjustment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM benefit_adjustment a WHERE a.benefit_id = NEW.id AND a.agreed_by IS NOT NULL
                   AND a.adjustment IS NOT DISTINCT FROM NEW.adjustment
                   AND a.adjustment_date IS NOT DISTINCT FROM NEW.adjustment_date) THEN
    RAISE EXCEPTION 'an adjustment is typed by two people' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER benefit_adjustment_is_agreed BEFORE UPDATE OF adjustment, adjustment_date ON benefit FOR EACH ROW
  WHEN (OLD.adjustment IS DISTINCT FROM NEW.adjustment OR OLD.adjustment_date IS DISTINCT FROM NEW.adjustment_date)
  EXECUTE FUNCTION guard_benefit_adjustment();
CREATE FUNCTION guard_agreed_adjustment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.agreed_by IS NOT NULL THEN
    RAISE EXCEPTION 'an agreed adjustment is never changed' USING ERRCODE = 'check_violation';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER benefit_adjustment_is_kept BEFORE UPDATE OR DELETE ON benefit_adjustment
  FOR EACH ROW EXECUTE FUNCTION guard_agreed_adjustment();

-- 取込の取消: receipts go only with their whole file, and only while nothing depends on them.
CREATE FUNCTION guard_benefit_removal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE paid boolean := false;
BEGIN
  IF EXISTS (SELECT 1 FROM gone LEFT JOIN receipt_set s ON s.id = gone.set_id WHERE s.undone_at IS NULL) THEN
    RAISE EXCEPTION 'a receipt goes only with its whole file' USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM gone WHERE adjustment IS NOT NULL)
     OR EXISTS (SELECT 1 FROM gone JOIN benefit_adjustment a ON a.benefit_id = gone.id) THEN
    RAISE EXCEPTION 'an adjustment depends on this receipt' USING ERRCODE = 'check_violation';
  END IF;
  IF to_regclass('reimbursement_bill') IS NOT NULL THEN
    EXECUTE 'SELECT EXISTS (SELECT 1 FROM reimbursement_bill b WHERE b.is_granted AND (b.recipient_id, '
            'to_char(b.treated_on, ''YYYY-MM'')) IN (SELECT recipient_id, treatment_month FROM gone))' INTO paid;
  END IF;
  IF paid THEN
    RAISE EXCEPTION 'a paid reimbursement depends on this receipt' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER benefit_removal_is_guarded AFTER DELETE ON benefit REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION guard_benefit_removal();
CREATE FUNCTION guard_receipt_set() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.undone_at IS NOT NULL OR NEW.sha256 <> OLD.sha256 THEN
    RAISE EXCEPTION 'a file that was taken in stays on record' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER receipt_set_is_kept BEFORE UPDATE OR DELETE ON receipt_set
  FOR EACH ROW EXECUTE FUNCTION guard_receipt_set();

-- 保留: what was decided stays.
CREATE FUNCTION guard_held_receipt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.decision IS NOT NULL THEN
    RAISE EXCEPTION 'a decided receipt is never decided again' USING ERRCODE = 'check_violation';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER held_receipt_is_guarded BEFORE UPDATE OR DELETE ON held_receipt
  FOR EACH ROW EXECUTE FUNCTION guard_held_receipt();

CREATE TRIGGER check_severity_is_kept BEFORE UPDATE OR DELETE ON check_severity
  FOR EACH ROW EXECUTE FUNCTION refuse_any_change();
CREATE TRIGGER receipt_profile_is_kept BEFORE UPDATE OR DELETE ON receipt_profile
  FOR EACH ROW EXECUTE FUNCTION refuse_any_change();
"""


def upgrade() -> None:
    op.execute("ALTER TABLE benefit RENAME TO benefit_whole")
    for name in ("pk_benefit", "ix_benefit_treatment_month", "ix_benefit_recipient_id"):
        op.execute(f"ALTER INDEX {name} RENAME TO {name}_whole")
    op.execute("ALTER TABLE benefit_whole RENAME CONSTRAINT fk_benefit_recipient_id TO fk_benefit_whole_recipient_id")
    op.create_table('benefit',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('recipient_id', sa.BigInteger(), nullable=False),
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
    sa.Column('meal_yen', sa.BigInteger(), nullable=True, comment='食事・生活療養の額'),
    sa.Column('tenths', sa.Integer(), nullable=True, comment='負担割合(割)'),
    sa.Column('set_id', sa.BigInteger(), nullable=True, comment='取り込んだファイル'),
    sa.Column('line', sa.Integer(), nullable=True, comment='行'),
    sa.Column('first_byte', sa.BigInteger(), nullable=True, comment='ファイルの中の位置(バイト)'),
    sa.Column('byte_count', sa.Integer(), nullable=True, comment='長さ(バイト)'),
    sa.Column('computed', sa.Integer(), server_default='0', nullable=False, comment='計算した項目'),
    sa.Column('office', sa.Integer(), server_default='0', nullable=False, comment='職員が入力した項目'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.ForeignKeyConstraint(['recipient_id'], ['recipient.id'], name=op.f('fk_benefit_recipient_id')),
    sa.PrimaryKeyConstraint('id', 'recipient_id', name=op.f('pk_benefit')),
    postgresql_partition_by='HASH (recipient_id)'
    )
    op.execute("CREATE SCHEMA benefit_parts")
    for remainder in range(PARTITIONS):
        op.execute(f"CREATE TABLE benefit_parts.part_{remainder} PARTITION OF benefit "
                   f"FOR VALUES WITH (MODULUS {PARTITIONS}, REMAINDER {remainder})")
    op.create_table('benefit_adjustment',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('benefit_id', sa.BigInteger(), nullable=False, comment='給付の番号'),
    sa.Column('recipient_id', sa.BigInteger(), nullable=False),
    sa.Column('adjustment', sa.String(length=10), nullable=False, comment='調整区分'),
    sa.Column('adjustment_date', sa.Date(), nullable=False, comment='調整年月日'),
    sa.Column('typed_by', sa.Integer(), nullable=False, comment='入力した人'),
    sa.Column('agreed_by', sa.Integer(), nullable=True, comment='同じ内容を入力した人'),
    sa.Column('agreed_at', sa.DateTime(timezone=True), nullable=True, comment='確定日時'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.CheckConstraint('(agreed_by IS NULL) = (agreed_at IS NULL)', name=op.f('ck_benefit_adjustment_agreed_by_somebody')),
    sa.CheckConstraint('agreed_by IS NULL OR agreed_by <> typed_by', name=op.f('ck_benefit_adjustment_two_people')),
    sa.ForeignKeyConstraint(['agreed_by'], ['ab_user.id'], name=op.f('fk_benefit_adjustment_agreed_by')),
    sa.ForeignKeyConstraint(['recipient_id'], ['recipient.id'], name=op.f('fk_benefit_adjustment_recipient_id')),
    sa.ForeignKeyConstraint(['typed_by'], ['ab_user.id'], name=op.f('fk_benefit_adjustment_typed_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_benefit_adjustment'))
    )
    op.create_index(op.f('ix_benefit_adjustment_benefit_id'), 'benefit_adjustment', ['benefit_id'], unique=False)
    op.create_index('uq_benefit_adjustment_open', 'benefit_adjustment', ['benefit_id'], unique=True, postgresql_where=sa.text('agreed_by IS NULL'))
    op.create_table('benefit_month',
    sa.Column('recipient_id', sa.BigInteger(), nullable=False),
    sa.Column('treatment_month', sa.String(length=7), nullable=False, comment='診療年月'),
    sa.Column('receipts', sa.Integer(), nullable=False, comment='件数'),
    sa.Column('total_yen', sa.BigInteger(), nullable=False, comment='総医療費'),
    sa.Column('medical_yen', sa.BigInteger(), nullable=False, comment='総医療費(食事・生活療養を除く)'),
    sa.Column('copay_yen', sa.BigInteger(), nullable=False, comment='自己負担額'),
    sa.Column('due_yen', sa.BigInteger(), nullable=True, comment='割合による負担額'),
    sa.Column('cap_yen', sa.BigInteger(), nullable=True, comment='負担上限月額'),
    sa.Column('excess_yen', sa.BigInteger(), sa.Computed('GREATEST(copay_yen - cap_yen, 0)', persisted=True), nullable=True, comment='上限を超えた額'),
    sa.CheckConstraint('receipts > 0', name=op.f('ck_benefit_month_has_receipts')),
    sa.ForeignKeyConstraint(['recipient_id'], ['recipient.id'], name=op.f('fk_benefit_month_recipient_id')),
    sa.PrimaryKeyConstraint('recipient_id', 'treatment_month', name=op.f('pk_benefit_month'))
    )
    op.create_index('ix_benefit_month_excess', 'benefit_month', ['treatment_month', 'recipient_id'], unique=False, postgresql_where=sa.text('excess_yen > 0'))
    op.create_table('check_severity',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('code', sa.String(length=10), nullable=False, comment='点検'),
    sa.Column('severity', sa.Text(), nullable=False, comment='重さ'),
    sa.Column('valid_from', sa.Date(), nullable=False, comment='適用開始日'),
    sa.Column('reason', sa.String(length=400), nullable=False, comment='理由'),
    sa.Column('changed_by', sa.Integer(), nullable=False, comment='変えた人'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.CheckConstraint("severity IN ('block', 'work', 'ignore')", name=op.f('ck_check_severity_severity_is_known')),
    sa.ForeignKeyConstraint(['changed_by'], ['ab_user.id'], name=op.f('fk_check_severity_changed_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_check_severity')),
    sa.UniqueConstraint('code', 'valid_from', name=op.f('uq_check_severity_code_valid_from'))
    )
    op.create_table('payer_invoice',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('billing_month', sa.String(length=7), nullable=False, comment='請求年月'),
    sa.Column('agency', sa.String(length=10), nullable=False, comment='審査支払機関'),
    sa.Column('payer_class', sa.String(length=10), nullable=False, comment='保険種別区分'),
    sa.Column('receipts', sa.Integer(), nullable=False, comment='件数'),
    sa.Column('points', sa.BigInteger(), nullable=False, comment='点数'),
    sa.Column('public_yen', sa.BigInteger(), nullable=False, comment='公費負担額'),
    sa.Column('entered_by', sa.Integer(), nullable=False, comment='入力した人'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.CheckConstraint('receipts >= 0 AND points >= 0 AND public_yen >= 0', name=op.f('ck_payer_invoice_amounts_are_not_negative')),
    sa.ForeignKeyConstraint(['entered_by'], ['ab_user.id'], name=op.f('fk_payer_invoice_entered_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payer_invoice')),
    sa.UniqueConstraint('billing_month', 'agency', 'payer_class', name=op.f('uq_payer_invoice_billing_month_agency_payer_class'))
    )
    op.create_table('receipt_profile',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('name', sa.Text(), nullable=False, comment='様式の名前'),
    sa.Column('valid_from', sa.Date(), nullable=False, comment='適用開始日'),
    sa.Column('definition', postgresql.JSONB(), nullable=False, comment='列の割当て'),
    sa.Column('published_by', sa.Integer(), nullable=False, comment='公開した人'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.ForeignKeyConstraint(['published_by'], ['ab_user.id'], name=op.f('fk_receipt_profile_published_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_receipt_profile')),
    sa.UniqueConstraint('name', 'valid_from', name=op.f('uq_receipt_profile_name_valid_from'))
    )
    op.create_table('receipt_set',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('file_name', sa.Text(), nullable=False, comment='ファイル名'),
    sa.Column('sha256', sa.Text(), nullable=False, comment='SHA-256'),
    sa.Column('size_bytes', sa.BigInteger(), nullable=False, comment='大きさ(バイト)'),
    sa.Column('format', sa.Text(), nullable=False, comment='形式'),
    sa.Column('agency', sa.String(length=10), nullable=True, comment='審査支払機関'),
    sa.Column('imported_at', sa.DateTime(timezone=True), nullable=False, comment='取込日時'),
    sa.Column('imported_by', sa.Integer(), nullable=True, comment='取り込んだ人'),
    sa.Column('first_id', sa.BigInteger(), nullable=True, comment='最初の給付の番号'),
    sa.Column('last_id', sa.BigInteger(), nullable=True, comment='最後の給付の番号'),
    sa.Column('receipts', sa.Integer(), server_default='0', nullable=False, comment='登録した件数'),
    sa.Column('report', postgresql.JSONB(), nullable=False, comment='取込結果(個人情報を含まない)'),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True, comment='取消日時'),
    sa.Column('undone_by', sa.Integer(), nullable=True, comment='取り消した人'),
    sa.Column('undo_reason', sa.String(length=400), nullable=True, comment='取消の理由'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.CheckConstraint('(undone_at IS NULL) = (undo_reason IS NULL)', name=op.f('ck_receipt_set_undone_for_a_reason')),
    sa.ForeignKeyConstraint(['imported_by'], ['ab_user.id'], name=op.f('fk_receipt_set_imported_by')),
    sa.ForeignKeyConstraint(['undone_by'], ['ab_user.id'], name=op.f('fk_receipt_set_undone_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_receipt_set'))
    )
    op.create_index('uq_receipt_set_file', 'receipt_set', ['sha256'], unique=True, postgresql_where=sa.text('undone_at IS NULL'))
    op.create_table('held_receipt',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('set_id', sa.BigInteger(), nullable=False),
    sa.Column('line', sa.Integer(), nullable=False, comment='行'),
    sa.Column('codes', postgresql.ARRAY(sa.Text()), nullable=False, comment='保留の理由'),
    sa.Column('content', postgresql.JSONB(), nullable=False, comment='読み取った内容'),
    sa.Column('raw', sa.LargeBinary(), nullable=False, comment='届いたままの行'),
    sa.Column('recipient_id', sa.BigInteger(), nullable=True, comment='番号から分かる受給者'),
    sa.Column('decision', sa.Text(), nullable=True, comment='判断'),
    sa.Column('note', sa.String(length=400), nullable=True, comment='判断の理由'),
    sa.Column('decided_by', sa.Integer(), nullable=True, comment='判断した人'),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True, comment='判断日時'),
    sa.Column('benefit_id', sa.BigInteger(), nullable=True, comment='登録した給付の番号'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.CheckConstraint("(decision = 'accepted') = (benefit_id IS NOT NULL)", name=op.f('ck_held_receipt_accepted_is_stored')),
    sa.CheckConstraint("decision IN ('accepted', 'refused')", name=op.f('ck_held_receipt_decision_is_known')),
    sa.CheckConstraint('(decision IS NULL) = (decided_at IS NULL) AND (decision IS NULL) = (note IS NULL)', name=op.f('ck_held_receipt_decided_for_a_reason')),
    sa.ForeignKeyConstraint(['decided_by'], ['ab_user.id'], name=op.f('fk_held_receipt_decided_by')),
    sa.ForeignKeyConstraint(['recipient_id'], ['recipient.id'], name=op.f('fk_held_receipt_recipient_id')),
    sa.ForeignKeyConstraint(['set_id'], ['receipt_set.id'], name=op.f('fk_held_receipt_set_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_held_receipt')),
    sa.UniqueConstraint('set_id', 'line', name=op.f('uq_held_receipt_set_id_line'))
    )
    op.create_index('ix_held_receipt_open', 'held_receipt', ['id'], unique=False, postgresql_where=sa.text('decision IS NULL'))
    op.create_table('receipt_finding',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('set_id', sa.BigInteger(), nullable=True, comment='取り込んだファイル'),
    sa.Column('benefit_id', sa.BigInteger(), nullable=True, comment='給付の番号'),
    sa.Column('recipient_id', sa.BigInteger(), nullable=False),
    sa.Column('treatment_month', sa.String(length=7), nullable=False, comment='診療年月'),
    sa.Column('code', sa.String(length=10), nullable=False, comment='指摘'),
    sa.Column('state', sa.Text(), server_default='open', nullable=False, comment='状態'),
    sa.Column('note', sa.String(length=400), nullable=True, comment='対応'),
    sa.Column('decided_by', sa.Integer(), nullable=True, comment='対応した人'),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True, comment='対応日時'),
    sa.Column('listed_on', sa.Date(), nullable=True, comment='一覧を出した日'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.CheckConstraint("(state IN ('open', 'cleared')) = (decided_by IS NULL)", name=op.f('ck_receipt_finding_decided_by_somebody')),
    sa.CheckConstraint("state IN ('open', 'accepted', 'adjust', 'return', 'cleared')", name=op.f('ck_receipt_finding_state_is_known')),
    sa.ForeignKeyConstraint(['decided_by'], ['ab_user.id'], name=op.f('fk_receipt_finding_decided_by')),
    sa.ForeignKeyConstraint(['recipient_id'], ['recipient.id'], name=op.f('fk_receipt_finding_recipient_id')),
    sa.ForeignKeyConstraint(['set_id'], ['receipt_set.id'], name=op.f('fk_receipt_finding_set_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_receipt_finding'))
    )
    op.create_index('ix_receipt_finding_decided', 'receipt_finding', ['state', 'id'], unique=False, postgresql_where=sa.text("state IN ('adjust', 'return')"))
    op.create_index('ix_receipt_finding_open', 'receipt_finding', ['code', 'id'], unique=False, postgresql_where=sa.text("state = 'open'"))
    op.create_index('ix_receipt_finding_person', 'receipt_finding', ['recipient_id', 'treatment_month'], unique=False)
    op.create_index('ix_receipt_finding_set', 'receipt_finding', ['set_id'], unique=False)
    op.create_index('uq_receipt_finding_month', 'receipt_finding', ['recipient_id', 'treatment_month', 'code'], unique=True, postgresql_where=sa.text("benefit_id IS NULL AND state = 'open'"))
    op.create_index('uq_receipt_finding_receipt', 'receipt_finding', ['benefit_id', 'code'], unique=True, postgresql_where=sa.text('benefit_id IS NOT NULL'))
    op.create_table('receipt_upload',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('job_id', sa.BigInteger(), nullable=True, comment='仕事'),
    sa.Column('uploaded_by', sa.Integer(), nullable=False, comment='受け取った人'),
    sa.Column('file_name', sa.Text(), nullable=False, comment='ファイル名'),
    sa.Column('sha256', sa.Text(), nullable=False, comment='SHA-256'),
    sa.Column('size_bytes', sa.BigInteger(), nullable=False, comment='大きさ(バイト)'),
    sa.Column('format', sa.Text(), nullable=False, comment='形式'),
    sa.Column('state', sa.Text(), server_default='waiting', nullable=False, comment='状態'),
    sa.Column('read_bytes', sa.BigInteger(), server_default='0', nullable=False, comment='読んだ大きさ(バイト)'),
    sa.Column('report', postgresql.JSONB(), nullable=True, comment='取込結果(個人情報を含まない)'),
    sa.Column('set_id', sa.BigInteger(), nullable=True, comment='取り込んだファイル'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.CheckConstraint("state IN ('waiting', 'stored', 'already', 'refused')", name=op.f('ck_receipt_upload_state_is_known')),
    sa.ForeignKeyConstraint(['job_id'], ['job.id'], name=op.f('fk_receipt_upload_job_id')),
    sa.ForeignKeyConstraint(['set_id'], ['receipt_set.id'], name=op.f('fk_receipt_upload_set_id')),
    sa.ForeignKeyConstraint(['uploaded_by'], ['ab_user.id'], name=op.f('fk_receipt_upload_uploaded_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_receipt_upload')),
    sa.UniqueConstraint('job_id', name=op.f('uq_receipt_upload_job_id'))
    )
    op.execute(sa.text(MOVE.replace(":", "\\:")))
    op.create_index('ix_benefit_person', 'benefit', ['recipient_id', 'treatment_month'], unique=False)
    op.create_index('ix_benefit_treatment_month', 'benefit', ['treatment_month', 'id'], unique=False)
    op.create_index('ix_benefit_facility', 'benefit', ['facility_number', 'id'], unique=False)
    op.create_index('ix_benefit_billing_month', 'benefit', ['billing_month'], unique=False, postgresql_using='brin')
    op.drop_constraint("ck_work_item_kind_is_known", "work_item")
    op.create_check_constraint(op.f("ck_work_item_kind_is_known"), "work_item", f"kind IN {WORK_KINDS}")
    op.execute(sa.text(GUARDS.replace(":", "\\:")))
    for table in ("benefit", "payer_invoice", "receipt_finding"):
        for event in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER {table}_keeps_history_on_{event.lower()} AFTER {event} ON {table} "
                       "REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION keep_history()")


def downgrade() -> None:
    raise RuntimeError("records are never dropped; restore a backup instead")
