"""Checks of `rentomatic doctor` that do not depend on the storage."""
