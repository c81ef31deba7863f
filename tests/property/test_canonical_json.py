"""Canonical JSON against the published library, and strict reading."""

import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from homeward.foundation.canonical import (
    canonical_bytes,
    read_canonical,
    read_sealed,
    seal_document,
)
from homeward.foundation.errors import InputError, TamperError

KEYS = st.text(st.characters(max_codepoint=126), max_size=8)
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_bytes_are_those_of_the_rfc_8785_library(value):
    assert canonical_bytes(value) == rfc8785.dumps(value)
    assert read_canonical(canonical_bytes(value), what="document") == value


@given(VALUES)
def test_any_other_writing_of_the_same_content_is_refused(value):
    loose = json.dumps(value, indent=1).encode()
    if loose != canonical_bytes(value):
        with pytest.raises(TamperError):
            read_canonical(loose, what="document")


@given(st.dictionaries(KEYS, VALUES, max_size=4), st.data())
def test_a_sealed_document_refuses_every_changed_byte(document, data):
    sealed = canonical_bytes(seal_document(document, "sha256"))
    read_sealed(sealed, "sha256", what="document")
    changed = bytearray(sealed)
    changed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(TamperError):
        read_sealed(bytes(changed), "sha256", what="document")


@pytest.mark.parametrize("value", [1.5, 2**53, {"ж": 1}, {1: 2}, b"x", "\ud800", float("nan")])
def test_what_has_no_one_form_is_refused(value):
    with pytest.raises(InputError):
        canonical_bytes(value)


@pytest.mark.parametrize(
    "data", [b'{"a":1,"a":1}', b"1.0", b"-0", b"NaN", b"[" * 9999, b"\xff", b""]
)
def test_bytes_that_are_no_canonical_json_are_tampered(data):
    with pytest.raises(TamperError):
        read_canonical(data, what="document")
