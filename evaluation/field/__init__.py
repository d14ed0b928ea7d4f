"""Field cases: inputs of the kinds that users of such tools report as broken, and kinds that failed, tried harder.

The cases were written for this project and are not in the repository. None may go into training, nor a sentence made
from one. `cases.py` reads them, `judging.py` compares a model with them, `tally.py` counts, and `field_page.py` writes
the page.
"""
