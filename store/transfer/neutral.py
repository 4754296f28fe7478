"""Texts of a CSV that a spreadsheet would take for formulas: made harmless on the way out, and restored. Pure."""

from collections.abc import Sequence

# What a spreadsheet takes for a formula, behind any number of apostrophes: with one more it comes back as it was.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# The name of a column that says that this was done: a text that somebody typed keeps its own apostrophe.
NEUTRALISED = "'"


def neutral(cell: str) -> str:
    """A CSV has no types: an apostrophe keeps a text that looks like a formula from being one."""
    return f"'{cell}" if _looks_like_formula(cell) else cell


def needs_neutral(cells: Sequence[object]) -> bool:
    return any(isinstance(cell, str) and _looks_like_formula(cell) for cell in cells)


def restored(cell: str) -> str:
    """The text before `neutral`."""
    return cell[1:] if cell.startswith("'") and _looks_like_formula(cell) else cell


def _looks_like_formula(cell: str) -> bool:
    return cell.lstrip("'").startswith(_FORMULA)
