"""Rows of CSV, JSON, NDJSON and GeoJSON files, read as rooms or rejected."""
