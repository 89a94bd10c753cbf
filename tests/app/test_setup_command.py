"""準備の命令: the first administrators and their readers come from the console of the server."""

import os
import subprocess
import sys

from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from config import ROOT
from procedures.permissions import matrix


def say(database_url, *words):
    done = subprocess.run([sys.executable, "-m", "app.commands", *words], cwd=ROOT, capture_output=True, text=True, check=False,
                          env={**os.environ, "DATABASE_URL": database_url.replace("+psycopg", "")})
    return done.returncode, done.stdout, done.stderr


def test_an_administrator_is_made_with_a_code_for_her_reader(database_url):
    names = ("--username", "boss1", "--family-name", "長", "--given-name", "守", "--password")
    assert say(database_url, "create-admin", *names, "password12345678")[0] == 3
    code, told, _ = say(database_url, "create-admin", *names, "まどぐちの あさは しずかだ 2026")
    assert code == 0 and "登録コード" in told
    code, again, _ = say(database_url, "enrol-code", "--username", "boss1")
    assert code == 0 and again != told
    code, nothing, why = say(database_url, "enrol-code", "--username", "nobody9")
    assert (code, nothing) == (3, "") and "その利用者はいません" in why
    engine = create_engine(database_url)
    with engine.begin() as connection:
        rows = connection.execute(text("SELECT at_console, issued_by, cancelled_at IS NULL FROM enrolment e JOIN ab_user u "
                                       "ON u.id = e.user_id WHERE u.username = 'boss1' ORDER BY e.id")).all()
        assert rows == [(True, None, False), (True, None, True)], "a new code voids the one before"
        connection.execute(text("UPDATE ab_user SET active = false WHERE username = 'boss1'"))
    engine.dispose()


def test_an_upgrade_brings_the_rights_of_its_version_by_itself(database_url):
    """Without them the queues of those they are for would be empty after it."""
    engine, right = create_engine(database_url), "sheet.key_every_batch"
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM ab_permission_view_role WHERE permission_view_id IN (SELECT p.id FROM ab_permission_view p "
                                "JOIN ab_view_menu v ON v.id = p.view_menu_id WHERE v.name = :right)"), {"right": right})
        connection.execute(text("DELETE FROM ab_permission_view p USING ab_view_menu v WHERE v.id = p.view_menu_id AND v.name = :right"),
                           {"right": right})
    assert say(database_url, "migrate")[0] == 0
    with Session(engine) as session:
        assert {name for name, held in matrix(session).items() if right in held} == {"entry"}
    engine.dispose()
