"""Lines with their positions, strict JSON, text checks, atomic files, optional imports."""
