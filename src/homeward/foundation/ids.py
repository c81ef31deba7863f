"""Names of parties, people and flows, and how they are written.

Rules of this file:
- A state is its ISO 3166-1 alpha-2 code (`UA`); a non-state party is `CC-NAME`
  (`YE-HOUTHI`); an invented country is `X` and a letter.
- A person is named by who holds them and the holder's own reference: `RU:RU-00017`.
- A flow is written `HOLDER -> HOME` and nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NewType

from homeward.foundation.errors import InputError

PartyCode = NewType("PartyCode", str)

_PARTY = re.compile(r"[A-Z]{2}(-[A-Z0-9]{2,24})?")
_REF_MAX_CHARS = 128


def parse_party(text: str) -> PartyCode:
    """Read the code of a party.

    Args:
        text: `"UA"`, `"YE-HOUTHI"`, `"XA"`.

    Returns:
        The same text, known to be well formed.

    Raises:
        InputError: The text is not a party's code.
    """
    if not isinstance(text, str) or not _PARTY.fullmatch(text):
        raise InputError(
            "ids.party",
            f"Expected a party's code such as UA or YE-HOUTHI, found {str(text)[:40]!r}.",
            hint="Use the ISO 3166 alpha-2 code, or CC-NAME for a party that is no state.",
        )
    return PartyCode(text)


@dataclass(frozen=True, slots=True, order=True)
class Flow:
    """People in the power of `holder` who go home to `home`."""

    holder: PartyCode
    home: PartyCode

    def __str__(self) -> str:
        """Return the flow as agreements write it."""
        return f"{self.holder} -> {self.home}"


def parse_flow(text: str) -> Flow:
    """Read `HOLDER -> HOME`.

    Args:
        text: A flow as an agreement writes it.

    Returns:
        The flow; its holder and its home differ.

    Raises:
        InputError: The text is no flow, or both ends are one party.
    """
    holder, arrow, home = str(text).partition("->")
    if not arrow:
        raise InputError(
            "ids.flow",
            f"Expected a flow such as 'RU -> UA', found {str(text)[:60]!r}.",
            hint="Write the holder, an arrow, and the party they go home to.",
        )
    flow = Flow(parse_party(holder.strip()), parse_party(home.strip()))
    if flow.holder == flow.home:
        raise InputError(
            "ids.flow",
            f"Expected two different parties in a flow, found {flow}.",
            hint="Nobody goes home from the party they already are with.",
        )
    return flow


@dataclass(frozen=True, slots=True, order=True)
class PersonId:
    """One person on one holder's list."""

    holder: PartyCode
    ref: str

    def __str__(self) -> str:
        """Return the id as agreements write it."""
        return f"{self.holder}:{self.ref}"


def parse_person(text: str) -> PersonId:
    """Read `HOLDER:ref`.

    Args:
        text: A person as an agreement writes them.

    Returns:
        The holder's code and the holder's own reference.

    Raises:
        InputError: The text does not have the form `HOLDER:ref`.
    """
    holder, colon, ref = str(text).partition(":")
    if not colon or not ref or len(ref) > _REF_MAX_CHARS:
        raise InputError(
            "ids.person",
            f"Expected a person such as 'RU:RU-00017', found {len(str(text))} characters of another form.",
            hint="Write the holder's code, a colon, and the reference on the holder's list.",
        )
    return PersonId(parse_party(holder.strip()), ref.strip())
