"""The journal is sealed, its writers have roles of their own, retention has lists and proofs, a person asks for her data.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# An entry as it is hashed, exported and verified: one text for one entry, for ever. A column added later joins only where
# it says something, so that what was sealed before it keeps its hash.
TEXT = """
CREATE FUNCTION journal_text(e journal_entry) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT '{"id": ' || e.id || ', "at": "' || to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    || '", "actor_id": ' || coalesce(e.actor_id::text, 'null') || ', "actor_name": ' || to_json(e.actor_name)::text
    || ', "terminal": ' || to_json(e.terminal)::text || ', "action": ' || to_json(e.action)::text
    || ', "subject_kind": ' || coalesce(to_json(e.subject_kind)::text, 'null')
    || ', "subject_id": ' || coalesce(e.subject_id::text, 'null')
    || ', "recipient_id": ' || coalesce(e.recipient_id::text, 'null') || ', "reason": ' || to_json(e.reason)::text
    || ', "detail": ' || coalesce(e.detail::text, 'null') || coalesce(', "screen": ' || to_json(e.screen)::text, '') || '}'
$$;
"""

SEALING = """
INSERT INTO seal_state (id) VALUES (1);

-- 封印の遅れ: the sealer has not looked for a minute, and what was committed a minute ago is not sealed.
CREATE FUNCTION journal_is_unsealed() RETURNS boolean LANGUAGE sql VOLATILE AS $$
  SELECT EXISTS (SELECT FROM seal_state s WHERE s.at < clock_timestamp() - interval '60 seconds' AND EXISTS (
    SELECT FROM journal_entry e WHERE e.transaction_id >= s.watermark AND e.at < clock_timestamp() - interval '60 seconds'
       AND e.transaction_id <> pg_current_xact_id()::text::bigint
       AND NOT EXISTS (SELECT FROM journal_leaf l WHERE l.entry_id = e.id)))
$$;
CREATE FUNCTION refuse_unsealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF journal_is_unsealed() THEN
    RAISE EXCEPTION 'the journal has not been sealed for a minute' USING ERRCODE = 'NB001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER journal_entry_needs_the_sealer BEFORE INSERT ON journal_entry FOR EACH ROW
  WHEN (NEW.action IN ('saw', 'listed', 'printed', 'exported')) EXECUTE FUNCTION refuse_unsealed();

CREATE TRIGGER journal_leaf_is_append_only BEFORE UPDATE OR DELETE ON journal_leaf
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journal_leaf_is_never_emptied BEFORE TRUNCATE ON journal_leaf
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journal_checkpoint_is_append_only BEFORE UPDATE OR DELETE ON journal_checkpoint
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journal_checkpoint_is_never_emptied BEFORE TRUNCATE ON journal_checkpoint
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

DISPOSAL = """
-- 廃棄: what is listed is what is approved and what goes; two people, in this order, or not at all.
CREATE FUNCTION disposal_hash(wanted bigint) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT encode(sha256(convert_to(concat_ws('|', d.kind, d.cutoff, d.leaves_below, (
    SELECT string_agg(r.table_name || ' ' || r.row_id, ',' ORDER BY r.table_name COLLATE "C", r.row_id)
      FROM disposal_row r WHERE r.disposal_id = d.id)), 'UTF8')), 'hex') FROM disposal d WHERE d.id = wanted
$$;
CREATE FUNCTION guard_disposal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'listed' THEN
      RAISE EXCEPTION 'a disposal begins as a list' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.state = 'listed' AND NEW.state = 'listed' AND OLD.created_at = now() THEN
    RETURN NEW;  -- counts and hash of a list are taken in the transaction that makes it
  END IF;
  IF TG_OP = 'DELETE' OR NEW.state = 'done' AND OLD.state <> 'done' AND current_user = 'nanbyo_app' OR
     NOT (OLD.state = NEW.state OR OLD.state = 'listed' AND NEW.state IN ('approved', 'rejected')
          OR OLD.state = 'approved' AND NEW.state IN ('rejected', 'done')) OR
     (to_jsonb(NEW) - '{state,decided_by,decided_at,decision_reason,done_at,counts,files,version}'::text[])
       <> (to_jsonb(OLD) - '{state,decided_by,decided_at,decision_reason,done_at,counts,files,version}'::text[]) OR
     (OLD.decided_by IS NOT NULL AND NEW.decided_by <> OLD.decided_by) OR
     (OLD.state = 'done' AND to_jsonb(NEW) - '{files,version}'::text[] <> to_jsonb(OLD) - '{files,version}'::text[]) THEN
    RAISE EXCEPTION 'a disposal is listed by one, approved by another, and then stays as it is'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER disposal_is_guarded BEFORE INSERT OR UPDATE OR DELETE ON disposal
  FOR EACH ROW EXECUTE FUNCTION guard_disposal();
CREATE FUNCTION guard_disposal_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' AND EXISTS (SELECT FROM disposal WHERE id = NEW.disposal_id AND state = 'listed'
                                    AND created_at = now()) THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' AND EXISTS (SELECT FROM disposal WHERE id = OLD.disposal_id AND state = 'rejected') THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'a list of what is disposed of is made at once' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER disposal_row_is_guarded BEFORE INSERT OR UPDATE OR DELETE ON disposal_row
  FOR EACH ROW EXECUTE FUNCTION guard_disposal_row();

-- The guards of other tables refuse deletions; only here, for exactly the rows two people named, they are silent.
CREATE FUNCTION carry_out_disposal(wanted bigint) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
DECLARE listed disposal; gone jsonb := '{}'; each record; n bigint; found_one boolean;
BEGIN
  SELECT * INTO listed FROM disposal WHERE id = wanted AND state = 'approved' AND decided_by <> listed_by FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'only an approved disposal is carried out' USING ERRCODE = 'check_violation';
  END IF;
  IF listed.rows_sha256 <> disposal_hash(wanted) THEN
    RAISE EXCEPTION 'the rows are not those that were approved' USING ERRCODE = 'check_violation';
  END IF;
  PERFORM set_config('session_replication_role', 'replica', true);
  FOR each IN SELECT DISTINCT table_name FROM disposal_row WHERE disposal_id = wanted LOOP
    EXECUTE format('DELETE FROM %s AS x USING disposal_row r WHERE r.disposal_id = $1 AND r.table_name = $2
                     AND r.row_id = x.id', each.table_name::regclass) USING wanted, each.table_name;
    GET DIAGNOSTICS n = ROW_COUNT;
    gone := gone || jsonb_build_object(each.table_name, n);
  END LOOP;
  DELETE FROM record_history h USING disposal_row r
   WHERE r.disposal_id = wanted AND h.table_name = r.table_name AND h.row_id = r.row_id;
  GET DIAGNOSTICS n = ROW_COUNT;
  gone := gone || jsonb_build_object('record_history', n);
  UPDATE received_sheet s SET scan_id = NULL FROM disposal_row r
   WHERE r.disposal_id = wanted AND r.table_name = 'scan' AND r.row_id = s.scan_id;
  IF listed.kind = 'journal' THEN
    DELETE FROM journal_entry e USING journal_leaf l WHERE l.entry_id = e.id AND l.leaf_index < listed.leaves_below;
    GET DIAGNOSTICS n = ROW_COUNT;
    gone := gone || jsonb_build_object('journal_entry', n);
  END IF;
  FOR each IN SELECT c.conrelid::regclass AS child, a.attname AS at, c.confrelid AS parent
                FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
               WHERE c.contype = 'f' AND c.confrelid IN (
                 SELECT DISTINCT table_name::regclass FROM disposal_row WHERE disposal_id = wanted) LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %s x JOIN disposal_row r ON r.row_id = x.%I WHERE r.disposal_id = $1
                     AND r.table_name::regclass = %s::regclass)', each.child, each.at, each.parent)
       INTO found_one USING wanted;
    IF found_one THEN
      RAISE EXCEPTION 'rows of % still belong to what is listed', each.child USING ERRCODE = 'foreign_key_violation';
    END IF;
  END LOOP;
  DELETE FROM disposal_row WHERE disposal_id = wanted;
  PERFORM set_config('session_replication_role', 'origin', true);
  UPDATE disposal SET state = 'done', counts = gone, done_at = clock_timestamp(), version = version + 1 WHERE id = wanted;
  RETURN gone;
END $$;
REVOKE ALL ON FUNCTION carry_out_disposal(bigint) FROM PUBLIC;

-- 廃棄の記録: an entry that excuses what is missing belongs to a disposal that was carried out.
CREATE FUNCTION guard_disposed_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM disposal WHERE id = (NEW.detail ->> 'disposal')::bigint AND state = 'done'
                   AND leaves_below IS NOT DISTINCT FROM (NEW.detail ->> 'leaves_below')::bigint) THEN
    RAISE EXCEPTION 'nothing was disposed of' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER disposed_entry_is_guarded BEFORE INSERT ON journal_entry FOR EACH ROW
  WHEN (NEW.action = 'disposed') EXECUTE FUNCTION guard_disposed_entry();
"""

REQUESTS = """
-- 請求: received, identity, decision, handed over; never backwards, and what was decided stays.
CREATE FUNCTION guard_subject_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR NOT (OLD.state = NEW.state OR (OLD.state, NEW.state) IN (
       ('received', 'identified'), ('received', 'withdrawn'), ('identified', 'withdrawn'), ('identified', 'decided'),
       ('decided', 'handed_over'))) OR OLD.state IN ('handed_over', 'withdrawn')
     OR (NEW.kind, NEW.recipient_id, NEW.number, NEW.requester) IS DISTINCT FROM
        (OLD.kind, OLD.recipient_id, OLD.number, OLD.requester)
     OR (OLD.state = 'decided' AND (NEW.decision, NEW.decision_reason, NEW.decided_by, NEW.decided_on) IS DISTINCT FROM
        (OLD.decision, OLD.decision_reason, OLD.decided_by, OLD.decided_on)) THEN
    RAISE EXCEPTION 'a request goes its way step by step' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER subject_request_is_guarded BEFORE UPDATE OR DELETE ON subject_request
  FOR EACH ROW EXECUTE FUNCTION guard_subject_request();
"""

# Roles belong to the server, not to one database. Who may not make them asks an administrator of the server to, once.
ROLES = """
DO $$ DECLARE wanted text; BEGIN
  FOREACH wanted IN ARRAY ARRAY['nanbyo_app', 'nanbyo_sealer', 'nanbyo_auditor'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
      END;
    END IF;
    IF NOT pg_has_role(wanted, 'MEMBER') THEN
      EXECUTE format('GRANT %I TO CURRENT_USER', wanted);
    END IF;
  END LOOP;
END $$;

GRANT USAGE ON SCHEMA public, numbering TO nanbyo_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public, numbering TO nanbyo_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public, numbering TO nanbyo_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO nanbyo_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA numbering GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO nanbyo_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO nanbyo_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA numbering GRANT USAGE, SELECT ON SEQUENCES TO nanbyo_app;
REVOKE INSERT, UPDATE, DELETE ON alembic_version, journal_entry, journal_leaf, journal_checkpoint, seal_state FROM nanbyo_app;
GRANT INSERT (actor_id, actor_name, terminal, screen, action, subject_kind, subject_id, recipient_id, reason, detail)
  ON journal_entry TO nanbyo_app;
REVOKE UPDATE, DELETE ON record_history, disposal_row FROM nanbyo_app;
GRANT DELETE ON disposal_row TO nanbyo_app;
GRANT EXECUTE ON FUNCTION carry_out_disposal(bigint) TO nanbyo_app;

GRANT USAGE ON SCHEMA public TO nanbyo_sealer, nanbyo_auditor;
GRANT SELECT ON journal_entry, journal_leaf, journal_checkpoint, seal_state, alembic_version TO nanbyo_sealer, nanbyo_auditor;
GRANT INSERT ON journal_leaf, journal_checkpoint TO nanbyo_sealer;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO nanbyo_sealer;
GRANT UPDATE ON seal_state TO nanbyo_sealer;
"""


def upgrade() -> None:
    op.add_column("journal_entry", sa.Column("screen", sa.Text(), nullable=True, comment="画面"))
    op.add_column("journal_entry", sa.Column(
        "transaction_id", sa.BigInteger(), server_default=sa.text("pg_current_xact_id()::text::bigint"), nullable=False,
        comment="取引番号"))
    op.create_index("ix_journal_entry_subject", "journal_entry", ["subject_kind", "subject_id"])
    op.create_index("ix_journal_entry_transaction", "journal_entry", ["transaction_id", "id"])
    op.create_index("ix_journal_entry_ids", "journal_entry", [sa.text("(detail -> 'ids')")], postgresql_using="gin",
                    postgresql_where=sa.text("detail ? 'ids'"))
    _seal_tables()
    _disposal_tables()
    _request_tables()
    for statements in (TEXT, SEALING, DISPOSAL, REQUESTS, ROLES):
        op.execute(sa.text(statements.replace(":", "\\:")))


def _record() -> tuple[sa.Column, ...]:
    return (sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False,
                      comment="登録日時"),
            sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment="版"))


def _seal_tables() -> None:
    moment = {"server_default": sa.text("clock_timestamp()"), "nullable": False}
    op.create_table(
        "journal_leaf",
        sa.Column("leaf_index", sa.BigInteger(), autoincrement=False, nullable=False, comment="葉の番号"),
        sa.Column("entry_id", sa.BigInteger(), nullable=False, comment="記録番号"),
        sa.Column("hash", sa.LargeBinary(), nullable=False, comment="葉のハッシュ"),
        sa.CheckConstraint("octet_length(hash) = 32", name=op.f("ck_journal_leaf_hash_is_sha256")),
        sa.PrimaryKeyConstraint("leaf_index", name=op.f("pk_journal_leaf")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_journal_leaf_entry_id")))
    op.create_table(
        "journal_checkpoint",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False, comment="封印した件数"),
        sa.Column("line", sa.Text(), nullable=False, comment="署名した行"),
        sa.Column("at", sa.DateTime(timezone=True), **moment, comment="封印した時"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_checkpoint")),
        sa.UniqueConstraint("line", name=op.f("uq_journal_checkpoint_line")))
    op.create_index("ix_journal_checkpoint_size", "journal_checkpoint", ["size"])
    op.create_table(
        "seal_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("log", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False, comment="この記録の名"),
        sa.Column("at", sa.DateTime(timezone=True), **moment, comment="最後に見終えた時"),
        sa.Column("watermark", sa.BigInteger(), server_default="0", nullable=False, comment="これより前の取引はすべて封印済み"),
        sa.Column("size", sa.BigInteger(), server_default="0", nullable=False, comment="封印した件数"),
        sa.Column("frontier", sa.LargeBinary(), server_default="", nullable=False, comment="木の前線"),
        sa.CheckConstraint("id = 1", name=op.f("ck_seal_state_there_is_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seal_state")))


def _disposal_tables() -> None:
    op.create_table(
        "disposal",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="記録の種類"),
        sa.Column("cutoff", sa.Date(), nullable=False, comment="この日より前に終わったもの"),
        sa.Column("period", sa.Text(), nullable=False, comment="保存期間と根拠"),
        sa.Column("state", sa.Text(), server_default="listed", nullable=False, comment="状態"),
        sa.Column("units", sa.Integer(), nullable=False, comment="件数"),
        sa.Column("row_count", sa.Integer(), nullable=False, comment="行数"),
        sa.Column("rows_sha256", sa.Text(), nullable=False, comment="対象のハッシュ"),
        sa.Column("leaves_below", sa.BigInteger(), nullable=True, comment="この葉より前の操作記録"),
        sa.Column("listed_by", sa.Integer(), nullable=False, comment="一覧を作った人"),
        sa.Column("decided_by", sa.Integer(), nullable=True, comment="承認した人"),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True, comment="承認日時"),
        sa.Column("decision_reason", sa.String(length=400), nullable=True, comment="却下の理由"),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True, comment="廃棄日時"),
        sa.Column("counts", postgresql.JSONB(), nullable=True, comment="表ごとに消した行数"),
        sa.Column("files", postgresql.JSONB(), nullable=True, comment="まだ消していないファイル"),
        *_record(),
        sa.CheckConstraint("state IN ('listed', 'approved', 'rejected', 'done')", name=op.f("ck_disposal_state_is_known")),
        sa.CheckConstraint("decided_by IS NULL OR decided_by <> listed_by", name=op.f("ck_disposal_lister_does_not_approve")),
        sa.CheckConstraint("(state = 'listed') = (decided_by IS NULL)", name=op.f("ck_disposal_decided_by_somebody")),
        sa.CheckConstraint("(state = 'done') = (counts IS NOT NULL)", name=op.f("ck_disposal_done_with_its_proof")),
        sa.ForeignKeyConstraint(["listed_by"], ["ab_user.id"], name=op.f("fk_disposal_listed_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["ab_user.id"], name=op.f("fk_disposal_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposal")))
    op.create_index("uq_disposal_open", "disposal", ["kind"], unique=True,
                    postgresql_where=sa.text("state IN ('listed', 'approved')"))
    op.create_table(
        "disposal_row",
        sa.Column("disposal_id", sa.BigInteger(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False, comment="表"),
        sa.Column("row_id", sa.BigInteger(), autoincrement=False, nullable=False, comment="行"),
        sa.ForeignKeyConstraint(["disposal_id"], ["disposal.id"], name=op.f("fk_disposal_row_disposal_id")),
        sa.PrimaryKeyConstraint("disposal_id", "table_name", "row_id", name=op.f("pk_disposal_row")))


def _request_tables() -> None:
    op.create_table(
        "subject_request",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False, comment="請求番号"),
        sa.Column("kind", sa.Text(), nullable=False, comment="請求の種類"),
        sa.Column("state", sa.Text(), server_default="received", nullable=False, comment="状態"),
        sa.Column("recipient_id", sa.BigInteger(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False, comment="請求日"),
        sa.Column("received_by", sa.Integer(), nullable=False, comment="受け付けた人"),
        sa.Column("requester", sa.Text(), nullable=False, comment="請求者"),
        sa.Column("requester_name", sa.String(length=100), nullable=True, comment="代理人の氏名"),
        sa.Column("wish", sa.String(length=400), nullable=False, comment="請求の内容"),
        sa.Column("due_on", sa.Date(), nullable=False, comment="決定の期限"),
        sa.Column("extension_reason", sa.String(length=400), nullable=True, comment="期限を延ばした理由"),
        sa.Column("identity_proof", sa.String(length=10), nullable=True, comment="本人確認の書類"),
        sa.Column("identified_by", sa.Integer(), nullable=True, comment="本人を確かめた人"),
        sa.Column("identified_on", sa.Date(), nullable=True, comment="本人を確かめた日"),
        sa.Column("decision", sa.Text(), nullable=True, comment="決定"),
        sa.Column("decision_reason", sa.String(length=400), nullable=True, comment="決定の理由・範囲"),
        sa.Column("decided_by", sa.Integer(), nullable=True, comment="決定した人"),
        sa.Column("decided_on", sa.Date(), nullable=True, comment="決定日"),
        sa.Column("handed_over_by", sa.Integer(), nullable=True, comment="渡した人"),
        sa.Column("handed_over_on", sa.Date(), nullable=True, comment="渡した日"),
        sa.Column("package_sha256", sa.Text(), nullable=True, comment="渡した写しのSHA-256"),
        sa.Column("left_out", postgresql.JSONB(), nullable=True, comment="渡さない記録"),
        *_record(),
        *(sa.CheckConstraint(text, name=op.f(f"ck_subject_request_{name}")) for name, text in (
            ("kind_is_known", "kind IN ('disclosure', 'correction', 'stop_use')"),
            ("state_is_known", "state IN ('received', 'identified', 'decided', 'handed_over', 'withdrawn')"),
            ("requester_is_known", "requester IN ('self', 'legal', 'agent')"),
            ("decision_is_known", "decision IN ('whole', 'part', 'none')"),
            ("identity_comes_first", "state IN ('received', 'withdrawn') OR identified_by IS NOT NULL"),
            ("decided_by_somebody", "(state IN ('decided', 'handed_over')) = (decided_by IS NOT NULL)"),
            ("another_decides", "decided_by IS NULL OR decided_by <> identified_by"),
            ("a_no_has_its_reason", "decision IS NULL OR decision = 'whole' OR decision_reason IS NOT NULL"),
            ("handed_over_by_somebody", "(state = 'handed_over') = (handed_over_by IS NOT NULL)"))),
        *(sa.ForeignKeyConstraint([column], ["ab_user.id"], name=op.f(f"fk_subject_request_{column}"))
          for column in ("received_by", "identified_by", "decided_by", "handed_over_by")),
        sa.ForeignKeyConstraint(["recipient_id"], ["recipient.id"], name=op.f("fk_subject_request_recipient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject_request")),
        sa.UniqueConstraint("number", name=op.f("uq_subject_request_number")))
    op.create_index("ix_subject_request_recipient", "subject_request", ["recipient_id", "id"])
    op.create_table(
        "request_correction",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column("correction_id", sa.BigInteger(), nullable=False),
        *_record(),
        sa.ForeignKeyConstraint(["request_id"], ["subject_request.id"], name=op.f("fk_request_correction_request_id")),
        sa.ForeignKeyConstraint(["correction_id"], ["correction.id"], name=op.f("fk_request_correction_correction_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_correction")),
        sa.UniqueConstraint("correction_id", name=op.f("uq_request_correction_correction_id")))
    op.create_index(op.f("ix_request_correction_request_id"), "request_correction", ["request_id"])


def downgrade() -> None:
    raise RuntimeError("records are never dropped; restore a backup instead")
