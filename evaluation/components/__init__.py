"""Parts of the product measured alone: the project's own experiments, not installed."""
