"""Read rooms from CSV, JSON, NDJSON and GeoJSON files, and reject invalid rows."""
