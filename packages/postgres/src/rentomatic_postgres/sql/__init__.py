"""Tables, and the statements that are built once for each shape of query."""
