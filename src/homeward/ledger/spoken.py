"""Keys as words: to be read aloud, written down by hand, and typed in again.

Rules of this file:
- Sixteen bits are one word of five letters, consonant and vowel in turn, so that it can be
  spoken in most languages: four bits for a consonant, two for a vowel.
- A key is sixteen words, and a seventeenth that checks them: the first sixteen bits of
  SHA-256 over a domain of our own and the key. A wrong word is noticed in all but one of
  65,536 cases.
- Capitals, line breaks and the marks between words do not matter.

Source: D. Wilkerson, A Proposal for Proquints (2009), arXiv:0901.4016.
"""

from __future__ import annotations

import hashlib
import re

from homeward.foundation.crypto import KEY_BYTES
from homeward.foundation.errors import InputError

_CONSONANTS, _VOWELS = "bdfghjklmnprstvz", "aiou"
_DOMAIN = b"homeward-spoken-v1\n"
_WORDS = KEY_BYTES // 2 + 1
_WORD = re.compile(f"(?:[{_CONSONANTS}][{_VOWELS}]){{2}}[{_CONSONANTS}]")


def spoken(key: bytes) -> str:
    """Write a public key as seventeen words, the last of which checks the others.

    Args:
        key: 32 bytes.

    Returns:
        Words of five letters with a hyphen between them.
    """
    assert len(key) == KEY_BYTES, "a key"
    data = key + _check(key)
    return "-".join(_word(data[at : at + 2]) for at in range(0, len(data), 2))


def read_spoken(text: str) -> bytes:
    """Read a key that was spoken or written by hand.

    Args:
        text: Its seventeen words.

    Returns:
        32 bytes.

    Raises:
        InputError: A word is missing, is none, or the last one does not check the others.
    """
    words = re.findall(r"[a-z]+", text.lower())
    if len(words) != _WORDS or not all(map(_WORD.fullmatch, words)):
        raise _unread(f"{_WORDS} words of five letters", f"{len(words)}, or another form")
    data = b"".join(map(_bytes, words))
    if _check(data[:KEY_BYTES]) != data[KEY_BYTES:]:
        raise _unread("a last word that checks the others", "a wrong one among them")
    return data[:KEY_BYTES]


def _check(key: bytes) -> bytes:
    return hashlib.sha256(_DOMAIN + key).digest()[:2]


def _word(pair: bytes) -> str:
    bits = int.from_bytes(pair, "big")
    return "".join(
        (_CONSONANTS[bits >> shift & 15] if number % 2 == 0 else _VOWELS[bits >> shift & 3])
        for number, shift in enumerate((12, 10, 6, 4, 0))
    )


def _bytes(word: str) -> bytes:
    bits = 0
    for number, letter in enumerate(word):
        bits = (
            bits << 4 | _CONSONANTS.index(letter)
            if number % 2 == 0
            else (bits << 2 | _VOWELS.index(letter))
        )
    return bits.to_bytes(2, "big")


def _unread(expected: str, found: str) -> InputError:
    return InputError(
        "keys.spoken",
        f"Expected {expected}, found {found}.",
        hint="Let the words be read again, slowly.",
    )
