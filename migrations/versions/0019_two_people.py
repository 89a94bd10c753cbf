"""Two people: requests that one person makes and only another sets free.

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

GUARD = """
CREATE FUNCTION guard_two_person_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a request is never deleted' USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'open' OR NEW.decided_by IS NOT NULL THEN
      RAISE EXCEPTION 'a request begins open' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF (NEW.kind, NEW.digest, NEW.detail, NEW.reason, NEW.requested_by) IS DISTINCT FROM
     (OLD.kind, OLD.digest, OLD.detail, OLD.reason, OLD.requested_by) OR NEW.for_user_id IS DISTINCT FROM OLD.for_user_id
     OR (OLD.decided_by IS NOT NULL AND NEW.decided_by IS DISTINCT FROM OLD.decided_by) THEN
    RAISE EXCEPTION 'what was asked for stays as it was asked' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN
     (('open', 'confirmed'), ('open', 'rejected'), ('open', 'ended'), ('confirmed', 'used'), ('confirmed', 'ended')) THEN
    RAISE EXCEPTION 'a request goes forward only' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER two_person_request_is_guarded BEFORE INSERT OR UPDATE OR DELETE ON two_person_request
  FOR EACH ROW EXECUTE FUNCTION guard_two_person_request();
"""


def upgrade() -> None:
    op.create_table(
        "two_person_request",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="承認の種類"),
        sa.Column("digest", sa.Text(), nullable=False, comment="何をするかの印"),
        sa.Column("detail", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False, comment="内容(個人情報を含まない)"),
        sa.Column("reason", sa.String(length=400), nullable=False, comment="理由"),
        sa.Column("for_user_id", sa.Integer(), nullable=True, comment="誰のため"),
        sa.Column("requested_by", sa.Integer(), nullable=False, comment="依頼者"),
        sa.Column("decided_by", sa.Integer(), nullable=True, comment="承認者"),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True, comment="決めた時刻"),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True, comment="終わった時刻"),
        sa.Column("state", sa.Text(), server_default="open", nullable=False, comment="状態"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False, comment="登録日時"),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment="版"),
        sa.CheckConstraint("kind IN ('see_numbers', 'bulk_export', 'rotate_keys', 'deletion')",
                           name=op.f("ck_two_person_request_kind_is_known")),
        sa.CheckConstraint("state IN ('open', 'confirmed', 'rejected', 'used', 'ended')",
                           name=op.f("ck_two_person_request_state_is_known")),
        sa.CheckConstraint("decided_by <> requested_by", name=op.f("ck_two_person_request_two_people")),
        sa.CheckConstraint("decided_by <> for_user_id", name=op.f("ck_two_person_request_nobody_confirms_for_herself")),
        sa.CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name=op.f("ck_two_person_request_decided_by_somebody")),
        sa.CheckConstraint("state NOT IN ('confirmed', 'rejected', 'used') OR decided_by IS NOT NULL",
                           name=op.f("ck_two_person_request_decided_by_another")),
        sa.ForeignKeyConstraint(["for_user_id"], ["ab_user.id"], name=op.f("fk_two_person_request_for_user_id")),
        sa.ForeignKeyConstraint(["requested_by"], ["ab_user.id"], name=op.f("fk_two_person_request_requested_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["ab_user.id"], name=op.f("fk_two_person_request_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_two_person_request")))
    op.create_index(op.f("ix_two_person_request_for_user_id"), "two_person_request", ["for_user_id"])
    op.create_index("uq_two_person_request_open", "two_person_request", ["kind", "digest"], unique=True,
                    postgresql_where=sa.text("state IN ('open', 'confirmed')"))
    op.execute(sa.text(GUARD.replace(":", "\\:")))


def downgrade() -> None:
    raise RuntimeError("records are never dropped; restore a backup instead")
