"""Values and their rules: rooms, queries, places on the globe, tokens. No I/O."""
