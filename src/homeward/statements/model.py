"""What was said, by whom, in which words; and what the record shows.

Rules of this file:
- A claim is one fact per source: two sources with different counts are two claims.
- A claim stands in the words of its document; a quotation that the text does not hold
  is refused.
- A count that a source withheld is a claim without a value: the handover itself is
  still claimed.
- A duration is how long somebody among those who went home had been held, in days.
- What a text says that a source left out stands beside the claims, in its own words.
- The record holds counts and countries, never a person. What the terms withhold, it
  does not tell.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from homeward.foundation.errors import InputError
from homeward.foundation.ids import Flow, PartyCode

Fact = Literal["leg", "mediator", "medical_checks", "duration", "total"]
Unit = Literal["soldiers", "civilians", "people", "remains"]
Qualifier = Literal["exact", "approx", "at_least", "at_most", "more_than", "dozens", "unstated"]
Value = int | str | None
Verdict = Literal[
    "contradicted",
    "differs_in_category",
    "differs_in_direction",
    "corroborated",
    "withheld",
    "omitted",
    "consistent_partial",
    "one_sided",
    "unverifiable",
]
"""One word for how those who took part, and the record, stand to one fact."""

TEXT_MAX_CHARS = 200_000
CLAIMS_MAX = 200
COUNT_MAX = 1_000_000
DAYS_MAX = 36_500
COUNTED: tuple[Fact, ...] = ("leg", "total")
OF_ONE_HOME: tuple[Fact, ...] = ("medical_checks", "duration")
SOURCE = re.compile(r"(narrator|foreign|both|[A-Z]{2}[A-Z0-9/-]{0,60}(\.[a-z0-9_]{1,40})?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One attributed assertion.

    `value` is a number of people for `leg` and `total`, of days for `duration`, a party for
    `mediator`, a country for `medical_checks`; None with the qualifier `unstated` where the
    source withheld it. A leg has `home`, `holder` and `unit`; medical checks and durations
    have `home`; a total has `unit`, and `home` if it counts one direction only. `source` is a
    party (`RU`), an office (`RU.defence_ministry`), `both`, `narrator` or `foreign`. `quoted`
    are its words, `at` where they begin (None: at their first place). `is_doubtful`: a
    machine read it and was not sure, so it contradicts nobody. `among` are numbers of some of
    these people that the source told with it.

    Raises:
        InputError: A part is missing or does not belong to this fact.
    """

    fact: Fact
    home: PartyCode | None = None
    holder: PartyCode | None = None
    unit: Unit | None = None
    value: Value
    qualifier: Qualifier = "exact"
    source: str
    document: str
    quoted: str
    at: int | None = None
    is_doubtful: bool = False
    among: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        if self.fact not in get_args(Fact):
            raise self._wrong("fact", f"one of {', '.join(get_args(Fact))}")
        if self.qualifier not in get_args(Qualifier):
            raise self._wrong("qualifier", f"one of {', '.join(get_args(Qualifier))}")
        if not SOURCE.fullmatch(self.source):
            raise self._wrong("source", "a party, an office, both, narrator or foreign")
        self._check_parts()
        self._check_value()

    def _check_parts(self) -> None:
        if self.fact == "leg" and (not self.home or not self.holder or self.home == self.holder):
            raise self._wrong("home and holder", "two different parties")
        if self.fact != "leg" and self.holder is not None:
            raise self._wrong("holder", "none, since only a leg has one")
        if (self.fact in OF_ONE_HOME) != (self.home is not None) and self.fact not in COUNTED:
            raise self._wrong("home", "the party whose people they were, and of a mediator none")
        if (self.fact in COUNTED) != (self.unit in get_args(Unit)):
            raise self._wrong("unit", f"one of {', '.join(get_args(Unit))} for a count, else none")

    def _check_value(self) -> None:
        if (self.value is None) != (self.qualifier in {"unstated", "dozens"}):
            raise self._wrong("value", "none exactly where the number is unstated or in dozens")
        if self.value is None:
            return
        if self.fact in COUNTED or self.fact == "duration":
            most = DAYS_MAX if self.fact == "duration" else COUNT_MAX
            if type(self.value) is not int or not 0 <= self.value <= most:
                raise self._wrong("value", f"a number from 0 to {most}")
        elif not isinstance(self.value, str) or self.qualifier != "exact":
            raise self._wrong("value", "the code of a party or country, with no qualifier")

    def _wrong(self, part: str, expected: str) -> InputError:
        return InputError(
            "statements.claim",
            f"Expected as {part} of a claim {expected}, found another.",
            hint="Transcribe the claim again from its words.",
            facts={"part": part},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """What a text says that a source left out: the others' people, or all (`is_silence`)."""

    source: str
    is_silence: bool
    at: int
    quoted: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One document and the claims in it, each found by its words.

    Raises:
        InputError: It is too long, or a claim belongs to another document or is quoted in
            words that the text does not hold.
    """

    document: str
    source: str
    published_on: dt.date
    claims: tuple[Claim, ...]
    text: str
    left_out: tuple[LeftOut, ...] = ()

    def __post_init__(self) -> None:
        if len(self.text) > TEXT_MAX_CHARS or len(self.claims) > CLAIMS_MAX:
            raise InputError(
                "statements.too_long",
                f"Expected at most {TEXT_MAX_CHARS} characters and {CLAIMS_MAX} claims, "
                f"found {len(self.text)} and {len(self.claims)}.",
                hint="Split the document at its headings.",
            )
        if not SOURCE.fullmatch(self.source):
            raise InputError(
                "statements.source",
                "Expected as source a party, an office, both, narrator or foreign, found another.",
                hint="Write UA, or UA.president for an office; narrator for the press.",
            )
        for number, claim in enumerate(self.claims, start=1):
            if claim.document != self.document or not self._holds(claim):
                raise InputError(
                    "statements.quotation",
                    f"Expected claim {number} in the words of its document, found other words.",
                    hint="Copy the words exactly, or leave the claim out.",
                    facts={"claim": number},
                )

    def _holds(self, claim: Claim) -> bool:
        if not claim.quoted:
            return False
        if claim.at is None:
            return claim.quoted in self.text
        return claim.at >= 0 and self.text.startswith(claim.quoted, claim.at)

    @property
    def withholds(self) -> tuple[Claim, ...]:
        """The claims whose number or name the source openly did not give."""
        return tuple(claim for claim in self.claims if claim.qualifier == "unstated")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What the record shows of one exchange: the one authority on who went home.

    `legs` counts living people per flow. `categories` counts some of them apart; with
    `civilians` among them the record also knows how many were soldiers. `longest_held` are the
    most days that anybody who went home to a party had been held. Flows in
    `withheld` took place, but the terms keep their numbers from the public.
    """

    date: dt.date
    legs: Mapping[Flow, int]
    mediators: tuple[PartyCode, ...] = ()
    medical_checks: Mapping[PartyCode, PartyCode] = field(default_factory=dict)
    categories: Mapping[Flow, Mapping[str, int]] = field(default_factory=dict)
    remains: Mapping[Flow, int] = field(default_factory=dict)
    longest_held: Mapping[PartyCode, int] = field(default_factory=dict)
    withheld: frozenset[Flow] = frozenset()

    def count(self, flow: Flow, unit: Unit) -> int | None:
        """Return how many went home on a flow, or None if the record does not tell.

        Args:
            flow: Holder and home.
            unit: What is counted.

        Returns:
            At least 0; None also for a flow of which the record shows nothing: another
            exchange may have taken it.
        """
        if flow in self.withheld:
            return None
        if unit == "remains":
            return self.remains.get(flow)
        people = self.legs.get(flow)
        civilians = self.categories.get(flow, {}).get("civilians")
        if unit == "people":
            return people
        if people is None or civilians is None:
            return None
        return civilians if unit == "civilians" else people - civilians

    def total(self, home: PartyCode | None, unit: Unit) -> int | None:
        """Return how many went home to `home`, or to anybody if it is None.

        Args:
            home: One direction only, or None for all.
            unit: What is counted.

        Returns:
            At least 0; None if the record does not tell one of the flows.
        """
        flows = set(self.remains if unit == "remains" else self.legs) | self.withheld
        counts = [self.count(flow, unit) for flow in flows if home in {None, flow.home}]
        told = [count for count in counts if count is not None]
        return sum(told) if counts and len(told) == len(counts) else None
