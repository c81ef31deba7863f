"""The text form of an age key, read back into its bytes.

Rules of this file:
- Only what age writes is read: a known prefix, one case, a checksum that holds.
- No message repeats a character of the text: it may be a secret.
"""

from __future__ import annotations

from homeward.foundation.errors import InputError

_LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECKSUM_CHARS = 6


def read_bech32(text: str, *, prefix: str) -> bytes:
    """Return the bytes that a Bech32 text stands for.

    Args:
        text: Such as `age1…`, in capitals or in small letters.
        prefix: What stands before its separator, in small letters: `age`.

    Returns:
        The bytes.

    Raises:
        InputError: It is no such text.

    Source:
        BIP-173, without its limit of length, as https://age-encryption.org/v1 uses it.
    """
    small = text.lower()
    head, separator, tail = small.rpartition("1")
    if (
        text not in {small, text.upper()}
        or (head, separator) != (prefix, "1")
        or len(tail) < _CHECKSUM_CHARS
        or any(letter not in _LETTERS for letter in tail)
    ):
        raise _refused()
    values = [_LETTERS.index(letter) for letter in tail]
    spread = [ord(char) >> 5 for char in head] + [0] + [ord(char) & 31 for char in head]
    if _polymod([*spread, *values]) != 1:
        raise _refused()
    return _bytes_of(values[:-_CHECKSUM_CHARS])


def _polymod(values: list[int]) -> int:
    checksum = 1
    for value in values:
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value
        for place, generator in enumerate(_GENERATORS):
            checksum ^= generator if top >> place & 1 else 0
    return checksum


def _bytes_of(values: list[int]) -> bytes:
    """Return groups of five bits as bytes; what is left over is less than a group, and zero."""
    bits = len(values) * 5
    number = 0
    for value in values:
        number = number << 5 | value
    left = bits % 8
    if left >= 5 or number & ((1 << left) - 1):
        raise _refused()
    return (number >> left).to_bytes(bits // 8, "big")


def _refused() -> InputError:
    return InputError(
        "crypto.recipient",
        "Expected an age key (age1…) of the recipient, found another text.",
        hint="Import the recipient's card again.",
    )
