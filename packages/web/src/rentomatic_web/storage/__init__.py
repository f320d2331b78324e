"""Wrappers of the repositories: a limit of heavy reads, and the time of each operation."""
