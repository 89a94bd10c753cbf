"""権限: who of the city's staff may see or decide what on 連携基盤; the accounts of a trial."""

from typing import Final

# 役割 → what it may do here.
ROLES: Final = {"operator": "運用・接続先・職員を管理する", "decider": "文字の縮退を決める", "printing": "印刷を扱う",
                "batch": "共有のバッチのファイルを読み書きする", "staff": "共通認証でほかのシステムに入る", "auditor": "記録を見る"}
DEMO: Final = (
    ("admin1", "権限 管理", ("operator", "printing", "batch")), ("admin2", "運用 次郎", ("operator", "printing", "batch")),
    ("manager1", "管理 一郎", ("decider", "printing")), ("manager2", "管理 次郎", ("decider", "printing")),
    ("numbers1", "番号 太郎", ("decider",)), ("auditor1", "監査 正", ("auditor",)),
    *((f"clerk{place}", f"入力 {place}", ("staff",)) for place in range(1, 7)), ("reviewer1", "審査 一", ("staff",)))
