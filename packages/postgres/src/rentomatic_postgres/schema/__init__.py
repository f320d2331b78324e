"""The database itself: created, migrated, and granted to roles."""
