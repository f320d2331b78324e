"""Benchmarks of `just bench`: comparison with rivals, growth of the database, imports."""
