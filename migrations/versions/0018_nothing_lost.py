"""Nothing lost: one-time keys of forms, restored copies that let nothing out, retries of jobs, the worker's beat.

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

GUARDS = """
-- 復元の印: written unreleased, asked for once, released once; what it says of the backup stays.
CREATE FUNCTION guard_restored_copy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a restored copy stays marked' USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'INSERT' THEN
    IF NEW.asked_by IS NOT NULL OR NEW.released_by IS NOT NULL THEN
      RAISE EXCEPTION 'a restored copy begins unreleased' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF (NEW.backup_made_at, NEW.backup_revision, NEW.tables, NEW.rows, NEW.files) IS DISTINCT FROM
     (OLD.backup_made_at, OLD.backup_revision, OLD.tables, OLD.rows, OLD.files)
     OR OLD.released_by IS NOT NULL
     OR (OLD.asked_by IS NOT NULL AND NEW.asked_by IS DISTINCT FROM OLD.asked_by)
     OR (OLD.asked_by IS NULL AND NEW.released_by IS NOT NULL) THEN
    RAISE EXCEPTION 'a restored copy is asked for and released once, by two people one after the other' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER restored_copy_is_guarded BEFORE INSERT OR UPDATE OR DELETE ON restored_copy
  FOR EACH ROW EXECUTE FUNCTION guard_restored_copy();

-- Whatever leaves the office leaves its line in the journal first; a copy that nobody released writes none.
CREATE FUNCTION refuse_to_leave_a_restored_copy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM restored_copy WHERE released_by IS NULL) THEN
    RAISE EXCEPTION 'nothing leaves a restored copy before two people released it' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER nothing_leaves_a_restored_copy BEFORE INSERT ON journal_entry
  FOR EACH ROW WHEN (NEW.action IN ('exported', 'printed', 'issued')) EXECUTE FUNCTION refuse_to_leave_a_restored_copy();
"""


def upgrade() -> None:
    op.create_table(
        "form_key",
        sa.Column("user_id", sa.Integer(), nullable=False, comment="送った人"),
        sa.Column("key", sa.Text(), nullable=False, comment="鍵"),
        sa.Column("sent_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False, comment="時刻"),
        sa.Column("location", sa.Text(), nullable=True, comment="答えとして開いた画面"),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], name=op.f("fk_form_key_user_id")),
        sa.PrimaryKeyConstraint("user_id", "key", name=op.f("pk_form_key")))
    op.create_index(op.f("ix_form_key_sent_at"), "form_key", ["sent_at"])
    op.create_table(
        "restored_copy",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("backup_made_at", sa.DateTime(timezone=True), nullable=False, comment="控えを取った時刻"),
        sa.Column("backup_revision", sa.Text(), nullable=False, comment="控えを取ったときの版"),
        sa.Column("tables", sa.Integer(), nullable=False, comment="照合した表の数"),
        sa.Column("rows", sa.Integer(), nullable=False, comment="照合した行の数"),
        sa.Column("files", sa.Integer(), nullable=False, comment="戻したファイルの数"),
        sa.Column("asked_by", sa.Integer(), nullable=True, comment="解除を求めた人"),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True, comment="解除を求めた時刻"),
        sa.Column("released_by", sa.Integer(), nullable=True, comment="解除した人"),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True, comment="解除した時刻"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False, comment="登録日時"),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment="版"),
        sa.CheckConstraint("(asked_by IS NULL) = (asked_at IS NULL)", name=op.f("ck_restored_copy_asking_is_whole")),
        sa.CheckConstraint("(released_by IS NULL) = (released_at IS NULL)", name=op.f("ck_restored_copy_release_is_whole")),
        sa.CheckConstraint("released_by IS NULL OR released_by <> asked_by", name=op.f("ck_restored_copy_two_people_release")),
        sa.CheckConstraint("released_by IS NULL OR asked_by IS NOT NULL", name=op.f("ck_restored_copy_release_was_asked_for")),
        sa.ForeignKeyConstraint(["asked_by"], ["ab_user.id"], name=op.f("fk_restored_copy_asked_by")),
        sa.ForeignKeyConstraint(["released_by"], ["ab_user.id"], name=op.f("fk_restored_copy_released_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restored_copy")))
    op.create_table(
        "worker_beat",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("alive_at", sa.DateTime(timezone=True), nullable=False, comment="最後に働いた時刻"),
        sa.CheckConstraint("id = 1", name=op.f("ck_worker_beat_there_is_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker_beat")))
    op.add_column("job", sa.Column("attempts", sa.Integer(), server_default="0", nullable=False, comment="続けてつまずいた回数"))
    op.add_column("job", sa.Column("not_before", sa.DateTime(timezone=True), nullable=True, comment="次に試す時刻"))
    op.execute(GUARDS)


def downgrade() -> None:
    raise RuntimeError("records are never dropped; restore a backup instead")
