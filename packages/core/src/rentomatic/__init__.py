"""Rent-o-Matic's core: rooms, searches and use cases, on the standard library alone."""

from importlib.metadata import version

__version__ = version("rentomatic-core")
