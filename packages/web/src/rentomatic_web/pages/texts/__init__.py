"""Texts of pages in the visitor's language: catalogues, names, numbers and messages."""
