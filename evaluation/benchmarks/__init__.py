"""Other people's corpora: the project's own experiments, not installed."""
