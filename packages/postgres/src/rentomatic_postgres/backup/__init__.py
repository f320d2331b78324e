"""Backups by pg_dump, checked and restored."""
