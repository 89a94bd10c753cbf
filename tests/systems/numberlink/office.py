"""市の側: what the tests of 番号連携サーバ do as the core, and how they look into every system's tables."""


from sqlalchemy import text

from exchange.soap import SoapFault
from systems.frame.client import Silent
from tests.systems.numberlink.people import individual_number, resident

TAX = {"照会先機関コード": "112038", "事務コード": "B2120", "事務手続コード": "B2120P01", "特定個人情報名コード": "CHIHOZEI01",
       "対象年度": "2026", "目的": "支給認定の審査 (階層区分の判定)"}
CERTIFICATION = {"特定個人情報名コード": "NANBYO01", "レイアウト版": "模擬1", "項目": [
    {"項目コード": "NB01", "項目名": "有効期間開始日", "値": "2026-11-10"},
    {"項目コード": "NB02", "項目名": "有効期間終了日", "値": "2027-09-30"}]}


def numbering(place: int) -> dict:
    """Fuban, said: the *place*-th resident's number was read from her card."""
    return {"整理番号": resident(place)["整理番号"], "個人番号": individual_number(place), "本人確認": "個人番号カード"}


def question(number: str, **other: str) -> dict:
    """ShokaiYokyu, said."""
    return {"統合宛名番号": number, **TAX, **other}


def provided(number: str) -> dict:
    """TeikyoToroku, said: the first version."""
    return {"統合宛名番号": number, "登録区分": "新規", "版": 1, "自動応答不可フラグ": False, "特定個人情報": CERTIFICATION}


def rows(engine, sql: str, **values) -> list:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(sql), values)]


def places_with(engine, number: str) -> list[str]:
    """Every table of every system and of the core that holds *number* in any column, read as text."""
    tables = rows(engine, "SELECT table_schema, table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE' "
                  "AND table_schema NOT IN ('pg_catalog', 'information_schema')")
    return [f"{schema}.{table}" for schema, table in tables if rows(
        engine, f'SELECT 1 FROM "{schema}"."{table}" each WHERE each::text LIKE :number OR each::text LIKE :bytes LIMIT 1',
        number=f"%{number}%", bytes=f"%{number.encode().hex()}%")]


def stubborn(running, operation: str, request_id: str, **values):
    """What the core does: the same request under the same id until it is answered."""
    peer = None
    for _ in range(3000):
        try:
            peer = peer or running.peer("numberlink", "numberlink", "core")
            return peer.call(operation, request_id, "numbers1", values)
        except Silent:
            continue
        except SoapFault as fault:
            if fault.side != "Server":
                raise
    raise AssertionError("it never answered")


def everything_about(running, place: int) -> tuple[str, str, str]:
    """A person comes, is numbered, asked about, provided and told; return her number and the references."""
    row = resident(place)
    stubborn(running, "AtenaToroku", f"come-{place:06}", 宛名=[row])
    number = stubborn(running, "Fuban", f"number-{place:06}", **numbering(place))["統合宛名番号"]
    stubborn(running, "TeikyoToroku", f"give-{place:06}", **provided(number))
    until_obtained(running, row["整理番号"], place)
    asked = stubborn(running, "ShokaiYokyu", f"ask-{place:06}", **question(number))["受付番号"]
    told = stubborn(running, "OshiraseSofu", f"tell-{place:06}", 統合宛名番号=number, 件名="更新", 本文="案内", 回答要否=False)["受付番号"]
    return number, asked, told


def until_obtained(running, file_number: str, place: int) -> None:
    for look in range(5000):
        if stubborn(running, "TogoAtenaShokai", f"look-{place:06}-{look:06}", 整理番号=file_number)["符号状態"] == "取得済":
            return
    raise AssertionError("the code never came")
