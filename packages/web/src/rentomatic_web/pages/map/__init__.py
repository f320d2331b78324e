"""The map as the server draws it, and the land and texts of the interactive one."""
