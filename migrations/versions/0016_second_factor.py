"""Two factors: authenticators and how they are enrolled, full logins only with one, one login a person, common accounts.

Revision ID: 0016
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0013"
branch_labels = None
depends_on = None

GUARDS = """
-- 登録の許可: both are administrators of users on that day, and what was written stays.
CREATE FUNCTION manages_users(who integer) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT 1 FROM ab_user u JOIN ab_user_role ur ON ur.user_id = u.id
    JOIN ab_permission_view_role pr ON pr.role_id = ur.role_id JOIN ab_permission_view pv ON pv.id = pr.permission_view_id
    JOIN ab_permission p ON p.id = pv.permission_id JOIN ab_view_menu v ON v.id = pv.view_menu_id
    WHERE u.id = who AND u.active AND p.name = 'can_write' AND v.name = 'Users') $$;
CREATE FUNCTION guard_enrolment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'an enrolment is never deleted' USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'INSERT' THEN
    IF NEW.confirmed_by IS NOT NULL OR NEW.used_at IS NOT NULL THEN
      RAISE EXCEPTION 'an enrolment begins unconfirmed and unused' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT NEW.at_console AND NOT manages_users(NEW.issued_by) THEN
      RAISE EXCEPTION 'only an administrator issues an enrolment' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF (NEW.user_id, NEW.code_hash, NEW.at_console, NEW.valid_until) IS DISTINCT FROM
     (OLD.user_id, OLD.code_hash, OLD.at_console, OLD.valid_until) OR NEW.issued_by IS DISTINCT FROM OLD.issued_by
     OR OLD.used_at IS NOT NULL OR OLD.cancelled_at IS NOT NULL
     OR (OLD.confirmed_by IS NOT NULL AND NEW.confirmed_by IS DISTINCT FROM OLD.confirmed_by) THEN
    RAISE EXCEPTION 'an enrolment is confirmed, used or cancelled once' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.confirmed_by IS NULL AND NEW.confirmed_by IS NOT NULL AND NOT manages_users(NEW.confirmed_by) THEN
    RAISE EXCEPTION 'only an administrator confirms an enrolment' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER enrolment_is_guarded BEFORE INSERT OR UPDATE OR DELETE ON enrolment
  FOR EACH ROW EXECUTE FUNCTION guard_enrolment();

-- 認証器: from a confirmed enrolment of the same person; what was revoked stays revoked, no counter runs back.
CREATE FUNCTION guard_authenticator() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'an authenticator is revoked, never deleted' USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'INSERT' THEN
    IF NOT EXISTS (SELECT 1 FROM enrolment e WHERE e.id = NEW.enrolment_id AND e.user_id = NEW.user_id
                    AND (e.at_console OR e.confirmed_by IS NOT NULL) AND e.cancelled_at IS NULL) THEN
      RAISE EXCEPTION 'an authenticator needs a confirmed enrolment of its person' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF (NEW.user_id, NEW.enrolment_id, NEW.credential_id, NEW.public_key, NEW.model) IS DISTINCT FROM
     (OLD.user_id, OLD.enrolment_id, OLD.credential_id, OLD.public_key, OLD.model)
     OR NEW.sign_count < OLD.sign_count OR (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at) THEN
    RAISE EXCEPTION 'an authenticator keeps its key, counts up and stays revoked' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER authenticator_is_guarded BEFORE INSERT OR UPDATE OR DELETE ON authenticator
  FOR EACH ROW EXECUTE FUNCTION guard_authenticator();

-- ログイン: with one's own working authenticator, or in a trial installation.
CREATE FUNCTION guard_login_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.factor = 'finger' AND NOT EXISTS (SELECT 1 FROM authenticator a WHERE a.id = NEW.authenticator_id
                                             AND a.user_id = NEW.user_id AND a.revoked_at IS NULL) THEN
    RAISE EXCEPTION 'a login needs an authenticator of its person' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.factor = 'trial' AND NOT EXISTS (SELECT 1 FROM installation WHERE is_demo) THEN
    RAISE EXCEPTION 'only a trial leaves the second factor out' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER login_session_is_guarded BEFORE INSERT OR UPDATE OF user_id, factor, authenticator_id ON login_session
  FOR EACH ROW EXECUTE FUNCTION guard_login_session();
"""


def upgrade() -> None:
    op.create_table(
        "enrolment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False, comment="利用者"),
        sa.Column("code_hash", sa.Text(), nullable=False, comment="登録コードのハッシュ"),
        sa.Column("at_console", sa.Boolean(), nullable=False, comment="サーバーで出した"),
        sa.Column("issued_by", sa.Integer(), nullable=True, comment="出した管理者"),
        sa.Column("issued_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False, comment="出した時刻"),
        sa.Column("confirmed_by", sa.Integer(), nullable=True, comment="確かめた管理者"),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True, comment="確かめた時刻"),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False, comment="期限"),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True, comment="使った時刻"),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True, comment="取り消した時刻"),
        sa.CheckConstraint("at_console = (issued_by IS NULL)", name=op.f("ck_enrolment_issued_by_somebody_or_at_the_console")),
        sa.CheckConstraint("issued_by <> user_id AND confirmed_by <> user_id", name=op.f("ck_enrolment_nobody_lets_herself_in")),
        sa.CheckConstraint("confirmed_by <> issued_by", name=op.f("ck_enrolment_two_administrators")),
        sa.CheckConstraint("(confirmed_by IS NULL) = (confirmed_at IS NULL)", name=op.f("ck_enrolment_confirmed_by_somebody")),
        sa.CheckConstraint("NOT at_console OR confirmed_by IS NULL", name=op.f("ck_enrolment_the_console_needs_nobody")),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], name=op.f("fk_enrolment_user_id")),
        sa.ForeignKeyConstraint(["issued_by"], ["ab_user.id"], name=op.f("fk_enrolment_issued_by")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["ab_user.id"], name=op.f("fk_enrolment_confirmed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")))
    op.create_index(op.f("ix_enrolment_user_id"), "enrolment", ["user_id"])
    op.create_table(
        "authenticator",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False, comment="利用者"),
        sa.Column("enrolment_id", sa.BigInteger(), nullable=False, comment="登録の許可"),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False, comment="鍵の識別子"),
        sa.Column("public_key", sa.LargeBinary(), nullable=False, comment="公開鍵"),
        sa.Column("sign_count", sa.BigInteger(), nullable=False, comment="使用回数"),
        sa.Column("model", sa.Text(), nullable=False, comment="機種 (AAGUID)"),
        sa.Column("is_attested", sa.Boolean(), nullable=False, comment="機種が証明された"),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False, comment="登録した時刻"),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True, comment="最後に使った時刻"),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True, comment="使えなくした時刻"),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], name=op.f("fk_authenticator_user_id")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_authenticator_enrolment_id")),
        sa.UniqueConstraint("enrolment_id", name=op.f("uq_authenticator_enrolment_id")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_authenticator_credential_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authenticator")))
    op.create_index(op.f("ix_authenticator_user_id"), "authenticator", ["user_id"])

    # Whoever is logged in by a password alone logs in anew; waits are counted another way from here on.
    op.execute("DELETE FROM login_session")
    op.execute("DELETE FROM login_throttle")
    op.add_column("login_session", sa.Column("factor", sa.Text(), nullable=True, comment="二つ目の認証"))
    op.add_column("login_session", sa.Column("authenticator_id", sa.BigInteger(), nullable=True, comment="認証器"))
    op.add_column("login_session", sa.Column("fresh_at", sa.DateTime(timezone=True), nullable=True, comment="最後に指を確かめた時刻"))
    op.add_column("login_session", sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True, comment="画面を閉じた時刻"))
    op.add_column("login_session", sa.Column("terminal", sa.Text(), server_default="", nullable=False, comment="端末"))
    op.create_foreign_key(op.f("fk_login_session_authenticator_id"), "login_session", "authenticator", ["authenticator_id"], ["id"])
    op.create_check_constraint(op.f("ck_login_session_a_login_has_a_second_factor"), "login_session",
                               "(user_id IS NULL) = (factor IS NULL)")
    op.create_check_constraint(op.f("ck_login_session_factor_is_known"), "login_session", "factor IN ('finger', 'trial')")
    op.create_check_constraint(op.f("ck_login_session_a_finger_has_its_authenticator"), "login_session",
                               "(factor = 'finger') = (authenticator_id IS NOT NULL)")
    op.drop_index("ix_login_session_user_id", "login_session")
    op.create_index("uq_login_session_one_a_person", "login_session", ["user_id"], unique=True,
                    postgresql_where=sa.text("user_id IS NOT NULL"))
    op.create_table(
        "login_challenge",
        sa.Column("session_key", sa.Text(), nullable=False, comment="セッション"),
        sa.Column("challenge", sa.LargeBinary(), nullable=False, comment="問い"),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False, comment="期限"),
        sa.ForeignKeyConstraint(["session_key"], ["login_session.key"], name=op.f("fk_login_challenge_session_key"),
                                ondelete="CASCADE", onupdate="CASCADE"),
        sa.PrimaryKeyConstraint("session_key", name=op.f("pk_login_challenge")))
    op.create_table(
        "chosen_password",
        sa.Column("user_id", sa.Integer(), nullable=False, comment="利用者"),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False, comment="決めた時刻"),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], name=op.f("fk_chosen_password_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_chosen_password")))
    op.execute("INSERT INTO chosen_password (user_id, chosen_at) SELECT id, now() FROM ab_user u WHERE password IS NOT NULL "
               "AND NOT EXISTS (SELECT 1 FROM temporary_password t WHERE t.user_id = u.id)")
    op.create_table(
        "common_account",
        sa.Column("user_id", sa.Integer(), nullable=False, comment="利用者"),
        sa.Column("kind", sa.Text(), nullable=False, comment="共通認証の種類"),
        sa.Column("issuer", sa.Text(), nullable=True, comment="発行者"),
        sa.Column("subject", sa.Text(), nullable=True, comment="発行者での識別子"),
        sa.CheckConstraint("kind IN ('directory', 'provider')", name=op.f("ck_common_account_kind_is_known")),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], name=op.f("fk_common_account_user_id"), ondelete="CASCADE"),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_common_account_issuer_subject")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_common_account")))
    op.execute(sa.text(GUARDS.replace(":", "\\:")))


def downgrade() -> None:
    raise RuntimeError("records are never dropped; restore a backup instead")
