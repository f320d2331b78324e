"""The search page: its form, place, conditions and results."""
