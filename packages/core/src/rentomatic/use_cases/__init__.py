"""The use cases: functions over a repository."""
