"""Read the rows of files, before they are rooms: cells of a table, or JSON objects."""
