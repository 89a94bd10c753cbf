"""A case is certified, refused, held or closed by a loss only where the signed result stands beside it.

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

GUARDS = """
-- 処理状況: the order of the office, and no result without what was signed.
CREATE OR REPLACE FUNCTION guard_application_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT application_moves(NEW.application_kind, OLD.state) ? NEW.state THEN
    RAISE EXCEPTION 'an application of kind % does not go from % to %', NEW.application_kind, OLD.state, NEW.state
      USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state IN ('certified', 'refused', 'held') AND NOT EXISTS (
      SELECT 1 FROM certification WHERE application_id = NEW.id AND certification = ANY (
        CASE NEW.state WHEN 'certified' THEN ARRAY['1', '6'] WHEN 'refused' THEN ARRAY['2', '5'] ELSE ARRAY['3'] END)) THEN
    RAISE EXCEPTION 'an application is % by its result alone', NEW.state USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.state = 'drafted' AND NEW.state IN ('certified', 'refused', 'held', 'closed') AND NOT EXISTS (
      SELECT 1 FROM decision WHERE application_id = NEW.id AND sign_off = '1' AND is_current) THEN
    RAISE EXCEPTION 'a draft becomes % by a signature', NEW.state USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

-- 認定: only what came already decided from the former system came without a signature of ours.
CREATE OR REPLACE FUNCTION demand_sign_off() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' AND EXISTS (SELECT 1 FROM application WHERE id = NEW.application_id
                                    AND conversion IS NOT NULL AND state <> 'drafted') THEN
    RETURN NEW;
  END IF;
  IF NOT EXISTS (SELECT 1 FROM decision WHERE application_id = NEW.application_id AND sign_off = '1' AND is_current) THEN
    RAISE EXCEPTION 'a certification needs a signed decision' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.certification = '2' AND NOT EXISTS (SELECT 1 FROM review WHERE application_id = NEW.application_id
                                               AND review_result = '2' AND review_result_date IS NOT NULL) THEN
    RAISE EXCEPTION 'a refusal needs the opinion of the review board' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.certification = '5' AND NOT EXISTS (SELECT 1 FROM review WHERE application_id = NEW.application_id
                                               AND document_review = '3') THEN
    RAISE EXCEPTION 'a rejection needs a formal defect found in the document review' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
"""


def upgrade() -> None:
    op.execute(sa.text(GUARDS.replace(":", "\\:")))


def downgrade() -> None:
    raise RuntimeError("records are never dropped; restore a backup instead")
