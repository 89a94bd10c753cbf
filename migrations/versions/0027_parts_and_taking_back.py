"""A claim may be decided in parts, and what was granted may be taken back by two people until a run pays it.

Revision ID: 0027
Revises: 0026
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

# What procedures.reimbursement_progress allows; a test compares the two.
MOVES = {"registered": ["calculated", "withdrawn"], "calculated": ["calculated", "drafted", "withdrawn"],
         "drafted": ["calculated", "granted", "held", "refused"], "held": ["calculated", "withdrawn"],
         "granted": ["paid", "calculated"], "paid": ["returned"], "returned": ["granted"]}

GUARDS = """
CREATE OR REPLACE FUNCTION claim_moves(state text) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce('%(moves)s'::jsonb -> state, '[]'::jsonb)
$$;

-- 支給決定の取消: by the word of two people about that very decision, and never once a run pays it or a bank was told to.
CREATE FUNCTION guard_taking_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM payment_decision WHERE claim_id = NEW.id AND is_current AND taken_back_by IS NOT NULL) THEN
    RAISE EXCEPTION 'what was granted is taken back by two people' USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM payment_order WHERE claim_id = NEW.id AND state <> 'cancelled') THEN
    RAISE EXCEPTION 'what a payment run orders is never taken back' USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM reimbursement_bill WHERE claim_id = NEW.id AND is_granted) THEN
    RAISE EXCEPTION 'a bill is granted with its claim' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER claim_is_taken_back_by_two BEFORE UPDATE OF state ON reimbursement_claim
  FOR EACH ROW WHEN (OLD.state = 'granted' AND NEW.state = 'calculated') EXECUTE FUNCTION guard_taking_back();
CREATE FUNCTION demand_standing_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM payment_decision WHERE claim_id = NEW.id AND is_current AND taken_back_by IS NOT NULL) THEN
    RAISE EXCEPTION 'a decision that was taken back decides nothing' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER claim_stands_on_a_standing_decision BEFORE UPDATE OF state ON reimbursement_claim
  FOR EACH ROW WHEN (OLD.state = 'drafted' AND NEW.state <> 'calculated') EXECUTE FUNCTION demand_standing_decision();

-- 支給決定: never changed once signed; that it is taken back is written beside it, asked first, then confirmed, once.
CREATE OR REPLACE FUNCTION guard_payment_decision() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE beside text[] := ARRAY['is_current', 'version', 'take_back_asked_by', 'take_back_asked_on', 'take_back_reason', 'taken_back_by', 'taken_back_on'];
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.sign_off <> '0' OR NEW.take_back_asked_by IS NOT NULL THEN
      RAISE EXCEPTION 'a payment decision begins as a draft' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' OR (OLD.sign_off = '1' AND (NOT OLD.is_current OR to_jsonb(NEW) - beside <> to_jsonb(OLD) - beside)) THEN
    RAISE EXCEPTION 'a signed payment decision is never changed' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.taken_back_by IS NOT NULL AND to_jsonb(NEW) - 'is_current' - 'version' <> to_jsonb(OLD) - 'is_current' - 'version' THEN
    RAISE EXCEPTION 'what was taken back stays so' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.taken_back_by IS NOT NULL AND OLD.take_back_asked_by IS NULL THEN
    RAISE EXCEPTION 'one person asks before another takes back' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.taken_back_by IS NOT NULL AND (NEW.take_back_asked_by, NEW.take_back_asked_on, NEW.take_back_reason)
      IS DISTINCT FROM (OLD.take_back_asked_by, OLD.take_back_asked_on, OLD.take_back_reason) THEN
    RAISE EXCEPTION 'what is confirmed is what was asked' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

-- 領収と月: as before; and a line goes to another part only from a claim that is still open.
CREATE OR REPLACE FUNCTION guard_claim_line() RETURNS trigger LANGUAGE plpgsql AS $$
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
  IF TG_OP = 'UPDATE' AND NEW.claim_id <> OLD.claim_id AND NOT EXISTS (
      SELECT 1 FROM reimbursement_claim a JOIN reimbursement_claim b ON b.sheet_id = a.sheet_id
        WHERE a.id = OLD.claim_id AND b.id = NEW.claim_id AND a.state IN ('registered', 'calculated', 'held')) THEN
    RAISE EXCEPTION 'a line goes between parts of one claim, as long as they are open' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
"""


def upgrade() -> None:
    claim, decided = "reimbursement_claim", "payment_decision"
    op.add_column(claim, sa.Column("part", sa.Integer(), server_default="1", nullable=False, comment="枝番"))
    op.drop_constraint(op.f(f"uq_{claim}_sheet_id"), claim)
    op.create_unique_constraint(op.f(f"uq_{claim}_sheet_id_part"), claim, ["sheet_id", "part"])
    op.create_check_constraint(op.f(f"ck_{claim}_parts_count_from_one"), claim, "part >= 1")
    for name, kind, comment in (
            ("take_back_asked_by", sa.Integer(), "取消の依頼者"), ("take_back_asked_on", sa.Date(), "取消の依頼日"),
            ("take_back_reason", sa.String(length=400), "取消の理由"), ("taken_back_by", sa.Integer(), "取消の承認者"),
            ("taken_back_on", sa.Date(), "取消日")):
        op.add_column(decided, sa.Column(name, kind, nullable=True, comment=comment))
    for name in ("take_back_asked_by", "taken_back_by"):
        op.create_foreign_key(op.f(f"fk_{decided}_{name}"), decided, "ab_user", [name], ["id"])
    for name, rule in (
            ("taking_back_has_a_reason", "(take_back_asked_by IS NULL) = (take_back_asked_on IS NULL) AND "
                                         "(take_back_asked_by IS NULL) = (take_back_reason IS NULL)"),
            ("taken_back_by_a_second_person", "(taken_back_by IS NULL) = (taken_back_on IS NULL) AND (taken_back_by IS NULL OR "
                                              "(take_back_asked_by IS NOT NULL AND taken_back_by <> take_back_asked_by))"),
            ("only_what_was_granted_is_taken_back", "take_back_asked_by IS NULL OR (result = 'pay' AND sign_off = '1')")):
        op.create_check_constraint(op.f(f"ck_{decided}_{name}"), decided, rule)
    op.execute(sa.text((GUARDS % {"moves": json.dumps(MOVES)}).replace(":", "\\:")))


def downgrade() -> None:
    raise RuntimeError("records are never dropped; restore a backup instead")
