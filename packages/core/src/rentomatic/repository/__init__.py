"""The protocols of storages, the storage in memory, and code that all storages share."""
