"""Portal notices: the call to renew on a person's own page, and whether it was opened.

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

GUARD = """
-- お知らせ: what somebody was told stays as it was; only how far it came moves on.
CREATE FUNCTION guard_portal_notice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.renewal_notice_id, NEW.recipient_id, NEW.file_number, NEW.title, NEW.body, NEW.sent_by, NEW.sent_on)
     IS DISTINCT FROM (OLD.renewal_notice_id, OLD.recipient_id, OLD.file_number, OLD.title, OLD.body, OLD.sent_by, OLD.sent_on)
     OR OLD.state NOT IN ('waiting', 'sent', NEW.state) OR (OLD.reference IS NOT NULL AND NEW.reference IS DISTINCT FROM OLD.reference) THEN
    RAISE EXCEPTION 'what somebody was told stays as it was' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER portal_notice_is_guarded BEFORE UPDATE ON portal_notice FOR EACH ROW EXECUTE FUNCTION guard_portal_notice();
"""


def upgrade() -> None:
    op.create_table(
        "portal_notice",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("renewal_notice_id", sa.BigInteger(), nullable=False, comment="更新案内"),
        sa.Column("recipient_id", sa.BigInteger(), nullable=False),
        sa.Column("file_number", sa.String(length=30), nullable=False, comment="整理番号"),
        sa.Column("title", sa.String(length=400), nullable=False, comment="件名"),
        sa.Column("body", sa.String(length=400), nullable=False, comment="本文"),
        sa.Column("sent_by", sa.Integer(), nullable=False, comment="送った人"),
        sa.Column("sent_on", sa.Date(), nullable=False, comment="送った日"),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False, comment="お知らせの状態"),
        sa.Column("is_taken_back", sa.Boolean(), server_default="false", nullable=False, comment="取消しを頼んだ"),
        sa.Column("reference", sa.Text(), nullable=True, comment="受付番号"),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True, comment="開封日時"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False, comment="登録日時"),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment="版"),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'opened', 'cancelled', 'failed')", name=op.f("ck_portal_notice_state_is_known")),
        sa.CheckConstraint("opened_at IS NULL OR state = 'opened'", name=op.f("ck_portal_notice_opened_is_opened")),
        sa.ForeignKeyConstraint(["renewal_notice_id"], ["renewal_notice.id"], name=op.f("fk_portal_notice_renewal_notice_id_renewal_notice")),
        sa.ForeignKeyConstraint(["recipient_id"], ["recipient.id"], name=op.f("fk_portal_notice_recipient_id_recipient")),
        sa.ForeignKeyConstraint(["sent_by"], ["ab_user.id"], name=op.f("fk_portal_notice_sent_by_ab_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_notice")),
        sa.UniqueConstraint("renewal_notice_id", name=op.f("uq_portal_notice_renewal_notice_id")))
    op.create_index(op.f("ix_portal_notice_recipient_id"), "portal_notice", ["recipient_id"])
    op.execute(GUARD)


def downgrade() -> None:
    raise RuntimeError("records are never dropped; restore a backup instead")
