"""Nothing rests sealed where an erasure would forget to seal it anew."""

from django.apps import apps
from django.db import models

from homeward.node.actions.resting import RESTING

PLAIN = {
    ("Peer", "card"),
    *(("LedgerEntry", name) for name in ("entry", "leaf_hash")),
    *((table, "root") for table in ("LogHead", "Witnessed")),
    ("Draft", "entry"),
    ("Decision", "signature"),
}
"""Columns of bytes that name nobody, and rest as they are."""


def test_every_column_of_bytes_is_sealed_anew_or_known_to_be_plain():
    found = {
        (model.__name__, field.name)
        for model in apps.get_app_config("node").get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.BinaryField)
    }
    assert {(model.__name__, column) for model, column, _ in RESTING} | PLAIN == found
    assert len(RESTING) + len(PLAIN) == len(found)
