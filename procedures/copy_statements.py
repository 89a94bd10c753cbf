"""控えの文: what backup and restore ask of PostgreSQL's own catalogue; names come from there and are quoted there."""

from typing import Final

# Every table of the schemas that hold ours, partitions through their parent; generated columns are worked out again.
TABLES: Final = """
SELECT format('%I.%I', n.nspname, c.relname) AS name,
       string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FILTER (WHERE a.attgenerated = '') AS columns
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname = ANY(:schemas)
 GROUP BY n.nspname, c.relname ORDER BY 1"""

# Schemas that hold a table of ours or a part of one.
SCHEMAS: Final = """
SELECT DISTINCT n.nspname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = ANY(:schemas) OR (c.relispartition AND c.oid IN (
   SELECT i.inhrelid FROM pg_inherits i JOIN pg_class parent ON parent.oid = i.inhparent
     JOIN pg_namespace p ON p.oid = parent.relnamespace WHERE p.nspname = ANY(:schemas)))
 ORDER BY 1"""

SEQUENCES: Final = """
SELECT format('%I.%I', schemaname, sequencename) AS name, last_value FROM pg_sequences
 WHERE schemaname = ANY(:schemas) ORDER BY 1"""

# A row is hashed as the text of all its columns; these settings decide that text.
SAME_TEXT: Final = ("SET LOCAL TimeZone = 'UTC'", "SET LOCAL DateStyle = 'ISO, YMD'", "SET LOCAL IntervalStyle = 'iso_8601'",
                    "SET LOCAL extra_float_digits = 3", "SET LOCAL bytea_output = 'hex'", "SET LOCAL search_path = public")

# Order does not matter: the sums of both halves of every row's SHA-256.
ROW_HASHES: Final = """
SELECT count(*), coalesce(sum(('x' || substr(digest, 1, 16))::bit(64)::bigint::numeric), 0)::text,
       coalesce(sum(('x' || substr(digest, 17, 16))::bit(64)::bigint::numeric), 0)::text
  FROM (SELECT encode(sha256(convert_to(whole_row::text, 'UTF8')), 'hex') AS digest FROM {table} AS whole_row) AS hashed"""

FOREIGN_KEYS: Final = """
SELECT format('%I.%I', n.nspname, c.relname) AS "table", quote_ident(k.conname) AS name, pg_get_constraintdef(k.oid) AS says
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE k.contype = 'f' AND k.conparentid = 0 AND n.nspname = ANY(:schemas) ORDER BY 1, 2"""

TRIGGERS: Final = """
SELECT format('%I.%I', n.nspname, c.relname) AS "table", quote_ident(t.tgname) AS name, t.tgenabled::text AS state
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND n.nspname = ANY(:schemas) ORDER BY 1, 2"""
