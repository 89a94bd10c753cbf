"""文字: what cannot be written stops the file and is asked about once; the next table of the platform lets it out."""

import re
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from config import ROOT
from exchange.characters import BANK, CP932, PLAIN, CharacterTable, Undecided, sign
from models.character import CharacterQuestion
from models.neighbour import OutgoingMessage
from procedures.characters import ERRANDS, LetterUndecided, in_letters, refresh, rows_for, table, take_over, write_file

KEY = Ed25519PrivateKey.generate()


def given_out(number, **letters):
    return sign(KEY, CharacterTable(number, letters), datetime(2026, 11, 24, tzinfo=UTC), "見本")


def asked(session):
    return sorted(session.execute(select(CharacterQuestion.letter, CharacterQuestion.destination)).tuples())


def test_an_undecided_letter_stops_the_file_by_row_and_item_and_is_asked_about_once(session):
    rows = [("1", "高橋"), ("2", "𠮷田")]
    for _ in range(2):
        with pytest.raises(LetterUndecided, match="2件目の「氏名」: U") as stopped:
            list(rows_for(session, CP932, ("番号", "氏名"), rows))
        assert "田" not in stopped.value.message
    with pytest.raises(LetterUndecided, match="1件目の「氏名」"):
        write_file(session, ("氏名",), [("\ue000",)])
    assert asked(session) == [("U+20BB7", CP932), ("U+E000", PLAIN)]
    waiting = session.scalars(select(OutgoingMessage).where(OutgoingMessage.operation == "MojiIrai").order_by(OutgoingMessage.id)).all()
    assert [each.system for each in waiting] == ["characters"] * 2 and not any(each.recipient_id for each in waiting)
    assert ERRANDS["MojiIrai"].say(session, waiting[0], None, None) == {"文字番号": "U+20BB7", "出力先": CP932}
    assert in_letters(session, "pdf", ("氏名",), [("\ue000",)]) == [("\ue000",)]


def test_the_newest_table_holds_and_an_older_one_never_comes_back(session):
    assert table(session).number == 0
    assert take_over(session, given_out(2, cp932={"𠮷": "吉"}), KEY.public_key())
    assert list(rows_for(session, CP932, ("氏名",), [("𠮷田",)])) == [["吉田"]]
    assert not take_over(session, given_out(1, cp932={"𠮷": "善"}), KEY.public_key())
    assert not take_over(session, given_out(2, cp932={"𠮷": "善"}), KEY.public_key())
    assert take_over(session, given_out(3, cp932={"𠮷": "善"}, zengin={"ヲ": "オ"}), KEY.public_key())
    assert table(session).written("𠮷", CP932) == "善" and table(session).written("ヲ", BANK) == "オ"
    with pytest.raises(Undecided):
        table(session).written("ヱ\ue000", BANK)


def test_the_platform_is_asked_for_what_is_newer_than_ours(session):
    class Platform:
        def call(self, operation, request_id, staff_id, values):
            assert (operation, staff_id) == ("MojiHyo", "core")
            return {"版": 1, "署名ファイル": given_out(1).decode() if values["手元の版"] < 1 else None}
    assert refresh(session, Platform(), KEY.public_key())
    assert not refresh(session, Platform(), KEY.public_key())


def test_whatever_of_ours_leaves_as_a_table_goes_through_here():
    """Lists of counts alone have no letters of anybody; what is handed to a report has been through here before."""
    free = {"procedures/characters.py", "reports/statistics.py", "reports/receipt_list.py", "reports/disclosure.py"}
    writers = {str(path.relative_to(ROOT)) for room in ("app", "views", "procedures", "reports", "forms")
               for path in (ROOT / room).rglob("*.py") if re.search(r"\bwrite_table\b|csv\.writer", path.read_text(encoding="utf-8"))}
    others = {"procedures/spreadsheet.py",  # its cells went through
              "procedures/annex.py", "app/commands/issue.py", "app/demo_register.py"}  # nobody's letters: items, numbers, a trial
    assert writers - free <= others
