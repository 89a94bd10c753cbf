"""Printed forms: HTML and CSS in, PDF out; nothing here decides anything."""
