"""Money back: bills and months of a claim, its calculation, the payment decision of two persons.

Revision ID: 0012
Revises: 0011
"""

import json

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import SchemaItem

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# What procedures.reimbursement_progress allows; a test compares the two.
MOVES = {"registered": ["calculated", "withdrawn"], "calculated": ["calculated", "drafted", "withdrawn"],
         "drafted": ["calculated", "granted", "held", "refused"], "held": ["calculated", "withdrawn"],
         "granted": ["paid"], "paid": ["returned"], "returned": ["granted"]}
GRANTED = "('granted', 'paid', 'returned')"
KEPT = ("reimbursement_bill", "reimbursement_month", "payment_decision")

GUARDS = """
-- 償還払の処理状況: the order of the office; a result needs the signature of a second person over that very amount.
CREATE FUNCTION claim_moves(state text) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce('%(moves)s'::jsonb -> state, '[]'::jsonb)
$$;
CREATE FUNCTION guard_claim() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE decided payment_decision;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a claim is never deleted' USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'registered' OR num_nonnulls(NEW.planned_yen, NEW.decision_date, NEW.decision_reason) > 0 THEN
      RAISE EXCEPTION 'a claim begins undecided' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.state <> OLD.state AND NOT claim_moves(OLD.state) ? NEW.state THEN
    RAISE EXCEPTION 'a claim does not go from %% to %%', OLD.state, NEW.state USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state <> OLD.state AND OLD.state = 'drafted' AND NEW.state <> 'calculated' THEN
    SELECT * INTO decided FROM payment_decision WHERE claim_id = NEW.id AND is_current AND sign_off = '1';
    IF decided.id IS NULL OR decided.result <> (CASE NEW.state WHEN 'granted' THEN 'pay' WHEN 'held' THEN 'hold'
        ELSE 'refuse' END) OR decided.amount_yen <> coalesce(NEW.planned_yen, 0) THEN
      RAISE EXCEPTION 'the result of a claim is what was signed' USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  IF NEW.state = OLD.state AND (NEW.certification, NEW.planned_yen, NEW.decision_date, NEW.decision_reason)
      IS DISTINCT FROM (OLD.certification, OLD.planned_yen, OLD.decision_date, OLD.decision_reason) THEN
    RAISE EXCEPTION 'what was decided about a claim changes by a decision only' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.state IN ('drafted', 'granted', 'paid', 'returned', 'refused')
      AND (NEW.claimed_yen, NEW.recipient_id) IS DISTINCT FROM (OLD.claimed_yen, OLD.recipient_id) THEN
    RAISE EXCEPTION 'what is drafted or decided keeps its amount and its person' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.state = 'paid' AND NEW.state = 'paid'
      AND (NEW.bank, NEW.bank_branch, NEW.account_kind, NEW.account_number, NEW.account_holder_kana)
      IS DISTINCT FROM (OLD.bank, OLD.bank_branch, OLD.account_kind, OLD.account_number, OLD.account_holder_kana) THEN
    RAISE EXCEPTION 'the account that was paid is history' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER claim_is_guarded BEFORE INSERT OR UPDATE OR DELETE ON reimbursement_claim
  FOR EACH ROW EXECUTE FUNCTION guard_claim();

-- 領収と月: they may be put right until something is drafted on them; after that only the mark of the grant moves.
CREATE FUNCTION guard_claim_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE standing text;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a line of a claim is never deleted' USING ERRCODE = 'check_violation';
  END IF;
  SELECT state INTO standing FROM reimbursement_claim WHERE id = NEW.claim_id;
  IF standing NOT IN ('registered', 'calculated', 'held') AND (TG_OP = 'INSERT' OR
      to_jsonb(NEW) - 'is_granted' - 'version' <> to_jsonb(OLD) - 'is_granted' - 'version') THEN
    RAISE EXCEPTION 'the lines of a claim stand once it is drafted' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER reimbursement_bill_is_guarded BEFORE INSERT OR UPDATE OR DELETE ON reimbursement_bill
  FOR EACH ROW EXECUTE FUNCTION guard_claim_line();
CREATE TRIGGER reimbursement_month_is_guarded BEFORE INSERT OR UPDATE OR DELETE ON reimbursement_month
  FOR EACH ROW EXECUTE FUNCTION guard_claim_line();
CREATE FUNCTION demand_granted_claim() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM reimbursement_claim WHERE id = NEW.claim_id AND state IN ('granted', 'paid', 'returned')) THEN
    RAISE EXCEPTION 'a bill is granted with its claim' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER reimbursement_bill_is_granted_with_its_claim BEFORE INSERT OR UPDATE OF is_granted ON reimbursement_bill
  FOR EACH ROW WHEN (NEW.is_granted) EXECUTE FUNCTION demand_granted_claim();

CREATE TRIGGER reimbursement_calculation_is_kept BEFORE UPDATE OR DELETE ON reimbursement_calculation
  FOR EACH ROW EXECUTE FUNCTION refuse_any_change();

-- 支給決定: drafted first, signed once, never changed after.
CREATE FUNCTION guard_payment_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.sign_off <> '0' THEN
      RAISE EXCEPTION 'a payment decision begins as a draft' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' OR (OLD.sign_off = '1' AND (NOT OLD.is_current OR
      to_jsonb(NEW) - 'is_current' - 'version' <> to_jsonb(OLD) - 'is_current' - 'version')) THEN
    RAISE EXCEPTION 'a signed payment decision is never changed' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER payment_decision_is_guarded BEFORE INSERT OR UPDATE OR DELETE ON payment_decision
  FOR EACH ROW EXECUTE FUNCTION guard_payment_decision();
"""


def _record(*columns: SchemaItem) -> tuple[SchemaItem, ...]:
    """The columns of a record: its number in front, when it came to be and its version behind."""
    own = [each for each in columns if isinstance(each, sa.Column)]
    rules = [each for each in columns if not isinstance(each, sa.Column)]
    return (sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False), *own,
            sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False,
                      comment="登録日時"),
            sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment="版"), *rules)


def _foreign(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    _claim()
    _lines()
    _decisions()
    op.add_column("letter", sa.Column("claim_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_letter_claim_id"), "letter", "reimbursement_claim", ["claim_id"], ["id"])
    op.create_index(op.f("ix_letter_claim_id"), "letter", ["claim_id"])
    op.execute(sa.text((GUARDS % {"moves": json.dumps(MOVES)}).replace(":", "\\:")))
    for table in KEPT:
        for event in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER {table}_keeps_history_on_{event.lower()} AFTER {event} ON {table} "
                       "REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION keep_history()")


def _claim() -> None:
    for name, kind, comment in (
            ("postal_symbol", sa.String(length=30), "ゆうちょ記号"), ("postal_number", sa.String(length=30), "ゆうちょ番号"),
            ("holder", sa.Text(), "口座名義人と受給者の関係"), ("proxy_note", sa.String(length=400), "委任状の確認"),
            ("withdrawn_reason", sa.String(length=400), "取下げの理由")):
        op.add_column("reimbursement_claim", sa.Column(name, kind, nullable=True, comment=comment))
    op.add_column("reimbursement_claim", sa.Column("state", sa.Text(), server_default="registered", nullable=False,
                                                   comment="処理状況"))
    for name, rule in (
            ("state_is_known", "state IN ('registered', 'calculated', 'drafted', 'held', 'granted', 'paid', 'returned', "
                               "'refused', 'withdrawn')"),
            ("granted_is_complete", f"state NOT IN {GRANTED} OR (planned_yen BETWEEN 1 AND claimed_yen AND "
                                    "certification IN ('1', '2') AND decision_date IS NOT NULL AND recipient_id IS NOT NULL "
                                    "AND holder IS NOT NULL AND account_holder_kana IS NOT NULL)"),
            ("only_a_granted_claim_is_planned", f"planned_yen IS NULL OR state IN {GRANTED}"),
            ("holder_is_known", "holder IN ('patient', 'applicant', 'proxy')"),
            ("a_proxy_has_a_letter", "holder <> 'proxy' OR proxy_note IS NOT NULL")):
        op.create_check_constraint(op.f(f"ck_reimbursement_claim_{name}"), "reimbursement_claim", rule)
    op.create_index("ix_reimbursement_claim_waiting", "reimbursement_claim", ["state", "acceptance_date", "id"])


def _lines() -> None:
    bill, month = "reimbursement_bill", "reimbursement_month"
    op.create_table(bill, *_record(
        sa.Column("claim_id", sa.BigInteger(), nullable=False), sa.Column("recipient_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False, comment="行番号"),
        sa.Column("treated_on", sa.Date(), nullable=False, comment="診療日"),
        sa.Column("treated_to", sa.Date(), nullable=True, comment="診療日(最終日)"),
        sa.Column("setting", sa.String(length=10), nullable=False, comment="入外別(証明書)"),
        sa.Column("facility_number", sa.String(length=30), nullable=False, comment="医療機関番号(証明書)"),
        sa.Column("total_yen", sa.BigInteger(), nullable=False, comment="医療費総額(10割)"),
        sa.Column("insured_share", sa.String(length=10), nullable=False, comment="負担割合"),
        sa.Column("paid_yen", sa.BigInteger(), nullable=False, comment="支払額(食事を除く)"),
        sa.Column("meal_yen", sa.BigInteger(), nullable=True, comment="食事療養標準負担額"),
        sa.Column("exclusion", sa.String(length=10), nullable=True, comment="対象外の理由"),
        sa.Column("exclusion_note", sa.String(length=400), nullable=True, comment="対象外とした根拠"),
        sa.Column("overlap_note", sa.String(length=400), nullable=True, comment="重複の確認"),
        sa.Column("is_granted", sa.Boolean(), server_default="false", nullable=False, comment="支給に含む"),
        sa.CheckConstraint("total_yen > 0 AND paid_yen BETWEEN 0 AND total_yen AND meal_yen >= 0",
                           name=op.f(f"ck_{bill}_amounts_are_possible")),
        sa.CheckConstraint("treated_to >= treated_on AND date_trunc('month', treated_to::timestamp) = "
                           "date_trunc('month', treated_on::timestamp)", name=op.f(f"ck_{bill}_days_of_one_month")),
        sa.CheckConstraint("exclusion IS NULL OR (exclusion_note IS NOT NULL AND NOT is_granted)",
                           name=op.f(f"ck_{bill}_an_exclusion_says_why")),
        _foreign(bill, "claim_id", "reimbursement_claim.id"), _foreign(bill, "recipient_id", "recipient.id"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{bill}")),
        sa.UniqueConstraint("claim_id", "position", name=op.f(f"uq_{bill}_claim_id_position"))))
    op.create_index(op.f(f"ix_{bill}_claim_id"), bill, ["claim_id"])
    op.create_index("uq_reimbursement_bill_granted", bill, ["recipient_id", "treated_on", "facility_number", "setting",
                                                            "total_yen"], unique=True, postgresql_where=sa.text("is_granted"))
    op.create_index("ix_reimbursement_bill_facility", bill, ["recipient_id", "facility_number"])
    op.create_table(month, *_record(
        sa.Column("claim_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False, comment="行番号"),
        sa.Column("treatment_month", sa.String(length=7), nullable=False, comment="診療年月(月別)"),
        sa.Column("high_cost", sa.String(length=10), nullable=True, comment="高額療養費の状況"),
        sa.Column("high_cost_yen", sa.BigInteger(), nullable=True, comment="支給額(高額療養費)"),
        sa.Column("ledger_yen", sa.BigInteger(), nullable=True, comment="管理票の累積額"),
        sa.Column("decided_yen", sa.BigInteger(), nullable=True, comment="高額療養費の決定額"),
        sa.Column("decided_on", sa.Date(), nullable=True, comment="高額療養費を確かめた日"),
        sa.Column("decided_source", sa.String(length=400), nullable=True, comment="高額療養費の根拠"),
        sa.CheckConstraint("(decided_yen IS NULL) = (decided_on IS NULL) AND (decided_yen IS NULL) = "
                           "(decided_source IS NULL)", name=op.f(f"ck_{month}_a_decision_has_day_and_source")),
        _foreign(month, "claim_id", "reimbursement_claim.id"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{month}")),
        sa.UniqueConstraint("claim_id", "position", name=op.f(f"uq_{month}_claim_id_position")),
        sa.UniqueConstraint("claim_id", "treatment_month", name=op.f(f"uq_{month}_claim_id_treatment_month"))))
    op.create_index(op.f(f"ix_{month}_claim_id"), month, ["claim_id"])


def _decisions() -> None:
    counted, decided = "reimbursement_calculation", "payment_decision"
    op.create_table(counted, *_record(
        sa.Column("claim_id", sa.BigInteger(), nullable=False), sa.Column("number", sa.Integer(), nullable=False, comment="回"),
        sa.Column("calculated_on", sa.Date(), nullable=False, comment="算定日"),
        sa.Column("calculated_by", sa.Integer(), nullable=False, comment="算定者"),
        sa.Column("decision", sa.Text(), nullable=False, comment="算定の結果"),
        sa.Column("refund_yen", sa.BigInteger(), nullable=False, comment="算定額"),
        sa.Column("reason", sa.String(length=10), nullable=False, comment="主な理由"),
        sa.Column("figures_row", sa.Integer(), nullable=False, comment="使った数字の最後の行"),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="算定の内容"),
        sa.CheckConstraint("decision IN ('pay', 'hold', 'refuse')", name=op.f(f"ck_{counted}_decision_is_known")),
        sa.CheckConstraint("refund_yen >= 0 AND (decision = 'pay') = (refund_yen > 0)",
                           name=op.f(f"ck_{counted}_only_a_payment_has_an_amount")),
        _foreign(counted, "claim_id", "reimbursement_claim.id"), _foreign(counted, "calculated_by", "ab_user.id"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{counted}")),
        sa.UniqueConstraint("claim_id", "number", name=op.f(f"uq_{counted}_claim_id_number"))))
    op.create_table(decided, *_record(
        sa.Column("claim_id", sa.BigInteger(), nullable=False), sa.Column("calculation_id", sa.BigInteger(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False, comment="起案の結果"),
        sa.Column("amount_yen", sa.BigInteger(), server_default="0", nullable=False, comment="支給額"),
        sa.Column("reason", sa.String(length=10), nullable=False, comment="支給決定理由"),
        sa.Column("remarks", sa.String(length=400), nullable=True, comment="起案の補足"),
        sa.Column("draft_date", sa.Date(), nullable=False, comment="起案日"),
        sa.Column("drafted_by", sa.Integer(), nullable=False, comment="起案者"),
        sa.Column("sign_off", sa.String(length=10), server_default="0", nullable=False, comment="決裁区分"),
        sa.Column("sign_off_date", sa.Date(), nullable=True, comment="決裁日"),
        sa.Column("signed_by", sa.Integer(), nullable=True, comment="決裁者"),
        sa.Column("sent_back_reason", sa.String(length=400), nullable=True, comment="差戻しの理由"),
        sa.Column("is_current", sa.Boolean(), server_default="true", nullable=False, comment="いまの起案"),
        sa.CheckConstraint("result IN ('pay', 'refuse', 'hold')", name=op.f(f"ck_{decided}_result_is_known")),
        sa.CheckConstraint("(result = 'pay') = (amount_yen > 0) AND amount_yen >= 0",
                           name=op.f(f"ck_{decided}_only_a_payment_has_an_amount")),
        sa.CheckConstraint("signed_by IS NULL OR signed_by <> drafted_by", name=op.f(f"ck_{decided}_drafter_does_not_sign_off")),
        sa.CheckConstraint("sign_off IN ('0', '1', '2') AND (sign_off = '1') = (signed_by IS NOT NULL) AND "
                           "(signed_by IS NULL) = (sign_off_date IS NULL)", name=op.f(f"ck_{decided}_sign_off_has_a_signer")),
        sa.CheckConstraint("(sign_off = '2') = (sent_back_reason IS NOT NULL)",
                           name=op.f(f"ck_{decided}_what_is_sent_back_says_why")),
        _foreign(decided, "claim_id", "reimbursement_claim.id"),
        _foreign(decided, "calculation_id", "reimbursement_calculation.id"),
        _foreign(decided, "drafted_by", "ab_user.id"), _foreign(decided, "signed_by", "ab_user.id"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{decided}"))))
    op.create_index(op.f(f"ix_{decided}_claim_id"), decided, ["claim_id"])
    op.create_index("uq_payment_decision_current", decided, ["claim_id"], unique=True, postgresql_where=sa.text("is_current"))


def downgrade() -> None:
    raise RuntimeError("records are never dropped; restore a backup instead")
