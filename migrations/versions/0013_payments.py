"""Payments: runs released by a second person, their orders as sent, what the bank returned.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import SchemaItem

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

GUARDS = """
-- 支払回: made → released → sent, or made → cancelled; what it pays is fixed when it is made.
CREATE FUNCTION guard_payment_batch() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE orders bigint; yen bigint; moved bigint;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a payment run is never deleted' USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'made' THEN
      RAISE EXCEPTION 'a payment run begins unreleased' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF (NEW.number, NEW.transfer_date, NEW.order_count, NEW.total_yen, NEW.sha256, NEW.consignor, NEW.made_by, NEW.made_at)
      IS DISTINCT FROM (OLD.number, OLD.transfer_date, OLD.order_count, OLD.total_yen, OLD.sha256, OLD.consignor, OLD.made_by,
                        OLD.made_at) THEN
    RAISE EXCEPTION 'what a payment run pays is never changed' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = OLD.state THEN
    IF to_jsonb(NEW) - 'version' <> to_jsonb(OLD) - 'version' THEN
      RAISE EXCEPTION 'a payment run changes by its steps only' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF NOT ((OLD.state, NEW.state) IN (('made', 'released'), ('made', 'cancelled'), ('released', 'sent'))) THEN
    RAISE EXCEPTION 'a payment run does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = 'sent' AND (NEW.released_by, NEW.released_at) IS DISTINCT FROM (OLD.released_by, OLD.released_at) THEN
    RAISE EXCEPTION 'who released a payment run is never changed' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = 'released' THEN
    SELECT count(*), coalesce(sum(o.yen), 0), count(*) FILTER (
        WHERE (c.bank, c.bank_branch, c.account_kind, c.account_number) IS DISTINCT FROM
              (o.bank, o.branch, o.account_kind, o.account_number) OR c.planned_yen IS DISTINCT FROM o.yen OR c.state <> 'granted')
      INTO orders, yen, moved
      FROM payment_order o JOIN reimbursement_claim c ON c.id = o.claim_id WHERE o.batch_id = NEW.id AND o.state = 'ordered';
    IF orders <> NEW.order_count OR yen <> NEW.total_yen OR moved > 0 THEN
      RAISE EXCEPTION 'a payment run is released as it was made' USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER payment_batch_is_guarded BEFORE INSERT OR UPDATE OR DELETE ON payment_batch
  FOR EACH ROW EXECUTE FUNCTION guard_payment_batch();

-- 振込: only for a claim that was granted, over that very amount; afterwards only its state moves.
CREATE FUNCTION guard_payment_order() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE run text;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a payment order is never deleted' USING ERRCODE = 'check_violation';
  END IF;
  SELECT state INTO run FROM payment_batch WHERE id = NEW.batch_id;
  IF TG_OP = 'INSERT' THEN
    IF run <> 'made' OR NEW.state <> 'ordered' OR NOT EXISTS (
        SELECT 1 FROM reimbursement_claim WHERE id = NEW.claim_id AND state = 'granted' AND planned_yen = NEW.yen
          AND recipient_id = NEW.recipient_id) THEN
      RAISE EXCEPTION 'only what was granted is ordered, as it was granted' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF to_jsonb(NEW) - 'state' - 'version' <> to_jsonb(OLD) - 'state' - 'version' THEN
    RAISE EXCEPTION 'a payment order is never changed' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state <> OLD.state AND NOT (OLD.state = 'ordered' AND (
      (NEW.state = 'cancelled' AND run = 'cancelled') OR (NEW.state = 'returned' AND run IN ('released', 'sent')))) THEN
    RAISE EXCEPTION 'a payment order does not go from % to % in a run that is %', OLD.state, NEW.state, run
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER payment_order_is_guarded BEFORE INSERT OR UPDATE OR DELETE ON payment_order
  FOR EACH ROW EXECUTE FUNCTION guard_payment_order();

-- 請求: paid is what a released run orders; returned is what came back; back to granted only with the reason put right.
CREATE FUNCTION demand_payment_of_claim() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.state = 'paid') <> EXISTS (SELECT 1 FROM payment_order o JOIN payment_batch b ON b.id = o.batch_id
        WHERE o.claim_id = NEW.id AND o.state = 'ordered' AND b.state IN ('released', 'sent')) THEN
    RAISE EXCEPTION 'a claim is paid by a released run and by nothing else' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.state = 'returned' AND EXISTS (SELECT 1 FROM payment_return r JOIN payment_order o ON o.id = r.order_id
        WHERE o.claim_id = NEW.id AND r.requeued_at IS NULL) THEN
    RAISE EXCEPTION 'what came back is paid again only after its reason was put right' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER claim_is_paid_by_a_run BEFORE UPDATE OF state ON reimbursement_claim
  FOR EACH ROW WHEN (NEW.state IS DISTINCT FROM OLD.state AND (NEW.state IN ('paid', 'returned') OR OLD.state IN ('paid', 'returned')))
  EXECUTE FUNCTION demand_payment_of_claim();

-- 振込不能: of an order that came back; put back into payment once, with another account or by a second person's word.
CREATE FUNCTION guard_payment_return() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.requeued_at IS NOT NULL OR NOT EXISTS (SELECT 1 FROM payment_order WHERE id = NEW.order_id AND state = 'returned') THEN
      RAISE EXCEPTION 'a return is of an order that came back' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' OR OLD.requeued_at IS NOT NULL OR
      to_jsonb(NEW) - 'requeued_by' - 'requeued_at' - 'requeue_note' - 'version' <>
      to_jsonb(OLD) - 'requeued_by' - 'requeued_at' - 'requeue_note' - 'version' THEN
    RAISE EXCEPTION 'a return is never changed' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.requeued_at IS NOT NULL AND NEW.requeue_note IS NULL AND EXISTS (
      SELECT 1 FROM payment_order o JOIN reimbursement_claim c ON c.id = o.claim_id WHERE o.id = NEW.order_id
        AND NOT EXISTS (SELECT 1 FROM correction k WHERE k.table_name = 'reimbursement_claim' AND k.row_id = c.id
                          AND k.state = 'approved' AND k.decided_at >= NEW.registered_at)) THEN
    RAISE EXCEPTION 'an account that stayed the same needs a second person' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER payment_return_is_guarded BEFORE INSERT OR UPDATE OR DELETE ON payment_return
  FOR EACH ROW EXECUTE FUNCTION guard_payment_return();
CREATE TRIGGER returned_list_is_kept BEFORE UPDATE OR DELETE ON returned_list
  FOR EACH ROW EXECUTE FUNCTION refuse_any_change();
"""


def _table(name: str, *columns: SchemaItem) -> None:
    own = [each for each in columns if isinstance(each, sa.Column)]
    rules = [each for each in columns if not isinstance(each, sa.Column)]
    op.create_table(
        name, sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False), *own,
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False, comment="登録日時"),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment="版"),
        *rules, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")))


def _column(name: str, kind: sa.types.TypeEngine, comment: str, *, nullable: bool = False, default: str | None = None) -> sa.Column:
    return sa.Column(name, kind, nullable=nullable, comment=comment, server_default=default)


def _checks(table: str, rules: dict[str, str]) -> list[sa.CheckConstraint]:
    return [sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in rules.items()]


def _keys(table: str, targets: dict[str, str]) -> list[sa.ForeignKeyConstraint]:
    return [sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))
            for column, target in targets.items()]


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))


NUMBER, KANA, CODE, NOTE = sa.String(length=30), sa.String(length=100), sa.String(length=10), sa.String(length=400)
WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    _batches()
    _orders()
    _returns()
    op.execute(sa.text(GUARDS.replace(":", "\\:")))


def _batches() -> None:
    table = "payment_batch"
    _table(
        table, _column("number", sa.Integer(), "支払回の番号"), _column("transfer_date", sa.Date(), "振込指定日"),
        _column("state", sa.Text(), "状態", default="made"), _column("order_count", sa.Integer(), "件数"),
        _column("total_yen", sa.BigInteger(), "合計金額"), _column("sha256", sa.Text(), "振込データのSHA-256"),
        _column("consignor", postgresql.JSONB(astext_type=sa.Text()), "委託者(作成時)"),
        _column("made_by", sa.Integer(), "作成者"), _column("made_at", WHEN, "作成日時"),
        _column("released_by", sa.Integer(), "承認者", nullable=True), _column("released_at", WHEN, "承認日時", nullable=True),
        _column("sent_how", sa.Text(), "渡し方", nullable=True), _column("sent_at", WHEN, "銀行に渡した日時", nullable=True),
        _column("cancelled_by", sa.Integer(), "取り消した人", nullable=True),
        _column("cancelled_at", WHEN, "取り消した日時", nullable=True), _column("cancel_reason", NOTE, "取消の理由", nullable=True),
        *_checks(table, {
            "state_is_known": "state IN ('made', 'released', 'sent', 'cancelled')",
            "pays_something": "order_count > 0 AND total_yen > 0", "maker_does_not_release": "released_by <> made_by",
            "released_by_somebody": "(state IN ('released', 'sent')) = (released_by IS NOT NULL) AND "
                                    "(released_by IS NULL) = (released_at IS NULL)",
            "sent_somehow": "(state = 'sent') = (sent_at IS NOT NULL) AND (sent_at IS NULL) = (sent_how IS NULL)",
            "cancelled_by_somebody": "(state = 'cancelled') = (cancelled_by IS NOT NULL) AND (cancelled_by IS NULL) = "
                                     "(cancelled_at IS NULL) AND (cancelled_by IS NULL) = (cancel_reason IS NULL)"}),
        *_keys(table, dict.fromkeys(("made_by", "released_by", "cancelled_by"), "ab_user")), _unique(table, "number"))
    op.create_index("uq_payment_batch_day", table, ["transfer_date"], unique=True, postgresql_where=sa.text("state <> 'cancelled'"))


def _orders() -> None:
    table = "payment_order"
    _table(
        table, _column("batch_id", sa.BigInteger(), "支払回"), _column("position", sa.Integer(), "行番号"),
        _column("number", sa.Integer(), "顧客コード"), _column("claim_id", sa.BigInteger(), "請求"),
        _column("recipient_id", sa.BigInteger(), "受給者"), _column("yen", sa.BigInteger(), "振込金額"),
        _column("bank", NUMBER, "金融機関番号"), _column("bank_name", sa.Text(), "金融機関名"), _column("bank_kana", KANA, "金融機関名カナ"),
        _column("branch", NUMBER, "支店番号"), _column("branch_name", sa.Text(), "支店名"), _column("branch_kana", KANA, "支店名カナ"),
        _column("account_kind", CODE, "預金種別"), _column("account_number", NUMBER, "口座番号"),
        _column("holder_kana", KANA, "受取人名"),
        _column("state", sa.Text(), "状態", default="ordered"),
        *_checks(table, {"state_is_known": "state IN ('ordered', 'cancelled', 'returned')", "pays_something": "yen > 0"}),
        *_keys(table, {"batch_id": "payment_batch", "claim_id": "reimbursement_claim", "recipient_id": "recipient"}),
        _unique(table, "batch_id", "position"), _unique(table, "number"))
    op.create_index("uq_payment_order_live", table, ["claim_id"], unique=True, postgresql_where=sa.text("state = 'ordered'"))
    op.create_index("ix_payment_order_claim_id", table, ["claim_id", "id"])
    op.create_index(op.f("ix_payment_order_recipient_id"), table, ["recipient_id"])


def _returns() -> None:
    lists, table = "returned_list", "payment_return"
    _table(
        lists, _column("batch_id", sa.BigInteger(), "支払回"), _column("file_name", sa.Text(), "ファイル名"),
        _column("sha256", sa.Text(), "SHA-256"), _column("row_count", sa.Integer(), "件数"),
        _column("total_yen", sa.BigInteger(), "合計金額"), _column("read_by", sa.Integer(), "取り込んだ人", nullable=True),
        _column("read_at", WHEN, "取込日時"), *_keys(lists, {"batch_id": "payment_batch", "read_by": "ab_user"}), _unique(lists, "sha256"))
    _table(
        table, _column("order_id", sa.BigInteger(), "振込"), _column("list_id", sa.BigInteger(), "振込不能一覧", nullable=True),
        _column("reason", CODE, "不能理由"), _column("returned_on", sa.Date(), "振込不能の日"),
        _column("note", NOTE, "登録の補足", nullable=True), _column("registered_by", sa.Integer(), "登録者", nullable=True),
        _column("registered_at", WHEN, "登録日時"), _column("requeued_by", sa.Integer(), "支払に戻した人", nullable=True),
        _column("requeued_at", WHEN, "支払に戻した日時", nullable=True),
        _column("requeue_note", NOTE, "口座を変えずに戻す理由", nullable=True),
        *_checks(table, {
            "requeued_by_somebody": "(requeued_by IS NULL) = (requeued_at IS NULL)",
            "unchanged_by_a_second_person": "requeue_note IS NULL OR (requeued_by IS NOT NULL AND requeued_by IS DISTINCT FROM "
                                            "registered_by)"}),
        *_keys(table, {"order_id": "payment_order", "list_id": "returned_list",
                       **dict.fromkeys(("registered_by", "requeued_by"), "ab_user")}), _unique(table, "order_id"))
    op.create_index(op.f("ix_payment_return_list_id"), table, ["list_id"])


def downgrade() -> None:
    raise RuntimeError("records are never dropped; restore a backup instead")
