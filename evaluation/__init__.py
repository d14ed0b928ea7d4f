"""What measures models: run with `python -m evaluation.NAME`. Not installed; reports/ holds what was measured."""
