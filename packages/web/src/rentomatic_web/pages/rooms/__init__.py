"""Rooms on pages: cards, the page of one room, its photos, and the forms that change it."""
