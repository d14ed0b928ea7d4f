"""Commands that measure models, run with `python -m evaluation.NAME`; they are not installed.

run, compare, parts, agreement, label_errors, learning_curve, cross_validate, seeds, leaks and thresholds work on any
corpus (docs/evaluation.md); rebuild, render and index keep the committed reports; benchmarks/, behaviour/, field/,
speed/ and components/ are the project's own experiments. `reports/` holds the reports.
"""
