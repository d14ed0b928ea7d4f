"""Commands that measure models, run with `python -m evaluation.NAME`; they are not installed.

run, compare, agreement, label_errors and learning_curve work on any corpus; rebuild, render and index keep the
committed reports; benchmarks/, behaviour/, field/, speed/ and components/ are the project's own experiments. `reports/`
holds the reports.
"""
