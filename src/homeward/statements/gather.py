"""Gathers what each participant said on each fact of one exchange.

Rules of this file:
- Those who took part are the two sides and the mediators; the narrator has no voice.
- Of several claims by one source the one published last counts. A party whose offices
  give different exact numbers has spoken, but has no settled voice.
- A side is silent about a leg only if it spoke about the exchange and counted nobody of
  that flow in any unit (the living and remains apart). Medical checks are told by those
  who come home; nobody owes a total.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from homeward.foundation.ids import Flow, PartyCode
from homeward.statements.model import COUNTED, Claim, Fact, Record, Statement, Unit, Value

_LIVING: tuple[Unit, ...] = ("people", "soldiers", "civilians")
_UNITS: tuple[Unit | None, ...] = (*_LIVING, "remains", None)
_FACTS: tuple[Fact, ...] = ("leg", "mediator", "medical_checks", "total")


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What a fact is about; `named` is the mediator or the country, which is part of it."""

    fact: Fact
    home: PartyCode | None = None
    holder: PartyCode | None = None
    unit: Unit | None = None
    named: Value = None

    @property
    def order(self) -> tuple[int, str, str, int, str]:
        """Where the fact stands among others."""
        return (
            _FACTS.index(self.fact),
            self.home or "",
            self.holder or "",
            _UNITS.index(self.unit),
            str(self.named or ""),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """What one participant says on one fact.

    `spoke` tells that it made a claim; `claim` is the settled one, None if its offices
    differ. `elsewhere` are its exact numbers for the same flow in other units, and sums.
    """

    party: PartyCode
    spoke: bool
    claim: Claim | None
    elsewhere: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All that the rules look at, for one fact.

    `voices` made a claim on the very fact, `relatives` only on the flow in another unit.
    `record_elsewhere` are the record's numbers for the flow in other units.
    """

    voices: tuple[Voice, ...]
    relatives: tuple[Voice, ...]
    record: Value
    record_elsewhere: frozenset[int]
    omitted_by: tuple[PartyCode, ...]

    @property
    def said(self) -> list[Claim]:
        """The settled claims that give a value, in the order of the parties."""
        return [v.claim for v in self.voices if v.claim and v.claim.qualifier != "unstated"]


class Gathered:
    """The statements on one exchange and its record, looked up by fact."""

    def __init__(self, statements: Sequence[Statement], record: Record | None) -> None:
        in_order = sorted(statements, key=lambda s: (s.published_on, s.document))
        claims = [claim for statement in in_order for claim in statement.claims]
        self._record = record
        self._sides = _sides(claims, record)
        self._mediators = _mediators(claims, record)
        self.claims: dict[Key, list[tuple[Claim, int]]] = {}
        self._told: dict[tuple[Fact, str, str], set[tuple[PartyCode, Value, bool]]] = {}
        self._spoke: set[PartyCode] = set()
        for statement in in_order:
            self._spoke |= self._speakers(statement.source)
            for claim in statement.claims:
                self._file(claim, statement.text.index(claim.quoted))

    def facts(self) -> list[Key]:
        """Return the facts that were claimed or that the record shows, in a fixed order."""
        keys = set(self.claims)
        record = self._record
        if record:
            told = {(key.holder, key.home) for key in keys if key.fact == "leg"}
            keys |= {
                Key(fact="leg", home=flow.home, holder=flow.holder, unit="people")
                for flow in {*record.legs, *record.withheld}
                if (flow.holder, flow.home) not in told
            }
            keys |= {Key(fact="mediator", named=name) for name in record.mediators}
            keys |= {
                Key(fact="medical_checks", home=home, named=country)
                for home, country in record.medical_checks.items()
            }
        return sorted(keys, key=lambda key: key.order)

    def case(self, key: Key) -> Case:
        """Return what the participants and the record say on one fact."""
        voices = [self._voice(key, party) for party in sorted(self._participants(key))]
        comparable = key.unit in {"people", "soldiers"}
        return Case(
            voices=tuple(voice for voice in voices if voice.spoke),
            relatives=tuple(v for v in voices if comparable and not v.spoke and v.elsewhere),
            record=self._recorded(key),
            record_elsewhere=self._recorded_elsewhere(key),
            omitted_by=self._silent(key),
        )

    def _file(self, claim: Claim, start: int) -> None:
        key = _key(claim)
        self.claims.setdefault(key, []).append((claim, start))
        told = self._told.setdefault(_subject(key), set())
        for party in self._speakers(claim.source):
            self._spoke.add(party)
            told.add((party, key.named, key.unit == "remains"))

    def _speakers(self, source: str) -> frozenset[PartyCode]:
        """Return the participants that a source speaks for; none for the narrator."""
        if source == "both":
            return self._sides
        parties = source.partition(".")[0].split("/")
        return frozenset(map(PartyCode, parties)) & (self._sides | self._mediators)

    def _participants(self, key: Key) -> frozenset[PartyCode]:
        if key.fact == "leg":
            return frozenset(p for p in (key.home, key.holder) if p) | self._mediators
        return self._sides | self._mediators

    def _last_claims(self, key: Key, party: PartyCode) -> list[Claim]:
        """Return a party's claims on this very fact, the last of each of its sources."""
        last = {
            claim.source: claim
            for claim, _ in self.claims.get(key, [])
            if party in self._speakers(claim.source)
        }
        return list(last.values())

    def _voice(self, key: Key, party: PartyCode) -> Voice:
        claims = self._last_claims(key, party)
        exact = [claim for claim in claims if claim.qualifier == "exact"]
        differ = len({claim.value for claim in exact}) > 1
        settled = None if differ or not claims else (exact or claims)[-1]
        return Voice(
            party=party,
            spoke=bool(claims),
            claim=settled,
            elsewhere=self._elsewhere(key, party),
        )

    def _elsewhere(self, key: Key, party: PartyCode) -> frozenset[int]:
        counts: dict[Unit, int] = {}
        for unit in _LIVING if key.unit in _LIVING else ():
            for claim in self._last_claims(_in_unit(key, unit), party):
                if claim.qualifier == "exact" and isinstance(claim.value, int):
                    counts[unit] = claim.value
        return _other_numbers(counts, key.unit)

    def _recorded(self, key: Key) -> Value:
        record = self._record
        if record is None:
            return None
        if key.fact == "mediator":
            return key.named if key.named in record.mediators else None
        if key.fact == "medical_checks":
            return record.medical_checks.get(key.home) if key.home else None
        assert key.unit is not None, "what is counted has a unit"
        if key.holder is None or key.home is None:
            return record.total(key.home, key.unit)
        return record.count(Flow(key.holder, key.home), key.unit)

    def _recorded_elsewhere(self, key: Key) -> frozenset[int]:
        counts: dict[Unit, int] = {}
        for unit in _LIVING if key.unit in _LIVING else ():
            found = self._recorded(_in_unit(key, unit))
            if isinstance(found, int):
                counts[unit] = found
        return _other_numbers(counts, key.unit)

    def _silent(self, key: Key) -> tuple[PartyCode, ...]:
        """Return the sides that spoke about the exchange and left this fact out."""
        owed: dict[Fact, frozenset[PartyCode | None]] = {
            "leg": frozenset({key.home, key.holder}),
            "mediator": frozenset(self._sides),
            "medical_checks": frozenset({key.home}),
            "total": frozenset(),
        }
        told = {
            party
            for party, named, remains in self._told.get(_subject(key), ())
            if remains == (key.unit == "remains") and (named in {key.named, None} or not key.named)
        }
        return tuple(sorted(self._spoke & owed[key.fact] - told))


def _sides(claims: Sequence[Claim], record: Record | None) -> frozenset[PartyCode]:
    flows = {Flow(claim.holder, claim.home) for claim in claims if claim.holder and claim.home}
    if record:
        flows |= {*record.legs, *record.remains, *record.withheld}
    return frozenset(party for flow in flows for party in (flow.holder, flow.home))


def _mediators(claims: Sequence[Claim], record: Record | None) -> frozenset[PartyCode]:
    named = {PartyCode(str(c.value)) for c in claims if c.fact == "mediator" and c.value}
    return frozenset(named | set(record.mediators if record else ()))


def _key(claim: Claim) -> Key:
    named = None if claim.fact in COUNTED else claim.value
    return Key(fact=claim.fact, home=claim.home, holder=claim.holder, unit=claim.unit, named=named)


def _in_unit(key: Key, unit: Unit) -> Key:
    return Key(fact=key.fact, home=key.home, holder=key.holder, unit=unit)


def _subject(key: Key) -> tuple[Fact, str, str]:
    return key.fact, key.home or "", key.holder or ""


def _other_numbers(counts: dict[Unit, int], unit: Unit | None) -> frozenset[int]:
    """Return the numbers in other units, and the sums that civilians make with others."""
    numbers = {number for other, number in counts.items() if other not in {unit, "civilians"}}
    if "civilians" in counts:
        numbers |= {
            counts[other] + counts["civilians"]
            for other in ("people", "soldiers")
            if other in counts
        }
    return frozenset(numbers)
