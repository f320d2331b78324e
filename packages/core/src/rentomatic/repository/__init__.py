"""The repository protocols, and what all storages share."""
