"""Checks of `rentomatic doctor` on a PostgreSQL server."""
