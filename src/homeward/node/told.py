# mypy: disallow-subclassing-any=False
# ruff: noqa: DJ008
# As in `models`: Django ships no types, and a __str__ of ours would carry what is stored.
"""The table of those of whom somebody was told; `models` has all others.

Rules of this file:
- A row says that one of our held list stands in the notification of a root, and to whom it went.
  Whether that notification counts, the ledger says.
"""

from __future__ import annotations

from django.db import models

import homeward.node.settings  # noqa: F401 - models can be defined only after Django is set up

_PARTY_CHARS, _SHA256_CHARS, _REF_CHARS = 27, 64, 128  # as in `models`


class Notified(models.Model):
    """One of our held list of whom somebody was told, by the entry of a root."""

    to = models.CharField(max_length=_PARTY_CHARS, help_text="The party or observer told.")
    root = models.CharField(
        max_length=_SHA256_CHARS, help_text="Root of the notification, as the ledger has it."
    )
    ref = models.CharField(max_length=_REF_CHARS, help_text="Our reference.")

    class Meta:
        """A notification tells of somebody once."""

        constraints = (models.UniqueConstraint(fields=["to", "root", "ref"], name="notified_once"),)
