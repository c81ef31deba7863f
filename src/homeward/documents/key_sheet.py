"""A sheet that shows public keys, to be printed, read aloud and compared.

Rules of this file:
- It is plain text of at most 80 columns: any printer of any machine without a network
  prints it. No secret stands on it.
- Each key stands there three times: as words, as a code to scan, and by its key id.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass

import segno

_COLUMNS = 76
_BLOCKS = {(0, 0): " ", (1, 0): "▀", (0, 1): "▄", (1, 1): "█"}
_BORDER_DOTS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetKey:
    """One key on a sheet: what it is, its id, its words, and what the code says (ASCII)."""

    title: str
    key: str
    words: str
    code: str


def key_sheet(title: str, facts: Iterable[str], keys: Iterable[SheetKey]) -> str:
    """Write the sheet.

    Args:
        title: What it shows.
        facts: Lines under the title.
        keys: The keys, in order.

    Returns:
        Text that ends with a newline.

    Source:
        ISO/IEC 18004 (the codes).
    """
    lines = [title, "=" * len(title), "", *facts, ""]
    for each in keys:
        lines += [f"{each.title} · key id {each.key}", ""]
        lines += textwrap.wrap(
            each.words.replace("-", " "), _COLUMNS, initial_indent="  ", subsequent_indent="  "
        )
        lines += ["", *_drawn(each.code), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _drawn(text: str) -> list[str]:
    """Draw a code in half blocks, two rows of dots a line."""
    code = segno.make(text, error="m", micro=False)
    rows = [[int(bool(dot)) for dot in row] for row in code.matrix_iter(border=_BORDER_DOTS)]
    if len(rows) % 2:
        rows.append([0] * len(rows[0]))
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return ["".join(_BLOCKS[pair] for pair in zip(*two, strict=True)).rstrip() for two in pairs]
