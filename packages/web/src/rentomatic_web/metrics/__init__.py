"""Metrics for Prometheus, counted over all processes."""
