"""Write the stand-off labels in data/real/ from the corpus files, which are not in the repository.

    python scripts/strip_real.py ../shared/corpora/real/{train,dev,news_dev,articles_dev,new_sources_dev}.jsonl

Each file becomes data/real/NAME.jsonl: ids, hashes, labels and offsets, without a word of the text. The same file gives
the same bytes. scripts/rebuild_real.py is the way back.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from hedgerow.corpus.external import objects
from hedgerow.corpus.stand_off import strip_text
from hedgerow.io.atomic import replaced_file

DATA = Path(__file__).resolve().parents[1] / "data" / "real"


def main() -> None:
    """Write one stand-off file per corpus file."""
    parser = argparse.ArgumentParser(description="Write stand-off labels without text.")
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=DATA, help="the folder (default: data/real)")
    options = parser.parse_args()
    for path in options.files:
        rows = [strip_text(row) for _, row in objects(path)]
        with replaced_file(options.out / path.name) as file:
            file.writelines(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)
        print(f"{options.out / path.name}: {len(rows):,} rows")


if __name__ == "__main__":
    main()
