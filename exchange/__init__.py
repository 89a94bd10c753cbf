"""Bytes and dataclasses: wire formats and files; no database, no web, no law."""
