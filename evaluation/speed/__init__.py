"""Throughput, load and scaling: the project's own experiments, not installed."""
