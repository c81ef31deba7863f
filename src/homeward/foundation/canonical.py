"""One document, one sequence of bytes.

Rules of this file:
- Canonical bytes are RFC 8785 (JCS).
- Numbers are integers of at most 53 bits, and keys are ASCII: then Python's own encoder
  with sorted keys writes exactly RFC 8785, at its speed (a plan may hold 60,000 moves).
- Reading is strict: bytes that are not exactly the canonical form of what they say are
  a `TamperError`, so that a document cannot be changed without its hash changing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from homeward.foundation.errors import InputError, TamperError

INTEGER_MAX = (1 << 53) - 1


def _no_number(text: str) -> object:
    raise ValueError(text[:20])


# Made once: json.loads makes a decoder for each text that is not read by default rules.
_DECODER = json.JSONDecoder(parse_float=_no_number, parse_constant=_no_number)
_ENCODER = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False
)


def canonical_bytes(document: object) -> bytes:
    """Write a document in its one canonical form.

    Args:
        document: JSON values; integers of at most 53 bits, keys in ASCII, no floats.

    Returns:
        UTF-8 bytes, without a newline at the end.

    Raises:
        InputError: The document holds a float, a larger integer or another type.

    Source:
        RFC 8785.
    """
    try:
        _refuse_others(document)
        return _encode(document)
    except (TypeError, UnicodeEncodeError, RecursionError, ValueError) as error:
        raise InputError(
            "canonical.type",
            "Expected JSON with whole numbers of at most 53 bits and keys in ASCII, found another "
            f"value ({type(error).__name__}).",
            hint="Write larger numbers, fractions and other types as text.",
        ) from error


def canonical_sha256(document: object) -> str:
    """Return the SHA-256 of a document's canonical bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_bytes(document)).hexdigest()


def read_canonical(data: bytes, *, what: str) -> Any:
    """Read canonical bytes, refusing every other byte.

    Args:
        data: Bytes that claim to be canonical.
        what: What the document is, for the message (`"plan"`, `"entry 12"`).

    Returns:
        The JSON value.

    Raises:
        TamperError: The bytes are not JSON, or not the canonical form of it.
    """
    try:
        value, _ = _DECODER.raw_decode(data.decode("utf-8"))  # what follows it, `same` finds
        if not data.isascii():  # slow, and needed only where a key may not be ASCII
            _refuse_others(value)
        same = _encode(value) == data
    except (ValueError, TypeError, RecursionError) as error:
        raise _changed(what, "no JSON in canonical form") from error
    if not same:
        raise _changed(what, "other bytes for the same content")
    return value


def seal_document(document: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Add a document's own hash under `key`.

    Args:
        document: The document without `key`.
        key: Such as `"plan_sha256"`.

    Returns:
        A new document that `read_sealed` accepts.
    """
    body = {name: value for name, value in document.items() if name != key}
    return {**body, key: canonical_sha256(body)}


def read_sealed(data: bytes, key: str, *, what: str) -> dict[str, Any]:
    """Read a document that carries its own hash.

    Args:
        data: Canonical bytes.
        key: Where its hash stands.
        what: What the document is, for the message.

    Returns:
        The document, hash included.

    Raises:
        TamperError: A byte was changed.
    """
    document = read_canonical(data, what=what)
    if not isinstance(document, dict) or key not in document:
        raise _changed(what, f"no {key}")
    if hashlib.sha256(_without(data, document, key)).hexdigest() != document[key]:
        raise _changed(what, f"another {key} than its content has")
    return document


def _without(data: bytes, document: Mapping[str, Any], key: str) -> bytes:
    """Return the canonical bytes of a document less one key, cut out of its own, `data`."""
    after = {name: value for name, value in document.items() if name > key}
    own, rest = _encode({key: document[key], **after}), _encode(after)
    before = data[: len(data) - len(own) + 1]  # it ends with what stands before the key: "{" or ","
    return before + rest[1:] if after else before.removesuffix(b",") + rest[1:]


def _encode(document: object) -> bytes:
    return _ENCODER.encode(document).encode("utf-8")


def _refuse_others(value: object) -> None:
    """Walk a document; texts, its bulk, are never put on the stack."""
    stack = [value]
    while stack:
        item = stack.pop()
        kind = type(item)
        if kind is dict:
            assert isinstance(item, dict), "just seen"
            if not "".join(item).isascii():  # a key that is no text raises TypeError by itself
                raise TypeError("key")
            stack.extend(each for each in item.values() if type(each) is not str)
        elif kind is list or kind is tuple:
            stack.extend(each for each in item if type(each) is not str)  # type: ignore[attr-defined]
        elif kind is int:
            if not -INTEGER_MAX <= item <= INTEGER_MAX:  # type: ignore[operator]
                raise TypeError("integer")
        elif kind not in {str, bool, type(None)}:
            raise TypeError(kind.__name__)


def _changed(what: str, found: str) -> TamperError:
    return TamperError(
        "canonical.changed",
        f"Expected the {what} exactly as it was written, found {found}.",
        hint="Fetch it again from its author; do not use this copy.",
    )
