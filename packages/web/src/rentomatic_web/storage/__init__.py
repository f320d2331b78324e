"""Wrappers of the repositories: limits and results of heavy reads, the time of operations."""
