"""What must never happen is refused by the tables themselves.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

GUARDS = """
-- 二重入力: the second turn only after the first was submitted; what was submitted stays as it is.
CREATE FUNCTION guard_keying() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.turn = 2 AND NOT EXISTS (SELECT 1 FROM keying WHERE sheet_id = NEW.sheet_id AND turn = 1
                                      AND submitted_at IS NOT NULL) THEN
      RAISE EXCEPTION 'the second keying follows a submitted first one' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.submitted_at IS NOT NULL THEN
    RAISE EXCEPTION 'a submitted keying is never changed' USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  IF NEW.sheet_id <> OLD.sheet_id OR NEW.clerk_id <> OLD.clerk_id OR NEW.turn <> OLD.turn THEN
    RAISE EXCEPTION 'a keying stays with its sheet, its turn and its clerk' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keying_is_guarded BEFORE INSERT OR UPDATE OR DELETE ON keying
  FOR EACH ROW EXECUTE FUNCTION guard_keying();

-- 相違: settled by a third person, once.
CREATE FUNCTION guard_difference() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.settled_by IS NOT NULL THEN
    RAISE EXCEPTION 'a settled difference is never changed' USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  IF NEW.settled_by IS NOT NULL AND EXISTS (SELECT 1 FROM keying WHERE sheet_id = NEW.sheet_id
                                              AND clerk_id = NEW.settled_by) THEN
    RAISE EXCEPTION 'who keyed the sheet does not settle it' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER difference_is_guarded BEFORE INSERT OR UPDATE OR DELETE ON difference
  FOR EACH ROW EXECUTE FUNCTION guard_difference();

-- 記録: only from two submitted keyings by two people, with every differing answer settled.
CREATE FUNCTION demand_two_agreeing_keyings() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE one jsonb; two jsonb;
BEGIN
  IF NEW.sheet_id IS NULL THEN RETURN NEW; END IF;
  IF TG_OP = 'UPDATE' AND NEW.sheet_id IS NOT DISTINCT FROM OLD.sheet_id THEN RETURN NEW; END IF;
  SELECT answers INTO one FROM keying WHERE sheet_id = NEW.sheet_id AND turn = 1 AND submitted_at IS NOT NULL;
  SELECT answers INTO two FROM keying WHERE sheet_id = NEW.sheet_id AND turn = 2 AND submitted_at IS NOT NULL;
  IF one IS NULL OR two IS NULL THEN
    RAISE EXCEPTION 'a record needs two submitted keyings' USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM jsonb_object_keys(one || two) AS field
              WHERE one -> field IS DISTINCT FROM two -> field
                AND NOT EXISTS (SELECT 1 FROM difference d WHERE d.sheet_id = NEW.sheet_id AND d.field = field
                                  AND d.settled_by IS NOT NULL)) THEN
    RAISE EXCEPTION 'a record needs every difference settled' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER application_comes_from_agreement BEFORE INSERT OR UPDATE ON application
  FOR EACH ROW EXECUTE FUNCTION demand_two_agreeing_keyings();
CREATE TRIGGER claim_comes_from_agreement BEFORE INSERT OR UPDATE ON reimbursement_claim
  FOR EACH ROW EXECUTE FUNCTION demand_two_agreeing_keyings();

-- 様式: a published version is what somebody may be keying from.
CREATE FUNCTION guard_sheet_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'draft' THEN RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END; END IF;
  IF TG_OP = 'DELETE' OR NEW.definition <> OLD.definition OR NEW.effective_from <> OLD.effective_from
     OR NEW.kind_id <> OLD.kind_id OR NEW.number <> OLD.number OR NEW.state = 'draft' THEN
    RAISE EXCEPTION 'a published sheet version is never changed' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER sheet_version_is_guarded BEFORE UPDATE OR DELETE ON sheet_version
  FOR EACH ROW EXECUTE FUNCTION guard_sheet_version();

-- 決裁: what was signed off stays as it was signed.
CREATE FUNCTION guard_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.sign_off = '1' THEN
    RAISE EXCEPTION 'a signed decision is never changed' USING ERRCODE = 'check_violation';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER decision_is_guarded BEFORE UPDATE OR DELETE ON decision
  FOR EACH ROW EXECUTE FUNCTION guard_decision();

-- 認定: only after sign-off; a refusal (2) only after the board said no (法7条2項), a formal defect is code 5.
CREATE FUNCTION demand_sign_off() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM application WHERE id = NEW.application_id AND conversion IS NOT NULL) THEN
    RETURN NEW;
  END IF;
  IF NOT EXISTS (SELECT 1 FROM decision WHERE application_id = NEW.application_id AND sign_off = '1') THEN
    RAISE EXCEPTION 'a certification needs a signed decision' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.certification = '2' AND NOT EXISTS (SELECT 1 FROM review WHERE application_id = NEW.application_id
                                               AND review_result = '2' AND review_result_date IS NOT NULL) THEN
    RAISE EXCEPTION 'a refusal needs the opinion of the review board' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER certification_needs_sign_off BEFORE INSERT OR UPDATE OF certification ON certification
  FOR EACH ROW EXECUTE FUNCTION demand_sign_off();

-- 受給者証: only for what was certified, and never altered once printed.
CREATE FUNCTION guard_certificate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    RAISE EXCEPTION 'a printed certificate is never changed' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM certification WHERE id = NEW.certification_id AND certification = '1') THEN
    RAISE EXCEPTION 'only a certified application has a certificate' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER certificate_is_guarded BEFORE INSERT OR UPDATE OR DELETE ON certificate
  FOR EACH ROW EXECUTE FUNCTION guard_certificate();
"""


def upgrade() -> None:
    op.execute(sa.text(GUARDS.replace(":", "\\:")))


def downgrade() -> None:
    raise RuntimeError("records are never dropped; restore a backup instead")
