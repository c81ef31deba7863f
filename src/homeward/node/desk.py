# mypy: disallow-subclassing-any=False
# ruff: noqa: DJ008
# As in `models`: Django ships no types, and a __str__ of ours would carry what is stored.
"""The tables of the desk for statements: texts, what was read in them, and what people said of it.

Rules of this file:
- A row is as the reader read it, or as somebody added it, and never changes. What people say of
  it is a decision behind it; the last one counts, and taking one back is another.
- A text may name people: it rests sealed, and so does what was read in it.
"""

from __future__ import annotations

from django.db import models

import homeward.node.settings  # noqa: F401 - models can be defined only after Django is set up

WORDS = ("confirmed", "corrected", "struck", "waiting")
"""What can be said of a row; `waiting` takes back what was said."""


class PublicText(models.Model):
    """A text that somebody published, as it was kept here."""

    id = models.CharField(primary_key=True, max_length=32, help_text="Random; in addresses.")
    content = models.BinaryField(help_text="Title, text and address as JSON, encrypted.")
    text_mark = models.CharField(
        max_length=32, unique=True, help_text="Blind mark of text and day: kept once."
    )
    language = models.CharField(max_length=2, help_text="In which it was read.")
    published_on = models.DateField(help_text="Day of publication.")
    exchange = models.CharField(
        max_length=140, default="", help_text="The exchange it is about: case:… or history:…"
    )
    kept_at = models.DateTimeField(help_text="When it was kept, UTC.")
    actor = models.CharField(max_length=64, help_text="Id of the user who kept it.")


class TextRow(models.Model):
    """One thing that a text says."""

    text = models.ForeignKey(PublicText, on_delete=models.PROTECT, help_text="The text.")
    number = models.PositiveIntegerField(help_text="In the text, from 1.")
    body = models.BinaryField(help_text="What it says, as JSON, encrypted.")
    is_added = models.BooleanField(default=False, help_text="True if a person added it.")

    class Meta:
        """One row of each number."""

        constraints = (models.UniqueConstraint(fields=["text", "number"], name="text_row"),)


class TextDecision(models.Model):
    """What somebody said of a row; the one of the highest number counts."""

    row = models.ForeignKey(TextRow, on_delete=models.PROTECT, help_text="The row.")
    number = models.PositiveIntegerField(help_text="Of the decisions on this row, from 1.")
    word = models.CharField(max_length=9, help_text="One of WORDS.")
    body = models.BinaryField(null=True, help_text="What counts instead, as JSON, encrypted.")
    at = models.DateTimeField(help_text="When, UTC.")
    actor = models.CharField(max_length=64, help_text="Id of the user who said it.")

    class Meta:
        """Nobody decides on what has changed meanwhile."""

        constraints = (models.UniqueConstraint(fields=["row", "number"], name="row_decision"),)
