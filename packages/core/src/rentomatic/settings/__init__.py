"""Settings, read from the environment and a JSON file and checked."""
