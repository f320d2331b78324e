"""Backups with pg_dump, and their restore."""
