"""One document, one sequence of bytes.

Rules of this file:
- Canonical bytes are RFC 8785 (JCS), as written by the `rfc8785` library.
- Floats are refused: every number homeward signs is an integer.
- Reading is strict: bytes that are not exactly the canonical form of what they say are
  a `TamperError`, so that a document cannot be changed without its hash changing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import rfc8785

from homeward.foundation.errors import InputError, TamperError


def canonical_bytes(document: object) -> bytes:
    """Write a document in its one canonical form.

    Args:
        document: JSON values without floats; integers of at most 53 bits.

    Returns:
        UTF-8 bytes, without a newline at the end.

    Raises:
        InputError: The document holds a float, a larger integer or another type.

    Source:
        RFC 8785.
    """
    _refuse_floats(document)
    try:
        return rfc8785.dumps(document)  # type: ignore[arg-type]
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as error:
        raise InputError(
            "canonical.type",
            f"Expected JSON values with integers of at most 53 bits, found another ({type(error).__name__}).",
            hint="Write larger numbers and other types as text.",
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
        value = json.loads(data.decode("utf-8"), parse_float=_no_float)
        same = canonical_bytes(value) == data
    except (ValueError, RecursionError, InputError) as error:
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
    body = {name: value for name, value in document.items() if name != key}
    if canonical_sha256(body) != document[key]:
        raise _changed(what, f"another {key} than its content has")
    return document


def _refuse_floats(value: object) -> None:
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, float):
            raise InputError(
                "canonical.float",
                "Expected integers, found a number with a fraction.",
                hint="Write it as an integer of a smaller unit, or as text.",
            )
        if isinstance(item, dict):
            stack.extend(item.values())
        elif isinstance(item, (list, tuple)):
            stack.extend(item)


def _no_float(text: str) -> object:
    raise ValueError(text[:20])


def _changed(what: str, found: str) -> TamperError:
    return TamperError(
        "canonical.changed",
        f"Expected the {what} exactly as it was written, found {found}.",
        hint="Fetch it again from its author; do not use this copy.",
    )
