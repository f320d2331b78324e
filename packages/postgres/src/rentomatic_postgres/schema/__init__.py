"""Creation and migration of the database, and its application role."""
