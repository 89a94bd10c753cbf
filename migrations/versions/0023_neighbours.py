"""Neighbours: messages that wait, numbers known there, inquiries, provisions, handing over, and to whom one may give.

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

GUARDS = """
-- 情報照会・提供: what was asked, what was made known and what was handed over stays as it was; only how far it came moves on.
CREATE FUNCTION guard_network_inquiry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR (NEW.application_id, NEW.recipient_id, NEW.member_id, NEW.file_number, NEW.provider_code,
       NEW.office_code, NEW.procedure_code, NEW.information_code, NEW.basis, NEW.tax_year, NEW.purpose, NEW.asked_by, NEW.asked_on)
     IS DISTINCT FROM (OLD.application_id, OLD.recipient_id, OLD.member_id, OLD.file_number, OLD.provider_code,
       OLD.office_code, OLD.procedure_code, OLD.information_code, OLD.basis, OLD.tax_year, OLD.purpose, OLD.asked_by, OLD.asked_on)
     OR (OLD.state NOT IN ('waiting', 'asked') AND (NEW.state, NEW.answer, NEW.digest, NEW.answered_at)
         IS DISTINCT FROM (OLD.state, OLD.answer, OLD.digest, OLD.answered_at))
     OR (OLD.filed_at IS NOT NULL AND (NEW.filed_at, NEW.filed_by) IS DISTINCT FROM (OLD.filed_at, OLD.filed_by)) THEN
    RAISE EXCEPTION 'an inquiry and its answer stay as they were' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER network_inquiry_is_guarded BEFORE UPDATE OR DELETE ON network_inquiry
  FOR EACH ROW EXECUTE FUNCTION guard_network_inquiry();
CREATE FUNCTION guard_provision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR (NEW.recipient_id, NEW.number, NEW.registration, NEW.cause, NEW.needs_a_person, NEW.content, NEW.digest)
     IS DISTINCT FROM (OLD.recipient_id, OLD.number, OLD.registration, OLD.cause, OLD.needs_a_person, OLD.content, OLD.digest)
     OR OLD.state NOT IN ('waiting', NEW.state) THEN
    RAISE EXCEPTION 'what was made known stays as it was; a change is a new version' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER provision_is_guarded BEFORE UPDATE OR DELETE ON provision
  FOR EACH ROW EXECUTE FUNCTION guard_provision();
CREATE FUNCTION guard_only_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of this table are only added' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER transfer_is_only_added BEFORE UPDATE OR DELETE ON transfer
  FOR EACH ROW EXECUTE FUNCTION guard_only_added();
CREATE TRIGGER network_record_is_only_added BEFORE UPDATE OR DELETE ON network_record
  FOR EACH ROW EXECUTE FUNCTION guard_only_added();
CREATE FUNCTION guard_destination() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.valid_to IS NOT NULL OR NEW.valid_to IS NULL
     OR (NEW.kind, NEW.name, NEW.law, NEW.purpose, NEW.what, NEW.means, NEW.valid_from)
     IS DISTINCT FROM (OLD.kind, OLD.name, OLD.law, OLD.purpose, OLD.what, OLD.means, OLD.valid_from) THEN
    RAISE EXCEPTION 'a destination is ended once and never changed otherwise' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER destination_is_guarded BEFORE UPDATE OR DELETE ON destination
  FOR EACH ROW EXECUTE FUNCTION guard_destination();
-- 移転 goes only to whom the register names as one, on a day on which the row holds.
CREATE FUNCTION demand_destination() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM destination d WHERE d.id = NEW.destination_id AND d.kind = 'transfer'
                   AND NEW.dated BETWEEN d.valid_from AND coalesce(d.valid_to, NEW.dated)) THEN
    RAISE EXCEPTION 'nobody hands anything over but to a destination of that day' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER transfer_has_its_destination BEFORE INSERT ON transfer
  FOR EACH ROW EXECUTE FUNCTION demand_destination();
-- 統合宛名番号: one person, one number, for good; a disposal alone takes the row away.
CREATE FUNCTION guard_integrated_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.file_number <> OLD.file_number OR (OLD.number IS NOT NULL AND NEW.number IS DISTINCT FROM OLD.number) THEN
    RAISE EXCEPTION 'a number once given stays the number of that person' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER integrated_number_is_guarded BEFORE UPDATE ON integrated_number
  FOR EACH ROW EXECUTE FUNCTION guard_integrated_number();
"""
# さいたま市 特定個人情報保護評価書(重点項目評価書) 第29号, Ⅱ 5: three recipients by the network, one office on paper.
PROTECTION = "生活保護法による保護の決定及び実施又は徴収金の徴収に関する事務"
RETURNEES = "中国残留邦人等支援給付等の支給に関する事務"
INFORMATION = "難病法による特定医療費の支給に関する情報"
NETWORK, BOOKED = "情報提供ネットワークシステム", "2018-04-01"
FIRST = (("provision", "都道府県知事等 (生活保護)", "番号法第19条第7号 別表第二 26の項", PROTECTION, NETWORK),
         ("provision", "市町村長 (被災者台帳)", "番号法第19条第7号 別表第二 56の2の項", "災害対策基本法による被災者台帳の作成に関する事務", NETWORK),
         ("provision", "都道府県知事等 (支援給付)", "番号法第19条第7号 別表第二 87の項", RETURNEES, NETWORK),
         ("transfer", "生活福祉課", "番号法第9条第2項、市の個人番号の利用に関する条例", f"{PROTECTION}及び{RETURNEES}", "紙"))


def upgrade() -> None:
    op.create_table('destination',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False, comment='提供か移転か'),
    sa.Column('name', sa.String(length=100), nullable=False, comment='相手'),
    sa.Column('law', sa.String(length=400), nullable=False, comment='法令上の根拠'),
    sa.Column('purpose', sa.String(length=400), nullable=False, comment='相手の用途'),
    sa.Column('what', sa.String(length=400), nullable=False, comment='渡す情報'),
    sa.Column('means', sa.String(length=400), nullable=False, comment='渡す方法'),
    sa.Column('valid_from', sa.Date(), nullable=False, comment='いつから'),
    sa.Column('valid_to', sa.Date(), nullable=True, comment='いつまで'),
    sa.Column('noted_by', sa.Integer(), nullable=True, comment='登録した人'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.CheckConstraint("kind IN ('provision', 'transfer')", name=op.f('ck_destination_kind_is_known')),
    sa.CheckConstraint('valid_from <= valid_to', name=op.f('ck_destination_holds_forward')),
    sa.ForeignKeyConstraint(['noted_by'], ['ab_user.id'], name=op.f('fk_destination_noted_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_destination')),
    sa.UniqueConstraint('kind', 'name', 'valid_from', name=op.f('uq_destination_kind_name_valid_from'))
    )
    op.create_table('integrated_number',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('recipient_id', sa.BigInteger(), nullable=True),
    sa.Column('file_number', sa.String(length=30), nullable=False, comment='整理番号'),
    sa.Column('number', sa.String(length=30), nullable=True, comment='統合宛名番号'),
    sa.Column('has_individual_number', sa.Boolean(), nullable=True, comment='個人番号の登録'),
    sa.Column('linkage_state', sa.Text(), nullable=True, comment='符号の状態'),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=True, comment='確かめた時刻'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.CheckConstraint("number ~ '^[0-9]{15}$'", name=op.f('ck_integrated_number_fifteen_digits')),
    sa.ForeignKeyConstraint(['recipient_id'], ['recipient.id'], name=op.f('fk_integrated_number_recipient_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_integrated_number')),
    sa.UniqueConstraint('file_number', name=op.f('uq_integrated_number_file_number')),
    sa.UniqueConstraint('number', name=op.f('uq_integrated_number_number'))
    )
    op.create_index(op.f('ix_integrated_number_recipient_id'), 'integrated_number', ['recipient_id'], unique=False)
    op.create_table('network_record',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('recipient_id', sa.BigInteger(), nullable=False),
    sa.Column('serial', sa.Text(), nullable=False, comment='処理通番'),
    sa.Column('inquirer_code', sa.String(length=30), nullable=False, comment='照会者の機関コード'),
    sa.Column('provider_code', sa.String(length=30), nullable=False, comment='提供者の機関コード'),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False, comment='照会日時'),
    sa.Column('provided_at', sa.DateTime(timezone=True), nullable=True, comment='提供日時'),
    sa.Column('office_code', sa.String(length=30), nullable=False, comment='事務'),
    sa.Column('procedure_code', sa.String(length=30), nullable=False, comment='事務手続'),
    sa.Column('information_code', sa.String(length=30), nullable=False, comment='特定個人情報名'),
    sa.Column('item_codes', sa.ARRAY(sa.String(length=40)), nullable=False, comment='項目'),
    sa.Column('is_withheld', sa.Boolean(), nullable=False, comment='不開示'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.ForeignKeyConstraint(['recipient_id'], ['recipient.id'], name=op.f('fk_network_record_recipient_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_network_record')),
    sa.UniqueConstraint('serial', name=op.f('uq_network_record_serial'))
    )
    op.create_index(op.f('ix_network_record_recipient_id'), 'network_record', ['recipient_id'], unique=False)
    op.create_table('outgoing_message',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('request_id', sa.Text(), nullable=False, comment='要求ID'),
    sa.Column('system', sa.Text(), nullable=False, comment='相手のシステム'),
    sa.Column('operation', sa.Text(), nullable=False, comment='操作'),
    sa.Column('subject_id', sa.Integer(), nullable=False, comment='もとになる行'),
    sa.Column('recipient_id', sa.BigInteger(), nullable=True),
    sa.Column('staff', sa.Text(), nullable=False, comment='職員ID'),
    sa.Column('state', sa.Text(), server_default='waiting', nullable=False, comment='状態'),
    sa.Column('tries', sa.Integer(), server_default='0', nullable=False, comment='試した回数'),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False, comment='次に送る時刻'),
    sa.Column('fault', sa.Text(), nullable=True, comment='送れなかったわけ(記号)'),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True, comment='返事の時刻'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.CheckConstraint("state IN ('waiting', 'sent', 'refused', 'given_up')", name=op.f('ck_outgoing_message_state_is_known')),
    sa.ForeignKeyConstraint(['recipient_id'], ['recipient.id'], name=op.f('fk_outgoing_message_recipient_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outgoing_message')),
    sa.UniqueConstraint('request_id', name=op.f('uq_outgoing_message_request_id'))
    )
    op.create_index('ix_outgoing_message_due', 'outgoing_message', ['due_at', 'id'], unique=False, postgresql_where=sa.text("state = 'waiting'"))
    op.create_index(op.f('ix_outgoing_message_recipient_id'), 'outgoing_message', ['recipient_id'], unique=False)
    op.create_table('provision',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('recipient_id', sa.BigInteger(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False, comment='版の番号'),
    sa.Column('registration', sa.Text(), nullable=False, comment='登録区分'),
    sa.Column('cause', sa.String(length=400), nullable=False, comment='登録のきっかけ'),
    sa.Column('needs_a_person', sa.Boolean(), nullable=False, comment='自動応答不可'),
    sa.Column('content', postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment='提供する内容'),
    sa.Column('digest', sa.Text(), nullable=False, comment='要約値'),
    sa.Column('state', sa.Text(), server_default='waiting', nullable=False, comment='登録の状態'),
    sa.Column('reference', sa.Text(), nullable=True, comment='受付番号'),
    sa.Column('registered_at', sa.DateTime(timezone=True), nullable=True, comment='登録された日時'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.CheckConstraint("registration IN ('新規', '更新', '削除')", name=op.f('ck_provision_registration_is_known')),
    sa.CheckConstraint("state IN ('waiting', 'registered', 'superseded', 'refused', 'failed')", name=op.f('ck_provision_state_is_known')),
    sa.CheckConstraint('number > 0', name=op.f('ck_provision_number_is_positive')),
    sa.ForeignKeyConstraint(['recipient_id'], ['recipient.id'], name=op.f('fk_provision_recipient_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_provision')),
    sa.UniqueConstraint('recipient_id', 'number', name=op.f('uq_provision_recipient_id_number'))
    )
    op.create_table('transfer',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('recipient_id', sa.BigInteger(), nullable=False),
    sa.Column('destination_id', sa.BigInteger(), nullable=False),
    sa.Column('document_number', sa.Text(), nullable=False, comment='文書番号'),
    sa.Column('dated', sa.Date(), nullable=False, comment='移転した日'),
    sa.Column('items', sa.ARRAY(sa.String(length=40)), nullable=False, comment='渡した項目'),
    sa.Column('reason', sa.String(length=400), nullable=False, comment='移転の理由'),
    sa.Column('handed_to', sa.String(length=100), nullable=False, comment='受け取る人'),
    sa.Column('handed_by', sa.Integer(), nullable=False, comment='渡した人'),
    sa.Column('pdf_sha256', sa.Text(), nullable=False, comment='PDFのSHA-256'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.CheckConstraint('cardinality(items) > 0', name=op.f('ck_transfer_hands_something_over')),
    sa.CheckConstraint('length(btrim(reason)) >= 4', name=op.f('ck_transfer_says_what_for')),
    sa.ForeignKeyConstraint(['destination_id'], ['destination.id'], name=op.f('fk_transfer_destination_id')),
    sa.ForeignKeyConstraint(['handed_by'], ['ab_user.id'], name=op.f('fk_transfer_handed_by')),
    sa.ForeignKeyConstraint(['recipient_id'], ['recipient.id'], name=op.f('fk_transfer_recipient_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_transfer')),
    sa.UniqueConstraint('document_number', name=op.f('uq_transfer_document_number'))
    )
    op.create_index(op.f('ix_transfer_recipient_id'), 'transfer', ['recipient_id'], unique=False)
    op.create_table('network_inquiry',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('application_id', sa.BigInteger(), nullable=False),
    sa.Column('recipient_id', sa.BigInteger(), nullable=False),
    sa.Column('member_id', sa.BigInteger(), nullable=True),
    sa.Column('file_number', sa.String(length=30), nullable=False, comment='整理番号'),
    sa.Column('provider_code', sa.String(length=30), nullable=False, comment='照会先の機関コード'),
    sa.Column('office_code', sa.String(length=30), nullable=False, comment='事務'),
    sa.Column('procedure_code', sa.String(length=30), nullable=False, comment='事務手続'),
    sa.Column('information_code', sa.String(length=30), nullable=False, comment='特定個人情報名'),
    sa.Column('basis', sa.String(length=400), nullable=False, comment='根拠'),
    sa.Column('tax_year', sa.Integer(), nullable=True, comment='対象年度'),
    sa.Column('purpose', sa.String(length=400), nullable=False, comment='目的'),
    sa.Column('asked_by', sa.Integer(), nullable=False, comment='照会者'),
    sa.Column('asked_on', sa.Date(), nullable=False, comment='照会日'),
    sa.Column('state', sa.Text(), server_default='waiting', nullable=False, comment='照会の状態'),
    sa.Column('reference', sa.Text(), nullable=True, comment='受付番号'),
    sa.Column('refusal', sa.String(length=400), nullable=True, comment='回答がないわけ'),
    sa.Column('answer', postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment='回答'),
    sa.Column('digest', sa.Text(), nullable=True, comment='回答の要約値'),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True, comment='回答日時'),
    sa.Column('filed_by', sa.Integer(), nullable=True, comment='判定に取り込んだ人'),
    sa.Column('filed_at', sa.DateTime(timezone=True), nullable=True, comment='判定に取り込んだ日時'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='登録日時'),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False, comment='版'),
    sa.CheckConstraint("(state = 'answered') = (answer IS NOT NULL)", name=op.f('ck_network_inquiry_answered_with_an_answer')),
    sa.CheckConstraint("filed_at IS NULL OR state = 'answered'", name=op.f('ck_network_inquiry_only_an_answer_is_filed')),
    sa.CheckConstraint("state IN ('waiting', 'asked', 'answered', 'nothing', 'withheld', 'refused', 'failed', 'cancelled')", name=op.f('ck_network_inquiry_state_is_known')),
    sa.CheckConstraint('length(btrim(purpose)) >= 4', name=op.f('ck_network_inquiry_says_what_for')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_network_inquiry_application_id')),
    sa.ForeignKeyConstraint(['asked_by'], ['ab_user.id'], name=op.f('fk_network_inquiry_asked_by')),
    sa.ForeignKeyConstraint(['filed_by'], ['ab_user.id'], name=op.f('fk_network_inquiry_filed_by')),
    sa.ForeignKeyConstraint(['member_id'], ['household_member.id'], name=op.f('fk_network_inquiry_member_id')),
    sa.ForeignKeyConstraint(['recipient_id'], ['recipient.id'], name=op.f('fk_network_inquiry_recipient_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_network_inquiry'))
    )
    op.create_index(op.f('ix_network_inquiry_application_id'), 'network_inquiry', ['application_id'], unique=False)
    op.create_index(op.f('ix_network_inquiry_member_id'), 'network_inquiry', ['member_id'], unique=False)
    op.create_index('ix_network_inquiry_open', 'network_inquiry', ['id'], unique=False, postgresql_where=sa.text("state IN ('waiting', 'asked')"))
    op.create_index(op.f('ix_network_inquiry_recipient_id'), 'network_inquiry', ['recipient_id'], unique=False)
    op.execute(sa.text(GUARDS.replace(":", "\\:")))
    for kind, name, law, purpose, means in FIRST:
        op.execute(sa.text("INSERT INTO destination (kind, name, law, purpose, what, means, valid_from) "
                           "VALUES (:kind, :name, :law, :purpose, :what, :means, CAST(:since AS date))").bindparams(
            kind=kind, name=name, law=law, purpose=purpose, what=INFORMATION, means=means, since=BOOKED))


def downgrade() -> None:
    raise RuntimeError("records are never dropped; restore a backup instead")
