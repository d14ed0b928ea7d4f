"""Labelled texts to look at: a page, a picture, a piece of HTML for a notebook, and why a sentence has its labels."""

from hedgerow.view.about import About, about_model
from hedgerow.view.documents import Collector, ViewedDocument
from hedgerow.view.explaining import Explanation, explain
from hedgerow.view.fragment import write_fragment
from hedgerow.view.notebook import save_page, show
from hedgerow.view.picture import write_picture
from hedgerow.view.whole_page import write_page

__all__ = [
    "About",
    "Collector",
    "Explanation",
    "ViewedDocument",
    "about_model",
    "explain",
    "save_page",
    "show",
    "write_fragment",
    "write_page",
    "write_picture",
]
