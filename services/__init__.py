"""What runs Rent-o-Matic: PostgreSQL, gunicorn and Nginx under one supervisor."""
