"""Builds the SQLite file of packages/places."""
