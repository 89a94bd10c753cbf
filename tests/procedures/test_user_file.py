"""利用者のファイル: read in sentences first, then taken in whole or not at all."""

import pytest
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import func, select

from exchange.table_file import EnvelopeWrong
from procedures.permissions import LocksEverybodyOut
from procedures.user_file import FileChangedMeanwhile, as_csv, carry_out, plan, read
from procedures.users import Account, add
from tests.office import NOW

HEADING = "利用者名,姓,名,役割,状態\n"


def _rows(*lines):
    return read((HEADING + "\n".join(lines)).encode())


def _count(session):
    return session.scalar(select(func.count()).select_from(User))


def test_every_line_says_what_it_would_do_and_nothing_is_done_yet(session):
    made = plan(session, _rows("clerk9,新任,花,入力,有効", "clerk1,入力,一郎,入力、個人番号,有効", "clerk2,入力,二葉,入力,停止",
                               "clerk3,入力,三郎,入力,有効"))
    assert made.is_clean and [step.act for step in made.steps] == ["add", "change", "stop", "same"]
    assert _count(session) == 9


def test_a_file_is_carried_out_and_only_new_people_get_a_password(session, actors):
    rows = _rows("clerk9,新任,花,入力,有効", "clerk1,入力,壱郎,入力,有効")
    given = carry_out(session, actors["admin1"], rows, plan(session, rows).version, NOW)
    assert [user.username for user, _ in given] == ["clerk9"]
    assert session.scalar(select(User.first_name).where(User.username == "clerk1")) == "壱郎"


def test_the_same_file_again_changes_nothing(session, actors):
    rows = _rows("clerk9,新任,花,入力,有効")
    carry_out(session, actors["admin1"], rows, plan(session, rows).version, NOW)
    again = plan(session, rows)
    assert again.is_clean and again.acts == []


def test_what_goes_out_comes_back_without_a_change(session, actors):
    made = plan(session, read(as_csv(session, actors["admin1"]).encode("utf-8-sig")))
    assert made.is_clean and made.acts == [] and len(made.steps) == 9


@pytest.mark.parametrize(("line", "words"), [
    ("Clerk9,新任,花,入力,有効", "英小文字"), ("clerk9,,花,入力,有効", "姓"), ("clerk9,新任,花,課長,有効", "「課長」という役割はありません"),
    ("clerk9,新任,花,入力,休職", "「有効」か「停止」"), ("clerk9,新任,花,入力,停止", "いない利用者"),
    ("clerk9,新任,花,入力、権限管理,有効", "一人に付けられません"), ("clerk9,新任,花,,有効", "役割を一つ以上"),
])
def test_a_line_that_is_not_right_says_why_and_the_whole_file_stays_out(session, actors, line, words):
    rows = _rows("clerk8,新任,空,入力,有効", line)
    made = plan(session, rows)
    assert not made.is_clean and made.steps[1].line == 3 and words in made.steps[1].fault
    with pytest.raises(FileChangedMeanwhile):
        carry_out(session, actors["admin1"], rows, made.version, NOW)
    assert _count(session) == 9


def test_a_name_twice_in_the_file_is_told_with_both_lines(session):
    made = plan(session, _rows("clerk9,新任,花,入力,有効", "clerk9,新任,華,入力,有効"))
    assert made.steps[1].line == 3 and "2行目と同じ" in made.steps[1].fault


def test_a_file_without_rows_is_no_file(session):
    assert not plan(session, _rows()).is_clean


def test_a_file_without_the_headings_is_refused():
    with pytest.raises(EnvelopeWrong):
        read("名前,役割\n花,入力\n".encode())


def test_what_was_read_in_the_preview_must_still_be_true(session, actors):
    rows = _rows("clerk9,新任,花,入力,有効")
    version = plan(session, rows).version
    add(session, actors["admin1"], Account("clerk9", "別", "人", ("entry",)), NOW)
    with pytest.raises(FileChangedMeanwhile):
        carry_out(session, actors["admin1"], rows, version, NOW)


def test_the_keys_of_the_house_may_move_in_one_file_but_not_vanish(session, actors):
    rows = _rows("admin1,権限,理恵,監査,有効")
    with pytest.raises(LocksEverybodyOut), session.begin_nested():
        carry_out(session, actors["manager1"], rows, plan(session, rows).version, NOW)
    rows = _rows("admin1,権限,理恵,監査,有効", "admin2,次席,護,権限管理,有効")
    assert len(carry_out(session, actors["manager1"], rows, plan(session, rows).version, NOW)) == 1
