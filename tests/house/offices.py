"""昔の事務所: what an office held at an earlier revision of the database, kept as rows and put back at that revision.

``NANBYO_KEEP_OFFICE=1 ./nanbyo test tests/house/test_migrations.py`` keeps one more at the newest revision; do so after
a migration that adds or changes tables, so that the migrations after it walk over such rows too.
"""

import gzip
import json
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, text

FOLDER: Final = Path(__file__).parent / "offices"
Rows = list[dict[str, Any]]
Office = dict[str, Rows]
# Filled from the snapshots in seeds/tables, or of no worth to anybody else.
NOT_KEPT: Final = ("alembic_version", "postal_area", "bank", "bank_branch", "municipality", "login_session")
# Generated columns are worked out again.
_COLUMNS: Final = text("""
SELECT c.table_schema || '.' || c.table_name AS name, array_agg(c.column_name::text ORDER BY c.ordinal_position) AS columns
  FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
 WHERE c.table_schema IN ('public', 'numbering') AND t.table_type = 'BASE TABLE' AND c.is_generated = 'NEVER'
   AND NOT c.table_name = ANY(:not_kept) GROUP BY 1 ORDER BY 1""")


def columns(connection: Connection) -> dict[str, list[str]]:
    """Every table an office is kept by, with its columns."""
    return {name: found for name, found in connection.execute(_COLUMNS, {"not_kept": list(NOT_KEPT)})}


def rows_of(connection: Connection) -> Office:
    """What the office of this database holds."""
    found = {name: [row for (row,) in connection.execute(text(f"SELECT row_to_json(t) FROM {name} t"))]
             for name in columns(connection)}
    return {name: rows for name, rows in found.items() if rows}


def keep(connection: Connection, revision: str) -> None:
    """Write the office of this database to its file."""
    content = json.dumps(rows_of(connection), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    (FOLDER / f"{revision}.json.gz").write_bytes(gzip.compress(content.encode(), mtime=0))


def is_kept(revision: str) -> bool:
    """Whether an office was kept at this very revision."""
    return (FOLDER / f"{revision}.json.gz").exists()


def office_at(revision: str) -> Office:
    """The newest office kept at or before *revision*, else the first one kept."""
    kept = sorted(path.name.removesuffix(".json.gz") for path in FOLDER.glob("*.json.gz"))
    chosen = max((name for name in kept if name <= revision), default=kept[0])
    office: Office = json.loads(gzip.decompress((FOLDER / f"{chosen}.json.gz").read_bytes()))
    return office


def put_back(connection: Connection, office: Office) -> dict[str, int]:
    """Put the rows where they lay, as far as this revision has their tables; return how many lie in each."""
    connection.execute(text("SET session_replication_role = replica"))  # as they were, whatever the order
    counts = {}
    for name, known in columns(connection).items():
        rows = office.get(name, [])
        if rows:
            told = ", ".join(f'"{column}"' for column in known if column in rows[0])
            connection.execute(text(f"INSERT INTO {name} ({told}) OVERRIDING SYSTEM VALUE SELECT {told}"
                                    f" FROM json_populate_recordset(NULL::{name}, :rows)"),
                               {"rows": json.dumps(rows, ensure_ascii=False)})
            counts[name] = len(rows)
    connection.execute(text("SET session_replication_role = DEFAULT"))
    connection.execute(text(_NUMBER_ON))
    return counts


# Every sequence goes on behind the highest number given.
_NUMBER_ON: Final = """
DO $$ DECLARE r record; BEGIN
  FOR r IN SELECT table_schema, table_name, column_name,
                  pg_get_serial_sequence(format('%I.%I', table_schema, table_name), column_name) AS sequence
             FROM information_schema.columns WHERE table_schema IN ('public', 'numbering') LOOP
    IF r.sequence IS NOT NULL THEN
      EXECUTE format('SELECT setval(%L, coalesce((SELECT max(%I) FROM %I.%I), 0) + 1, false)',
                     r.sequence, r.column_name, r.table_schema, r.table_name);
    END IF;
  END LOOP;
END $$"""
