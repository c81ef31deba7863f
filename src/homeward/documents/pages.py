"""What stands on a manifest and on a receipt, before it is set in type.

Rules of this file:
- A page names its case, its leg and the ledger entry it was made from.
- The code on a page is `HOMEWARD1|case|leg|plan|ledger size`; made from invented
  people, it begins with `SIMULATION|`.
- Its day is that of the ledger entry; the day of printing stands apart from it.
- Limits are checked when a page is made: a page that exists can be printed.

Source: GC III art. 119 (transfer), art. 122 (what a bureau forwards).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from homeward.documents.labels import LABELS, Language
from homeward.foundation.errors import InputError
from homeward.foundation.ids import Flow, PartyCode

ROWS_MAX = 5_000
TEXT_MAX_CHARS = 300
_CASE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_PLAN_CHARS_IN_CODE = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A stop of a leg: a country and what is done there."""

    country: PartyCode
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestRow:
    """One captive on a manifest.

    `captive_id` is the salted id of 32 hexadecimal digits; the two names stand as each
    side wrote them; `born` is EDTF as on the list, empty if unknown.
    """

    captive_id: str
    name_holder: str
    name_home: str
    born: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who signs a receipt by hand: a party and its role (`holder`, `home`, `mediator`).

    A side on paper is `holder_unsigned` or `home_unsigned`: what the ledger has of it was
    received, unsigned, and the page says so.
    """

    party: PartyCode
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestPage:
    """The manifest of one leg.

    `on` is the day of the entry that issued it. `printed_at` is aware; it fixes the bytes
    of the file. `beside` is the language that stands beside the English, if there is one.

    Raises:
        InputError: A text or the list of rows is longer than a page can carry, or an id
            or a hash has another form.
    """

    case: str
    leg: Flow
    on: dt.date
    ledger_number: int
    ledger_size: int
    plan_sha256: str
    stops: tuple[Stop, ...]
    rows: tuple[ManifestRow, ...]
    printed_at: dt.datetime
    simulation: bool
    beside: Language | None = None

    def __post_init__(self) -> None:
        _check_head(self.case, self.plan_sha256, self.printed_at)
        if len(self.rows) > ROWS_MAX:
            raise _too_long("rows", len(self.rows), ROWS_MAX)
        for number, row in enumerate(self.rows, start=1):
            texts = (row.captive_id, row.name_holder, row.name_home, row.born, row.number)
            _check_texts(texts, where=f"row {number}")
        for stop in self.stops:
            _check_texts((stop.purpose,), where="stops")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptPage:
    """The receipt of one leg: counts and the two roots, never a name.

    `on` is the day of the entry that received them. `counts` are pairs of a step (a key of
    `LABELS`) and a number of people, printed in this order; `holder_root` and `home_root`
    are the Merkle roots over the captives' salted ids, as each side computed its own.
    `beside` is the language that stands beside the English, if there is one.

    Raises:
        InputError: A text is longer than a page can carry, or a hash has another form.
    """

    case: str
    leg: Flow
    on: dt.date
    ledger_number: int
    ledger_size: int
    plan_sha256: str
    counts: tuple[tuple[str, int], ...]
    holder_root: str
    home_root: str
    signers: tuple[Signer, ...]
    printed_at: dt.datetime
    simulation: bool
    beside: Language | None = None

    def __post_init__(self) -> None:
        _check_head(self.case, self.plan_sha256, self.printed_at)
        _check_sha256(self.holder_root, "holder_root")
        _check_sha256(self.home_root, "home_root")
        keys = {step for step, _ in self.counts} | {f"role_{each.role}" for each in self.signers}
        assert keys <= LABELS.keys(), "steps and roles are ours, and so are their words"


def qr_text(page: ManifestPage | ReceiptPage) -> str:
    """Return what the code on a page says.

    Args:
        page: The page that carries the code.

    Returns:
        ASCII, fields joined by `|`; it begins with `SIMULATION|` on a page that was made
        from invented people, so that no scanner takes it for a real one.
    """
    fields = (
        *(("SIMULATION",) if page.simulation else ()),
        "HOMEWARD1",
        page.case,
        str(page.leg),
        page.plan_sha256[:_PLAN_CHARS_IN_CODE],
        str(page.ledger_size),
    )
    return "|".join(fields)


def _check_head(case: str, plan_sha256: str, printed_at: dt.datetime) -> None:
    if not _CASE.fullmatch(case):
        raise InputError(
            "documents.case",
            "Expected a case id of at most 64 letters, digits and . _ : / -, found another form.",
            hint="Use the id under which the case was opened.",
        )
    _check_sha256(plan_sha256, "plan_sha256")
    if printed_at.tzinfo is None:
        raise InputError(
            "documents.printed_at",
            "Expected an instant with its time zone, found one without.",
            hint="Give the instant in UTC.",
        )


def _check_sha256(value: str, field: str) -> None:
    if not _SHA256.fullmatch(value):
        raise InputError(
            "documents.hash",
            f"Expected 64 hexadecimal digits in {field}, found {len(value)} characters of another form.",
            hint="Copy the hash from the ledger entry.",
            facts={"field": field},
        )


def _check_texts(texts: tuple[str, ...], *, where: str) -> None:
    longest = max(map(len, texts), default=0)
    if longest > TEXT_MAX_CHARS:
        raise _too_long(f"characters in one field of {where}", longest, TEXT_MAX_CHARS)


def _too_long(what: str, found: int, limit: int) -> InputError:
    return InputError(
        "documents.too_long",
        f"Expected at most {limit} {what}, found {found}.",
        hint="Split the leg into batches, or shorten the field on the list.",
        facts={"found": found, "limit": limit},
    )
