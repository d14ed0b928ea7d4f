"""Hedgerow in the tools people use: spaCy, scikit-learn, pandas, datasets, transformers.

Each module imports its library, and is imported only when it is asked for.
"""
