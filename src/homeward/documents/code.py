"""A few bytes as a code to scan from a screen."""

from __future__ import annotations

import segno

MAX_BYTES = 2_900  # what one code holds at the lowest correction
_DOT_PIXELS = 3
_BORDER_DOTS = 4  # ISO/IEC 18004: a scanner needs the quiet zone


def code_image(data: bytes) -> str:
    """Draw a QR code.

    Args:
        data: At most `MAX_BYTES`.

    Returns:
        A `data:` address of an SVG image, black on transparent.

    Source:
        ISO/IEC 18004.
    """
    assert len(data) <= MAX_BYTES, "the caller knows that it fits"
    code = segno.make(data, error="l", micro=False)
    return str(code.svg_data_uri(scale=_DOT_PIXELS, border=_BORDER_DOTS))
