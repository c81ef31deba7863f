# mypy: disallow-subclassing-any=False
# ruff: noqa: DJ008
# Django ships no types, so its classes are Any to the type checker. No model has a __str__:
# Django's own shows the number of the row, and ours would carry names into tracebacks.
"""The tables of one node: what it holds, whom it knows, what the ledger says.

Rules of this file:
- Tables are thin: no rule of an exchange stands here, only what is stored and what is unique.
- People are read through `access`, never through `Person` directly.
- The ledger's tables hold no personal data; entries are kept as the exact bytes received.
- Nothing is deleted but by an erasure: an import is undone by pointing back, a draft by its date.
- What names people is encrypted at rest once more. Marks are blind: equal for equal keys.
"""

from __future__ import annotations

from django.db import models

import homeward.node.settings  # noqa: F401 - models can be defined only after Django is set up
from homeward.node import desk, told  # noqa: F401 - these are tables too

_SHA256_CHARS, _PARTY_CHARS, _REF_CHARS, _CASE_CHARS = 64, 27, 128, 128
_BIRTH = ("birth_earliest", "birth_latest")
_FILTERED = ("power", "status", "sex", "health", "consent", "alive", *_BIRTH)
_KINDS = (("held", "held"), ("wanted", "wanted"))


class ListImport(models.Model):
    """One change of a list: a file that was read, or one person written on a page.

    Or a list of the other side's (source `them`), which is kept here and changes no list.
    """

    STATES = ("uploaded", "checked", "done", "undone", "discarded")

    kind = models.CharField(max_length=6, choices=_KINDS, help_text="Held or wanted list.")
    source = models.CharField(max_length=4, default="file", help_text="file or page.")
    state = models.CharField(max_length=9, default="done", help_text="One of STATES.")
    turn = models.PositiveBigIntegerField(
        null=True, unique=True, help_text="Place among the changes that were taken over, from 1."
    )
    file_sha256 = models.CharField(max_length=_SHA256_CHARS, help_text="Of the file's bytes.")
    file_name = models.CharField(max_length=255, help_text="As the user named it, without folders.")
    file = models.BinaryField(null=True, help_text="The file, encrypted, until it is done with.")
    columns = models.TextField(
        default="{}", help_text="JSON: title in the file -> our column, extra, or empty: left out."
    )
    header_sha256 = models.CharField(
        max_length=_SHA256_CHARS, default="", help_text="Of the titles: a known header's mapping."
    )
    findings = models.BinaryField(
        null=True, help_text="Samples, problems with their cells, likely duplicates; encrypted."
    )
    rows_to_fix = models.BinaryField(null=True, help_text="The bad rows as XLSX, encrypted.")
    imported_at = models.DateTimeField(help_text="When it was read, then taken over, UTC.")
    undone_at = models.DateTimeField(null=True, help_text="When it was taken back, UTC.")
    actor = models.CharField(max_length=64, help_text="Id of the user who read it.")
    row_count = models.PositiveIntegerField(default=0, help_text="Rows of the file, good and bad.")
    added_count = models.PositiveIntegerField(default=0, help_text="People not there before.")
    changed_count = models.PositiveIntegerField(
        default=0, help_text="People of whom a cell changed."
    )
    unchanged_count = models.PositiveIntegerField(default=0, help_text="People written just so.")
    problem_count = models.PositiveIntegerField(default=0, help_text="Cells that kept a row out.")

    class Meta:
        """Read by what counts: the latest change of a list, and those that were undone."""

        indexes = (models.Index(fields=["kind", "state", "turn"], name="change_turn"),)


class Shown(models.Model):
    """What stands beside an encrypted row: what one filters by, and blind marks."""

    kind = models.CharField(max_length=6, choices=_KINDS, help_text="Held or wanted list.")
    ref = models.CharField(max_length=_REF_CHARS, help_text="The bureau's own reference.")
    row_mark = models.CharField(
        max_length=32, help_text="Blind mark of the row: same row, same mark."
    )
    family_mark = models.CharField(max_length=16, help_text="Blind mark of the family name's key.")
    given_mark = models.CharField(max_length=16, help_text="Blind mark of the given name's key.")
    number_mark = models.CharField(max_length=16, help_text="Blind mark of the service number.")
    birth_earliest = models.DateField(null=True, help_text="First day the birth date can mean.")
    birth_latest = models.DateField(null=True, help_text="Last day the birth date can mean.")
    since = models.DateField(null=True, help_text="First day of capture, or of being missed.")
    power = models.CharField(max_length=_PARTY_CHARS, help_text="Power on which they depend.")
    status = models.CharField(max_length=10, help_text="Such as pow, civilian, medical.")
    sex = models.CharField(max_length=10, help_text="As the list writes it.")
    health = models.CharField(max_length=10, help_text="From good to grave, or unknown.")
    consent = models.CharField(max_length=10, help_text="As the holder reports it: a hint.")
    alive = models.CharField(max_length=10, help_text="yes, no or unknown.")

    class Meta:
        """No table of its own: a version has these columns, and who stands on a list copies them."""

        abstract = True


class PersonVersion(Shown):
    """What one change wrote of one person; never changed afterwards."""

    change = models.ForeignKey(
        ListImport, on_delete=models.PROTECT, help_text="The change that wrote it."
    )
    row = models.BinaryField(help_text="Every column of the row as JSON, encrypted at rest.")

    class Meta:
        """A change writes a person once; read by person, or all of a change."""

        constraints = (models.UniqueConstraint(fields=["change", "ref"], name="version_change"),)
        indexes = (models.Index(fields=["kind", "ref", "id"], name="version_person"),)


class Person(Shown):
    """Who stands on a list now: the latest version whose change was not undone."""

    version = models.ForeignKey(
        PersonVersion, on_delete=models.PROTECT, help_text="What counts of them."
    )

    class Meta:
        """One person for each reference on a list; each way of finding people has an index."""

        constraints = (models.UniqueConstraint(fields=["kind", "ref"], name="person_ref"),)
        indexes = (
            models.Index(fields=["kind", "family_mark"], name="person_family"),
            models.Index(fields=["kind", "given_mark"], name="person_given"),
            models.Index(fields=["kind", "number_mark"], name="person_number"),
            # Everything that a filter or a count reads, in both orders: neither opens a row.
            models.Index(fields=["kind", "ref", *_FILTERED, "since"], name="person_filters"),
            models.Index(fields=["kind", "since", "ref", *_FILTERED], name="person_since"),
        )


class KnownHeader(models.Model):
    """How the columns of a file with this header were meant the last time."""

    kind = models.CharField(max_length=6, choices=_KINDS, help_text="Held or wanted list.")
    header_sha256 = models.CharField(max_length=_SHA256_CHARS, help_text="Of the titles.")
    columns = models.TextField(help_text="JSON: title in the file -> our column.")

    class Meta:
        """One meaning for each header of a list."""

        constraints = (
            models.UniqueConstraint(fields=["kind", "header_sha256"], name="header_known"),
        )


class Job(models.Model):
    """Work that takes longer than a page may: what, how far, and how it ended."""

    STATES = ("waiting", "running", "done", "failed", "stopped")

    id = models.CharField(primary_key=True, max_length=32, help_text="Random; stands in addresses.")
    act = models.CharField(max_length=40, help_text="Which act, a key of `jobs.ACTS`.")
    arguments = models.TextField(help_text="JSON: ids and counts only, nothing about a person.")
    actor = models.CharField(max_length=64, help_text="Id of the user who asked for it.")
    state = models.CharField(max_length=7, default="waiting", help_text="One of STATES.")
    phase = models.CharField(max_length=40, default="", help_text="What it is doing, one word.")
    done_count = models.PositiveBigIntegerField(default=0, help_text="Steps done.")
    total_count = models.PositiveBigIntegerField(default=0, help_text="Steps in all; 0: unknown.")
    asked_to_stop = models.BooleanField(default=False, help_text="True once somebody said stop.")
    begun_count = models.PositiveSmallIntegerField(default=0, help_text="How often it began.")
    created_at = models.DateTimeField(help_text="When it was asked for, UTC.")
    started_at = models.DateTimeField(null=True, help_text="When it began (last), UTC.")
    ended_at = models.DateTimeField(null=True, help_text="When it ended, UTC.")
    result = models.TextField(default="{}", help_text="JSON: ids and counts only.")
    error = models.TextField(
        default="", help_text="JSON of the failure: kind, code, message, hint."
    )

    class Meta:
        """Taken in order of asking."""

        indexes = (models.Index(fields=["state", "created_at"], name="job_waiting"),)


class ApiToken(models.Model):
    """A program's key to an account: what the account may, it may read."""

    account = models.CharField(max_length=150, help_text="Name of the account.")
    name = models.CharField(max_length=64, help_text="What it is for, as its owner says.")
    token_sha256 = models.CharField(max_length=_SHA256_CHARS, unique=True, help_text="Of it.")
    created_at = models.DateTimeField(help_text="When it was made, UTC.")
    used_at = models.DateTimeField(null=True, help_text="When it was last used, UTC.")
    revoked_at = models.DateTimeField(null=True, help_text="When it was taken back, UTC.")


class OffList(models.Model):
    """Somebody of a list of ours who is shown to nobody, until put back; nobody is deleted."""

    kind = models.CharField(max_length=6, choices=_KINDS, help_text="Held or wanted list.")
    ref = models.CharField(max_length=_REF_CHARS, help_text="Our reference.")
    reason = models.CharField(max_length=40, help_text="Why, of the closed list of the ledger.")
    at = models.DateTimeField(help_text="Since when, UTC.")
    actor = models.CharField(max_length=64, help_text="Id of the user who took them off.")
    put_back_at = models.DateTimeField(null=True, help_text="Until when, UTC; null: now.")
    put_back_by = models.CharField(
        max_length=64, default="", help_text="Id of the user who put them back."
    )

    class Meta:
        """Nobody is off a list twice at a time."""

        constraints = (
            models.UniqueConstraint(
                fields=["kind", "ref"],
                condition=models.Q(put_back_at=None),
                name="off_list_person",
            ),
        )


class Disclosure(models.Model):
    """A look that two officers allow: one asks, another agrees, both are written down."""

    act = models.CharField(max_length=40, help_text="What would be shown, such as why.")
    case = models.CharField(max_length=_CASE_CHARS, help_text="In which case.")
    subject = models.CharField(max_length=64, help_text="Salted id, or a leg; never a name.")
    asked_by = models.CharField(max_length=64, help_text="Id of the first officer.")
    asked_at = models.DateTimeField(help_text="When, UTC.")
    agreed_by = models.CharField(max_length=64, default="", help_text="Id of the second officer.")
    agreed_at = models.DateTimeField(null=True, help_text="When, UTC.")


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
    posted = models.CharField(
        max_length=_SHA256_CHARS,
        default="",
        help_text="Of what the last bundle left out for it held.",
    )
    cosigned = models.TextField(default="", help_text="JSON: witness -> size of its word it has.")
    sent_number = models.PositiveBigIntegerField(
        default=0, help_text="Number of the last bundle written for it."
    )
    sent_sha256 = models.CharField(
        max_length=_SHA256_CHARS, default="", help_text="Of what that bundle said."
    )
    sealed_from = models.CharField(
        max_length=_SHA256_CHARS, default="", help_text="SHA-256 of what was last sealed to it."
    )
    sealed_sha256 = models.CharField(
        max_length=_SHA256_CHARS, default="", help_text="Of the sealed file in outbox/."
    )
    got_number = models.PositiveBigIntegerField(
        default=0, help_text="Highest number of its bundles that came."
    )
    got_gaps = models.TextField(
        default="[]", help_text="JSON: first and last number of each gap below it."
    )


class LedgerEntry(models.Model):
    """One entry of one log, as its bytes stand in the tree."""

    log = models.CharField(max_length=255, help_text="Origin of the log.")
    index = models.PositiveBigIntegerField(help_text="Place in the log, from 0.")
    entry = models.BinaryField(help_text="The exact bytes, at most 65,535.")
    leaf_hash = models.BinaryField(help_text="Hash of the leaf, 32 bytes.")
    entry_sha256 = models.CharField(max_length=_SHA256_CHARS, help_text="Of the bytes.")
    type = models.CharField(max_length=40, help_text="Type of the entry.")
    case = models.CharField(max_length=_CASE_CHARS, help_text="Case to which it belongs.")
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


class Witnessed(models.Model):
    """What this node last cosigned of a log: it never cosigns anything else of that size."""

    origin = models.CharField(max_length=255, unique=True, help_text="Origin of the log.")
    size = models.PositiveBigIntegerField(help_text="Entries under the checkpoint cosigned.")
    root = models.BinaryField(help_text="Root of the tree, 32 bytes.")


class Cosignature(models.Model):
    """A witness's signed word for a checkpoint: this node's own, or one that was carried here."""

    origin = models.CharField(max_length=255, help_text="Origin of the log.")
    size = models.PositiveBigIntegerField(help_text="Entries under the checkpoint.")
    party = models.CharField(max_length=_PARTY_CHARS, help_text="Party of the witness.")
    time = models.PositiveBigIntegerField(help_text="Seconds since 1970 that it states.")
    note = models.TextField(help_text="The checkpoint as the log signed it.")
    line = models.TextField(help_text="The witness's signature line.")

    class Meta:
        """One word of a witness for each size; read from the latest."""

        constraints = (
            models.UniqueConstraint(fields=["origin", "size", "party"], name="cosignature_once"),
        )


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
    case = models.CharField(max_length=_CASE_CHARS, help_text="Case to which it belongs.")
    purpose = models.CharField(max_length=40, help_text="What it is, such as final_list.")
    sender = models.CharField(max_length=_PARTY_CHARS, help_text="Party that disclosed it.")
    recipient = models.CharField(max_length=_PARTY_CHARS, help_text="Party it was sealed to.")
    data = models.BinaryField(help_text="Encrypted at rest with our own key, or sealed.")
    sealed = models.BooleanField(help_text="True if it is sealed to the recipient: we carry it.")
    acknowledged = models.BooleanField(
        default=False, help_text="True once the node that we gave it to said that it has it."
    )
    received_at = models.DateTimeField(help_text="When it was stored here, UTC.")
    erased = models.BooleanField(default=False, help_text="True once only hashes are left.")

    class Meta:
        """One copy for each recipient."""

        constraints = (models.UniqueConstraint(fields=["key", "recipient"], name="blob_recipient"),)


class CaseSecret(models.Model):
    """What salts the lines of a case, until the case is erased."""

    case = models.CharField(max_length=_CASE_CHARS, unique=True, help_text="Of the lines.")
    secret = models.BinaryField(help_text="32 bytes, encrypted at rest.")


class CaptiveLink(models.Model):
    """Our own mapping from a salted id of the ledger to a person on our held list."""

    case = models.CharField(max_length=_CASE_CHARS, help_text="Case in which the id is used.")
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


class Remembered(models.Model):
    """What all processes of the pages remember for a while, such as tries to sign in."""

    name = models.CharField(
        primary_key=True, max_length=_SHA256_CHARS, help_text="Hash of what it is."
    )
    value = models.TextField(help_text="JSON; nothing about a person of a list.")
    expires_at = models.FloatField(db_index=True, help_text="Seconds since 1970.")


class Comparison(models.Model):
    """Lists that were compared so that somebody can decide who is one person."""

    KINDS = ("answer", "held", "wanted")

    kind = models.CharField(max_length=6, help_text="For the answer of a case, or a list of ours.")
    case = models.CharField(max_length=_CASE_CHARS, help_text="Of an answer; else empty.")
    at = models.DateTimeField(help_text="When the lists were read, UTC.")
    actor = models.CharField(max_length=64, help_text="Id of the user who asked for it.")
    model = models.CharField(max_length=_SHA256_CHARS, help_text="Of the weights and tables.")

    class Meta:
        """The latest of each queue; a new one takes its place."""

        constraints = (models.UniqueConstraint(fields=["kind", "case"], name="comparison_queue"),)


class Proposal(models.Model):
    """Two records that may be one person, until somebody says so. Nothing is merged."""

    OUTCOMES = (*("waiting", "second", "disputed", "unsure"), *("same", "different", "settled"))

    id = models.CharField(
        primary_key=True, max_length=32, help_text="Blind mark of queue and pair; in addresses."
    )
    comparison = models.ForeignKey(Comparison, on_delete=models.CASCADE, help_text="What found it.")
    party = models.CharField(max_length=_PARTY_CHARS, help_text="Whose line; empty for a list.")
    pair_mark = models.CharField(max_length=32, help_text="Blind mark of both references.")
    left_key = models.CharField(max_length=32, help_text="Blind mark of the first reference.")
    right_key = models.CharField(max_length=32, help_text="Blind mark of the second reference.")
    left_mark = models.CharField(max_length=32, help_text="Blind mark of what the first says.")
    right_mark = models.CharField(max_length=32, help_text="Blind mark of what the second says.")
    verdict = models.CharField(max_length=11, help_text="very_likely, likely or possible.")
    distance = models.PositiveIntegerField(
        help_text="From the least weight of likely, in thousandths of a bit: near is unclear."
    )
    is_asked = models.BooleanField(help_text="True if somebody has to look at it.")
    outcome = models.CharField(
        max_length=9, default="waiting", help_text="What the decisions say: OUTCOMES."
    )
    content = models.BinaryField(
        help_text="References, the other party's line, reasons, levels, weight; encrypted."
    )

    class Meta:
        """Read by queue in order of doubt, and by person: who else may they be."""

        indexes = (
            models.Index(fields=["comparison", "distance", "id"], name="proposal_queue"),
            models.Index(fields=["left_key"], name="proposal_left"),
            models.Index(fields=["right_key"], name="proposal_right"),
        )


class Decision(models.Model):
    """What somebody said of two records: one link of a signed chain, never changed."""

    WORDS = ("same", "different", "unsure", "undone")

    number = models.PositiveBigIntegerField(unique=True, help_text="Place in the chain, from 1.")
    kind = models.CharField(max_length=6, help_text="As of the comparison.")
    party = models.CharField(max_length=_PARTY_CHARS, help_text="As of the proposal.")
    pair_mark = models.CharField(max_length=32, help_text="Blind mark of both references.")
    left_mark = models.CharField(max_length=32, help_text="Blind mark of what the first said.")
    right_mark = models.CharField(max_length=32, help_text="Blind mark of what the second said.")
    verdict = models.CharField(max_length=11, help_text="As it was shown.")
    word = models.CharField(max_length=9, help_text="One of WORDS.")
    actor = models.CharField(max_length=64, help_text="Id of the user who said it.")
    at = models.DateTimeField(help_text="When, UTC.")
    superseded_by = models.PositiveBigIntegerField(
        null=True, help_text="Number of the decision that took its place; null: it stands."
    )
    body = models.BinaryField(help_text="What was signed, canonical JSON, encrypted.")
    sha256 = models.CharField(max_length=_SHA256_CHARS, help_text="Of the plain body.")
    signature = models.BinaryField(help_text="Of the plain body, by the node's key.")

    class Meta:
        """Read by pair, and by who said it."""

        indexes = (
            models.Index(fields=["kind", "party", "pair_mark"], name="decision_pair"),
            models.Index(fields=["actor", "number"], name="decision_actor"),
        )


class Weights(models.Model):
    """What this node has learned from its decisions; the latest row counts."""

    text = models.TextField(help_text="The model, JSON; empty: the one that is shipped.")
    sha256 = models.CharField(max_length=_SHA256_CHARS, help_text="Of the text.")
    decision_count = models.PositiveIntegerField(help_text="Decided pairs it was learned from.")
    made_at = models.DateTimeField(help_text="When, UTC.")
    actor = models.CharField(max_length=64, help_text="Id of the user who asked for it.")
