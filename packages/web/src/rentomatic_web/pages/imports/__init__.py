"""The pages that import a file."""
