"""Who is protected, whose paper it is at the counter, months under the children's scheme, refusals for a formal defect.

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

GUARDS = """
-- 支援措置: noted once and ended once; the ledger shows nothing open of a person who is protected.
CREATE FUNCTION guard_protection() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.ended_on IS NOT NULL OR NEW.ended_on IS NULL
     OR (NEW.recipient_id, NEW.since, NEW.reason) IS DISTINCT FROM (OLD.recipient_id, OLD.since, OLD.reason) THEN
    RAISE EXCEPTION 'a protection is ended once and never changed otherwise' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER protection_is_guarded BEFORE UPDATE OR DELETE ON protection
  FOR EACH ROW EXECUTE FUNCTION guard_protection();
CREATE FUNCTION keep_withheld() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM protection WHERE recipient_id = NEW.id AND ended_on IS NULL) THEN
    RAISE EXCEPTION 'a protected person stays withheld' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER recipient_stays_withheld BEFORE UPDATE OF is_withheld ON recipient
  FOR EACH ROW WHEN (NOT NEW.is_withheld) EXECUTE FUNCTION keep_withheld();

-- 認定: a refusal needs the board's no, a rejection for a formal defect a document review that found one (法7条2項).
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
  IF NEW.certification = '5' AND NOT EXISTS (SELECT 1 FROM review WHERE application_id = NEW.application_id
                                               AND document_review = '3') THEN
    RAISE EXCEPTION 'a rejection needs a formal defect found in the document review' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
"""


def upgrade() -> None:
    op.create_table(
        "protection",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("recipient_id", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False, comment="開始日"),
        sa.Column("reason", sa.String(length=400), nullable=False, comment="理由"),
        sa.Column("noted_by", sa.Integer(), nullable=True, comment="登録した人"),
        sa.Column("ended_on", sa.Date(), nullable=True, comment="終了日"),
        sa.Column("ended_by", sa.Integer(), nullable=True, comment="終了した人"),
        sa.Column("ending_reason", sa.String(length=400), nullable=True, comment="終了の理由"),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True, comment="終了日時"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False,
                  comment="登録日時"),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment="版"),
        sa.CheckConstraint("num_nonnulls(ended_on, ended_by, ending_reason) IN (0, 3)",
                           name=op.f("ck_protection_ended_by_somebody")),
        sa.CheckConstraint("ended_on >= since", name=op.f("ck_protection_ends_after_it_began")),
        sa.ForeignKeyConstraint(["recipient_id"], ["recipient.id"], name=op.f("fk_protection_recipient_id")),
        sa.ForeignKeyConstraint(["noted_by"], ["ab_user.id"], name=op.f("fk_protection_noted_by")),
        sa.ForeignKeyConstraint(["ended_by"], ["ab_user.id"], name=op.f("fk_protection_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protection")))
    op.create_index(op.f("ix_protection_recipient_id"), "protection", ["recipient_id"])
    op.create_index("uq_protection_open", "protection", ["recipient_id"], unique=True,
                    postgresql_where=sa.text("ended_on IS NULL"))
    op.execute("INSERT INTO protection (recipient_id, since, reason) "
               "SELECT id, CURRENT_DATE, '移行' FROM recipient WHERE is_withheld")
    op.add_column("received_sheet", sa.Column("recipient_id", sa.BigInteger(), nullable=True, comment="受付で確かめた受給者"))
    op.create_foreign_key(op.f("fk_received_sheet_recipient_id"), "received_sheet", "recipient", ["recipient_id"], ["id"])
    op.create_index(op.f("ix_received_sheet_recipient_id"), "received_sheet", ["recipient_id"])
    op.add_column("cost_month", sa.Column("child_yen", sa.BigInteger(), server_default="0", nullable=False,
                                          comment="小児慢性特定疾病の医療費総額"))
    op.drop_constraint(op.f("ck_cost_month_not_negative"), "cost_month")
    op.create_check_constraint(op.f("ck_cost_month_not_negative"), "cost_month", "total_yen >= 0 AND child_yen >= 0")
    op.add_column("assessment", sa.Column("ventilator_findings", postgresql.JSONB(astext_type=sa.Text()), nullable=True,
                                          comment="人工呼吸器等の所見"))
    op.create_index("ix_addressee_birth_date", "addressee", ["birth_date"])
    op.execute(sa.text(GUARDS.replace(":", "\\:")))


def downgrade() -> None:
    raise RuntimeError("records are never dropped; restore a backup instead")
