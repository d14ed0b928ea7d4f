"""InputFile texts to labelled rows: one output file, or a resumable run."""
