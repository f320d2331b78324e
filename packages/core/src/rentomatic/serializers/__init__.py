"""Convert values of the domain to JSON, GeoJSON, CSV and NDJSON."""
