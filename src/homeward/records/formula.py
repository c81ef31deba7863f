"""Cells that a spreadsheet would run, and the apostrophe that stops it.

Rules of this file:
- A cell is dangerous if its first visible character is one of `= + - @` or a look-alike,
  or if a tab or a carriage return comes before any visible character.
- `guard` puts one apostrophe before a dangerous cell, and before one that already is a
  dangerous cell behind apostrophes; `unguard` takes exactly one away. Each therefore
  undoes the other, for every text.

Source: OWASP, CSV Injection (leading characters).
"""

from __future__ import annotations

import unicodedata

# ASCII, full-width, small forms and the minus sign: spreadsheets normalise some of them.
_TRIGGERS = frozenset("=+-@＝＋－＠﹢﹣﹦﹫−")  # noqa: RUF001
_LEADING_TRIGGERS = frozenset("\t\r")
# Separators, controls, formats, marks without a letter, and letters drawn as nothing.
_INVISIBLE_CATEGORIES = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Cn", "Mn", "Me"})
_INVISIBLE_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def guard(text: str) -> str:
    """Return the text as it may stand in a spreadsheet's cell."""
    return f"'{text}" if _is_formula(text.lstrip("'")) else text


def unguard(text: str) -> str:
    """Return the text that `guard` was given."""
    if text.startswith("'") and _is_formula(text.lstrip("'")):
        return text[1:]
    return text


def _is_formula(text: str) -> bool:
    for char in text:
        if char in _TRIGGERS or char in _LEADING_TRIGGERS:
            return True
        if not _is_invisible(char):
            return False
    return False


def _is_invisible(char: str) -> bool:
    return unicodedata.category(char) in _INVISIBLE_CATEGORIES or char in _INVISIBLE_LETTERS
