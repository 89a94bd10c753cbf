"""データベース連携: another system reads the views through its own driver, the state that holds, and can write nothing."""

import pyodbc
import pytest
from sqlalchemy import make_url

from tests.register_files import file_of, m11, resident, tax
from tests.systems.platform.test_files import NOW, carry, put


@pytest.fixture(scope="module")
def reader(database_url, engine, settings):
    put(settings, "juki", *file_of("residents", 1, [resident(1, 氏名="𠮷田　邉󠄏子"), resident(2)]))
    put(settings, "juki", *file_of("residents", 2, [resident(1, 2, 氏名="𠮷田　邉󠄏子", 住所="見本市緑町２番地"), resident(3, 取消区分="1")],
                                   is_full=False))
    put(settings, "zei", *file_of("taxes", 1, [tax(1), tax(1, 2, 市町村民税所得割額="12000")]))
    carry(engine, settings, NOW)
    url = make_url(database_url)
    with pyodbc.connect(driver="PostgreSQL Unicode", server=url.host or url.query["host"],
                        port=url.port or url.query.get("port", 5432), database=url.database, uid="nanbyo_renkei") as line:
        yield line


def test_the_driver_reads_the_state_that_holds_with_every_letter(reader):
    rows = reader.execute("SELECT 整理番号, 履歴番号, 氏名, 住所, 生年月日 FROM renkei.jumin ORDER BY 整理番号").fetchall()
    assert [(row[0], row[1]) for row in rows] == [(m11(1), 2), (m11(2), 1)]
    assert tuple(rows[0])[2:4] == ("𠮷田　邉󠄏子", "見本市緑町２番地") and rows[0][4].isoformat() == "1970-04-01"
    assert reader.execute("SELECT 市町村民税所得割額 FROM renkei.juminzei WHERE 税賦課年度 = ?", 2026).fetchall()[0][0] == 12000


@pytest.mark.parametrize("act", [
    "INSERT INTO renkei.jumin (整理番号) VALUES ('1')", "SELECT 1 FROM platform.register_row", "SELECT 1 FROM public.recipient",
    "CREATE TABLE renkei.mine (id int)", "SET default_transaction_read_only = off; DELETE FROM renkei.juminzei"])
def test_the_reader_can_write_nothing_and_sees_nothing_else(reader, act):
    with pytest.raises(pyodbc.Error):
        reader.execute(act)
    reader.rollback()
