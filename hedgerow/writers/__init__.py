"""Labelled rows to JSON Lines, CSV, Parquet and the terminal."""
