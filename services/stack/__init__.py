"""Runs PostgreSQL, gunicorn and Nginx under supervisord on one machine, for `./just serve`."""
