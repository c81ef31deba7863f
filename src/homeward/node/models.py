# mypy: disallow-subclassing-any=False
# ruff: noqa: DJ008
# Django ships no types, so its classes are Any to the type checker. No model has a __str__:
# Django's own shows the number of the row, and ours would carry names into tracebacks.
"""The tables of one node: what it holds, whom it knows, what the ledger says.

Rules of this file:
- Tables are thin: no rule of an exchange stands here, only what is stored and what is unique.
- People are read through `access`, never through `Person` directly.
- The ledger's tables hold no personal data; entries are kept as the exact bytes received.
- Nothing is deleted by an action: an import is undone by marking it, a draft by its date.
"""

from __future__ import annotations

from django.db import models

import homeward.node.settings  # noqa: F401 - models can be defined only after Django is set up

_SHA256_CHARS = 64
_PARTY_CHARS = 27
_REF_CHARS = 128
_KINDS = (("held", "held"), ("wanted", "wanted"))


class ListImport(models.Model):
    """One file that was read into a list, and what it changed."""

    kind = models.CharField(max_length=6, choices=_KINDS, help_text="Held or wanted list.")
    file_sha256 = models.CharField(max_length=_SHA256_CHARS, help_text="Of the file's bytes.")
    file_name = models.CharField(max_length=255, help_text="As the user named it, without folders.")
    imported_at = models.DateTimeField(help_text="When it was read, UTC.")
    actor = models.CharField(max_length=64, help_text="Id of the user who read it.")
    row_count = models.PositiveIntegerField(help_text="Rows in the file, good and bad.")
    added_count = models.PositiveIntegerField(help_text="People who were not on the list before.")
    changed_count = models.PositiveIntegerField(help_text="People of whom a cell changed.")
    unchanged_count = models.PositiveIntegerField(help_text="People already written just so.")
    problem_count = models.PositiveIntegerField(help_text="Cells that kept their row out.")
    undone = models.BooleanField(default=False, help_text="True once the import was taken back.")


class Person(models.Model):
    """One person on one list: a few columns to search by, and the whole row as written."""

    kind = models.CharField(max_length=6, choices=_KINDS, help_text="Held or wanted list.")
    ref = models.CharField(max_length=_REF_CHARS, help_text="The bureau's own reference.")
    family_name = models.TextField(help_text="As the list writes it.")
    given_name = models.TextField(help_text="As the list writes it.")
    father_name = models.TextField(help_text="As the list writes it.")
    name_as_written = models.TextField(help_text="The whole name in its first spelling.")
    birth_earliest = models.DateField(null=True, help_text="First day the birth date can mean.")
    birth_latest = models.DateField(null=True, help_text="Last day the birth date can mean.")
    power = models.CharField(max_length=_PARTY_CHARS, help_text="Power on which they depend.")
    status = models.CharField(max_length=10, help_text="Such as pow, civilian, medical.")
    health = models.CharField(max_length=10, help_text="From good to grave, or unknown.")
    consent = models.CharField(max_length=10, help_text="As the holder reports it: a hint.")
    alive = models.CharField(max_length=10, help_text="yes, no or unknown.")
    values = models.TextField(help_text="JSON: every column of the row as text, unknown ones too.")
    row_sha256 = models.CharField(max_length=_SHA256_CHARS, help_text="Of `values`.")
    last_import = models.ForeignKey(
        ListImport, on_delete=models.PROTECT, help_text="The file that last changed the row."
    )
    updated_at = models.DateTimeField(help_text="When the row last changed, UTC.")

    class Meta:
        """One row for each reference on a list; found by reference or by family name."""

        constraints = (models.UniqueConstraint(fields=["kind", "ref"], name="person_ref"),)
        indexes = (models.Index(fields=["kind", "family_name"], name="person_family_name"),)


class Peer(models.Model):
    """Another party's node, as its card describes it."""

    party = models.CharField(max_length=_PARTY_CHARS, unique=True, help_text="Code of the party.")
    role = models.CharField(max_length=10, help_text="bureau, mediator or observer.")
    card = models.BinaryField(help_text="The card's exact bytes.")
    added_at = models.DateTimeField(help_text="When the card was imported, UTC.")
    confirmed = models.BooleanField(
        default=False, help_text="True once its fingerprint was compared by voice or in person."
    )
    have_size = models.PositiveBigIntegerField(
        default=0, help_text="Entries of our log that its last bundle said it has."
    )


class LedgerEntry(models.Model):
    """One entry of one log, as its bytes stand in the tree."""

    log = models.CharField(max_length=255, help_text="Origin of the log.")
    index = models.PositiveBigIntegerField(help_text="Place in the log, from 0.")
    entry = models.BinaryField(help_text="The exact bytes, at most 65,535.")
    leaf_hash = models.BinaryField(help_text="Hash of the leaf, 32 bytes.")
    entry_sha256 = models.CharField(max_length=_SHA256_CHARS, help_text="Of the bytes.")
    type = models.CharField(max_length=40, help_text="Type of the entry.")
    case = models.CharField(max_length=64, help_text="Case to which it belongs.")
    author = models.CharField(max_length=_PARTY_CHARS, help_text="Party that signed it.")

    class Meta:
        """One entry at each place; read by place, by case or by hash."""

        constraints = (models.UniqueConstraint(fields=["log", "index"], name="entry_index"),)
        indexes = (
            models.Index(fields=["case", "index"], name="entry_case"),
            models.Index(fields=["entry_sha256"], name="entry_sha256"),
        )


class LogHead(models.Model):
    """The latest checkpoint of a log that this node has verified or signed."""

    origin = models.CharField(max_length=255, unique=True, help_text="Origin of the log.")
    size = models.PositiveBigIntegerField(help_text="Entries under the checkpoint.")
    root = models.BinaryField(help_text="Root of the tree, 32 bytes.")
    checkpoint = models.TextField(help_text="The signed note.")
    ours = models.BooleanField(help_text="True if this node sequences the log.")


class Draft(models.Model):
    """An entry that this node signed and has not yet seen in the log."""

    log = models.CharField(max_length=255, help_text="Origin of the log it is meant for.")
    seq = models.PositiveBigIntegerField(help_text="Our own count in that log, from 1.")
    entry = models.BinaryField(help_text="The exact signed bytes.")
    entry_sha256 = models.CharField(max_length=_SHA256_CHARS, unique=True, help_text="Of them.")
    created_at = models.DateTimeField(help_text="When it was signed, UTC.")
    sequenced_at = models.DateTimeField(null=True, help_text="When it was seen in the log, UTC.")

    class Meta:
        """A party signs one entry for each number: two would be a fork of its own chain."""

        constraints = (models.UniqueConstraint(fields=["log", "seq"], name="draft_seq"),)


class Blob(models.Model):
    """Data behind a root in the ledger: sent, received or carried by us, never in the ledger."""

    key = models.CharField(max_length=_SHA256_CHARS, help_text="Root or SHA-256.")
    case = models.CharField(max_length=64, help_text="Case to which it belongs.")
    purpose = models.CharField(max_length=40, help_text="What it is, such as final_list.")
    sender = models.CharField(max_length=_PARTY_CHARS, help_text="Party that disclosed it.")
    recipient = models.CharField(max_length=_PARTY_CHARS, help_text="Party it was sealed to.")
    data = models.BinaryField(help_text="Plain bytes (this database is encrypted), or sealed.")
    sealed = models.BooleanField(help_text="True if it is sealed to the recipient: we carry it.")
    acknowledged = models.BooleanField(
        default=False, help_text="True once the node that we gave it to said that it has it."
    )
    received_at = models.DateTimeField(help_text="When it was stored here, UTC.")

    class Meta:
        """One copy for each recipient."""

        constraints = (models.UniqueConstraint(fields=["key", "recipient"], name="blob_recipient"),)


class CaptiveLink(models.Model):
    """Our own mapping from a salted id of the ledger to a person on our held list."""

    case = models.CharField(max_length=64, help_text="Case in which the id is used.")
    captive_id = models.CharField(max_length=32, help_text="Salted id, 32 hexadecimal digits.")
    ref = models.CharField(max_length=_REF_CHARS, help_text="Our reference.")

    class Meta:
        """An id means one person in a case."""

        constraints = (models.UniqueConstraint(fields=["case", "captive_id"], name="captive_id"),)


class AccessLog(models.Model):
    """One read of people: who, when, what for; ids and counts only."""

    at = models.DateTimeField(help_text="When, UTC.")
    actor = models.CharField(max_length=64, help_text="Id of the user or of the action.")
    act = models.CharField(max_length=40, help_text="What was read, such as people.read.")
    subject = models.CharField(max_length=_REF_CHARS + 8, help_text="List, or list and reference.")
    person_count = models.PositiveIntegerField(help_text="How many people were read.")
    purpose = models.CharField(max_length=40, help_text="What for, in one word.")

    class Meta:
        """Read by subject: who saw this person."""

        indexes = (models.Index(fields=["subject", "at"], name="access_subject"),)
