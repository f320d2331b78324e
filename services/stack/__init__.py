"""What `./just serve` and its kin run: PostgreSQL, gunicorn and Nginx under one supervisor."""
