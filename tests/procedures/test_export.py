"""出力: for a purpose, journalled, exactly what is shown, and harmless in a spreadsheet."""

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from models.recipient import Recipient
from procedures import desk as desks
from procedures import export, spreadsheet
from procedures.listing import Question, listing
from tests.city import settle
from tests.office import NOW

RECIPIENTS = listing("recipients", "受給者一覧", Recipient, orders=(Recipient.kana_key,), descending=False)
BY_NAME = {column.attribute.key: column for column in RECIPIENTS.columns}
SHOWN = tuple(BY_NAME[name] for name in ("name", "birth_date", "sex", "address", "copay_cap_yen"))
EVIL = {"name": "=HYPERLINK(\"http://x\")", "kana": "@SUM", "address": "+1-2", "birth": date(1940, 4, 1)}


def take(session, actors, form="csv", purpose="更新案内の発送", **question):
    desk = desks.desk(session, actors["manager1"].user_id, "recipients", RECIPIENTS.columns, None, date(2026, 11, 24))
    asked = replace(Question({}, RECIPIENTS.order(None), columns=SHOWN), **question)
    return export.take(session, actors["manager1"], RECIPIENTS, asked, desk, format=form, purpose=purpose, now=NOW)


def test_nobody_exports_without_saying_what_for(session, actors):
    with pytest.raises(export.PurposeMissing):
        take(session, actors, purpose=" ")


def test_an_export_is_journalled_with_purpose_rows_and_items_but_nobodys_data(session, actors):
    settle(session, {"name": "山田　太郎"}, noise=30)
    taken = take(session, actors, terms={"q": {"has": "山田"}})
    session.flush()
    reason, detail = session.execute(text(
        "SELECT reason, detail FROM journal_entry WHERE action = 'exported' ORDER BY id DESC LIMIT 1")).one()
    assert reason == "更新案内の発送"
    assert detail["rows"] == taken.rows and detail["items"] == [column.key for column in SHOWN]
    assert "山田" not in str(detail)
    assert len(detail["recipients"]) == taken.rows  # whoever asks who saw her finds this file


def test_only_the_rows_and_columns_on_the_screen_leave(session, actors):
    settle(session, {"name": "小鳥遊　一郎", "kana": "タカナシ　イチロウ"}, noise=50)
    taken = take(session, actors, terms={"q": {"has": "小鳥遊一郎"}})
    lines = b"".join(spreadsheet.as_csv(session, taken)).decode("utf-8-sig").split("\r\n")
    assert lines[0].split(",") == [column.label for column in SHOWN]
    assert [line.split(",")[0] for line in lines[1:] if line] == ["小鳥遊　一郎"]


def test_a_csv_opens_in_excel_and_no_cell_of_it_is_a_formula(session, actors):
    settle(session, EVIL, noise=0)
    content = b"".join(spreadsheet.as_csv(session, take(session, actors)))
    assert content.startswith(b"\xef\xbb\xbf")
    assert "\"'=HYPERLINK" in content.decode("utf-8-sig") and ",'+1-2," in content.decode("utf-8-sig")


def test_a_workbook_keeps_texts_as_texts_dates_as_dates_and_yen_as_numbers(session, actors):
    settle(session, EVIL, noise=0)
    sheet = load_workbook(BytesIO(spreadsheet.as_xlsx(session, take(session, actors, "xlsx")))).active
    name, birth, sex, address, cap = list(sheet.iter_rows(min_row=2, max_row=2))[0]
    assert (name.data_type, name.value) == ("s", EVIL["name"])
    assert address.data_type == "s" and birth.value.date() == EVIL["birth"]
    assert sex.value in ("男", "女") and isinstance(cap.value, int)


def test_a_letter_shift_jis_lacks_stops_the_export_and_is_never_a_question_mark(session, actors):
    settle(session, {"name": "𠮷田　一", "kana": "ヨシダ　ハジメ"}, noise=0)
    with pytest.raises(export.NotInCharacterSet, match="1件目の「本人個人氏名」: U\\+20BB7 .*UTF-8 の csv") as stopped:
        take(session, actors, "csv_cp932", terms={"q": {"has": "吉田一"}})
    assert "吉田" not in stopped.value.message and "𠮷" not in stopped.value.message


def test_where_a_withheld_person_lives_does_not_leave(session, actors):
    settle(session, {"address": "さいたま市緑区秘密1番", "is_withheld": True}, noise=10)
    content = b"".join(spreadsheet.as_csv(session, take(session, actors))).decode("utf-8-sig")
    assert "秘密" not in content and "不開示" in content
