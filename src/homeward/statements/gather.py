"""Gathers what each participant said on each fact of one exchange.

Rules of this file:
- Those who took part are the two sides and the mediators; the narrator has no voice.
- Of several claims by one source those published last count. Several numbers that it gives in
  one document for one flow are parts (an exchange, and people outside of it): the largest
  stands, the others and their sum are other ways to count. A party whose offices, or whose
  documents of one day, give different exact numbers has spoken, but has no settled voice.
- "People" and "soldiers" of one flow are one fact where every party that counts the one
  counts as many of the other.
- A side has left a leg out only if it spoke about the exchange and counted nobody of that
  flow in any unit (the living and remains apart), or if a text says so. Medical checks and
  durations are told by those who come home; nobody owes a total.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from homeward.foundation.ids import Flow, PartyCode
from homeward.statements.model import Claim, Fact, Record, Statement, Unit, Value

_LIVING: tuple[Unit, ...] = ("people", "soldiers", "civilians")
_UNITS: tuple[Unit | None, ...] = (*_LIVING, "remains", None)
_FACTS: tuple[Fact, ...] = ("leg", "mediator", "medical_checks", "duration", "total")

How = Literal["stated", "absence", "silence"]
"""How it shows that a side left a fact out: a text says it of this fact, the side spoke and did
not tell it, or a text says that the side said nothing at all."""


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
    differ. `elsewhere` are its exact numbers for the same flow in other units, its parts, and
    sums.
    """

    party: PartyCode
    spoke: bool
    claim: Claim | None
    elsewhere: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All that the rules look at, for one fact.

    `voices` made a claim on the very fact, `relatives` only on the flow in another unit.
    `record_elsewhere` are the record's numbers for the flow in other units. `omitted_by` are
    those who left it out, and how that shows. `is_mirrored`: one side tells it of one
    direction alone, and the other side the same number of the other direction alone.
    `explanation` is what sources say of a difference, None where they say nothing; `counts`
    are the exact numbers of people or soldiers that anybody gave of this flow, `parts` those of
    civilians and of people told among others.
    """

    voices: tuple[Voice, ...]
    relatives: tuple[Voice, ...]
    record: Value
    record_elsewhere: frozenset[int]
    omitted_by: tuple[tuple[PartyCode, How], ...]
    is_mirrored: bool = False
    explanation: str | None = None
    counts: frozenset[int] = frozenset()
    parts: frozenset[int] = frozenset()

    @property
    def said(self) -> list[Claim]:
        """The settled claims that give a value, in the order of the parties."""
        return [v.claim for v in self.voices if v.claim and v.claim.qualifier != "unstated"]


class Gathered:
    """The statements on one exchange and its record, looked up by fact."""

    def __init__(
        self,
        statements: Sequence[Statement],
        record: Record | None,
        explained: Mapping[PartyCode, str],
    ) -> None:
        in_order = sorted(statements, key=lambda s: (s.published_on, s.document))
        claims = [claim for statement in in_order for claim in statement.claims]
        self._record = record
        self._explained = explained
        self._sides = _sides(claims, record)
        self._mediators = _mediators(claims, record)
        self._units = self._joined_units(claims)
        self.claims: dict[Key, list[tuple[Claim, int]]] = {}
        self._told: dict[tuple[Fact, str, str], set[tuple[PartyCode, Value, bool]]] = {}
        self._days: dict[str, int] = {}
        self._spoke: set[PartyCode] = set()
        self._left_out: dict[PartyCode, How] = {}
        for statement in in_order:
            self._spoke |= self._speakers(statement.source)
            self._days[statement.document] = statement.published_on.toordinal()
            for claim in statement.claims:
                at = statement.text.index(claim.quoted) if claim.at is None else claim.at
                self._file(claim, at)
            for each in statement.left_out:
                for party in self._speakers(each.source):
                    self._left_out[party] = "silence" if each.is_silence else "stated"

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
        relatives = [v for v in voices if comparable and not v.spoke and v.elsewhere]
        spoken = tuple(voice for voice in voices if voice.spoke)
        if key.fact == "total":
            relatives = self._sums(key, spoken)
        is_living_leg = key.fact == "leg" and key.unit in _LIVING
        return Case(
            voices=spoken,
            relatives=tuple(relatives),
            record=self._recorded(key),
            record_elsewhere=self._recorded_elsewhere(key),
            omitted_by=self._silent(key),
            is_mirrored=self._is_mirrored(key, spoken),
            explanation=self._explained.get(key.home or PartyCode("")) if is_living_leg else None,
            counts=self._told_numbers(key, ("people", "soldiers"))
            if is_living_leg
            else frozenset(),
            parts=self._told_parts(key) if is_living_leg else frozenset(),
        )

    def _joined_units(self, claims: Sequence[Claim]) -> dict[tuple[str, str, Unit], Unit]:
        """Return which unit of a flow is read as which other, by home and holder."""
        said: dict[tuple[str, str], dict[Unit, dict[PartyCode, set[Value]]]] = {}
        for claim in claims:
            if claim.fact != "leg" or claim.unit not in ("people", "soldiers"):
                continue
            flow = said.setdefault((claim.home or "", claim.holder or ""), {})
            numbers = flow.setdefault(claim.unit, defaultdict(set))
            for party in self._speakers(claim.source):
                numbers[party] |= {claim.value} if claim.qualifier == "exact" else set()
        joined: dict[tuple[str, str, Unit], Unit] = {}
        for (home, holder), by_unit in said.items():
            people, soldiers = by_unit.get("people"), by_unit.get("soldiers")
            if people is None or soldiers is None:
                continue
            if all(numbers <= soldiers.get(party, set()) for party, numbers in people.items()):
                joined[home, holder, "people"] = "soldiers"
            elif all(numbers <= people.get(party, set()) for party, numbers in soldiers.items()):
                joined[home, holder, "soldiers"] = "people"
        return joined

    def _key(self, claim: Claim) -> Key:
        named = claim.value if claim.fact in ("mediator", "medical_checks") else None
        unit = claim.unit
        if unit is not None:
            unit = self._units.get((claim.home or "", claim.holder or "", unit), unit)
        return Key(fact=claim.fact, home=claim.home, holder=claim.holder, unit=unit, named=named)

    def _file(self, claim: Claim, start: int) -> None:
        key = self._key(claim)
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
        """Return a party's claims on this very fact, of each of its sources those of its last day."""
        by_source: dict[str, list[Claim]] = defaultdict(list)
        for claim, _ in self.claims.get(key, []):
            if party in self._speakers(claim.source):
                by_source[claim.source].append(claim)
        last: list[Claim] = []
        for claims in by_source.values():
            day = max(self._days[claim.document] for claim in claims)
            last += [claim for claim in claims if self._days[claim.document] == day]
        return last

    def _voice(self, key: Key, party: PartyCode) -> Voice:
        claims = self._last_claims(key, party)
        exact = [claim for claim in claims if claim.qualifier == "exact"]
        # What a machine was not sure of unsettles nothing that it was sure of.
        exact = [claim for claim in exact if not claim.is_doubtful] or exact
        settled = None
        if exact:
            whole = {_whole(exact, document) for document in {c.document for c in exact}}
            if len(whole) == 1:
                settled = next(c for c in exact if c.value in whole)
        elif claims:
            # A number before none, and always the same one, in whatever order the texts come.
            settled = min(claims, key=lambda c: (c.value is None, c.qualifier, str(c.value)))
        return Voice(
            party=party,
            spoke=bool(claims),
            claim=settled,
            elsewhere=self._elsewhere(key, party) | _parts(exact),
        )

    def _elsewhere(self, key: Key, party: PartyCode) -> frozenset[int]:
        counts: dict[Unit, int] = {}
        for unit in _LIVING if key.unit in _LIVING else ():
            for claim in self._last_claims(_in_unit(key, unit), party):
                if claim.qualifier == "exact" and isinstance(claim.value, int):
                    counts[unit] = max(claim.value, counts.get(unit, 0))
        return _other_numbers(counts, key.unit)

    def _sums(self, key: Key, spoken: Sequence[Voice]) -> list[Voice]:
        """Return who counted each direction apart and comes to the total that somebody else gave."""
        said = {voice.claim.value for voice in spoken if voice.claim}
        flows = {(k.home, k.holder) for k in self.claims if k.fact == "leg"}
        found = []
        for party in sorted(self._participants(key) - {voice.party for voice in spoken}):
            counts = [
                max(self._counted(home, holder, party), default=None)
                for home, holder in flows
                if key.home in {None, home}
            ]
            known = [count for count in counts if count is not None]
            if len(known) == len(counts) and sum(known) in said:
                elsewhere = frozenset({sum(known)})
                found.append(Voice(party=party, spoke=False, claim=None, elsewhere=elsewhere))
        return found

    def _counted(
        self, home: PartyCode | None, holder: PartyCode | None, party: PartyCode
    ) -> list[int]:
        keys = [Key(fact="leg", home=home, holder=holder, unit=u) for u in ("people", "soldiers")]
        claims = [claim for key in keys for claim in self._last_claims(key, party)]
        exact = [claim.value for claim in claims if claim.qualifier == "exact"]
        return [value for value in exact if isinstance(value, int)]

    def _told_numbers(self, key: Key, units: Sequence[Unit]) -> frozenset[int]:
        claims = [c for unit in units for c, _ in self.claims.get(_in_unit(key, unit), [])]
        exact = [claim.value for claim in claims if claim.qualifier == "exact"]
        return frozenset(value for value in exact if isinstance(value, int))

    def _told_parts(self, key: Key) -> frozenset[int]:
        living = [c for unit in _LIVING for c, _ in self.claims.get(_in_unit(key, unit), [])]
        among = {number for claim in living for number in claim.among}
        return self._told_numbers(key, ("civilians",)) | among

    def _is_mirrored(self, key: Key, spoken: Sequence[Voice]) -> bool:
        """Tell whether each side tells one number, each of another direction alone."""
        if key.fact != "leg" or key.unit not in ("civilians", "remains"):
            return False
        other = Key(fact="leg", home=key.holder, holder=key.home, unit=key.unit)
        here = {v.party: v.claim.value for v in spoken if v.claim and v.party in self._sides}
        there = {
            party: voice.claim.value
            for party in self._sides
            if (voice := self._voice(other, party)).claim is not None
        }
        return (
            len(here) == len(there) == 1
            and here.keys() != there.keys()
            and set(here.values()) == set(there.values()) != {None}
        )

    def _recorded(self, key: Key) -> Value:
        record = self._record
        if record is None:
            return None
        if key.fact == "mediator":
            return key.named if key.named in record.mediators else None
        if key.fact == "medical_checks":
            return record.medical_checks.get(key.home) if key.home else None
        if key.fact == "duration":
            return record.longest_held.get(key.home) if key.home else None
        assert key.unit is not None, "what is counted has a unit"
        if key.holder is None or key.home is None:
            return record.total(key.home, key.unit)
        flow = Flow(key.holder, key.home)
        count = record.count(flow, key.unit)
        if count is None and key.unit == "soldiers":
            # There are no more soldiers than people; fewer are no matter of this record.
            people = record.count(flow, "people")
            said = [c.value for c, _ in self.claims.get(key, []) if c.qualifier == "exact"]
            if (
                people is not None
                and said
                and all(isinstance(v, int) and v >= people for v in said)
            ):
                return people
        return count

    def _recorded_elsewhere(self, key: Key) -> frozenset[int]:
        counts: dict[Unit, int] = {}
        for unit in _LIVING if key.unit in _LIVING else ():
            found = self._recorded(_in_unit(key, unit))
            if isinstance(found, int):
                counts[unit] = found
        return _other_numbers(counts, key.unit)

    def _silent(self, key: Key) -> tuple[tuple[PartyCode, How], ...]:
        """Return the sides that left this fact out, and how that shows."""
        owed: dict[Fact, frozenset[PartyCode | None]] = {
            "leg": frozenset({key.home, key.holder}),
            "mediator": frozenset(self._sides),
            "medical_checks": frozenset({key.home}),
            "duration": frozenset({key.home}),
            "total": frozenset(),
        }
        told = {
            party
            for party, named, remains in self._told.get(_subject(key), ())
            if remains == (key.unit == "remains") and (named in {key.named, None} or not key.named)
        }
        found: list[tuple[PartyCode, How]] = []
        for party in sorted(self._sides - told):
            how = self._left_out.get(party)
            stated = how == "stated" and key.fact == "leg" and key.home != party
            if party not in owed[key.fact]:
                continue
            if stated or (how == "silence" and party not in self._spoke):
                found.append((party, how or "absence"))
            elif party in self._spoke:
                found.append((party, "absence"))
        return tuple(found)


def _sides(claims: Sequence[Claim], record: Record | None) -> frozenset[PartyCode]:
    flows = {Flow(claim.holder, claim.home) for claim in claims if claim.holder and claim.home}
    if record:
        flows |= {*record.legs, *record.remains, *record.withheld}
    return frozenset(party for flow in flows for party in (flow.holder, flow.home))


def _mediators(claims: Sequence[Claim], record: Record | None) -> frozenset[PartyCode]:
    named = {PartyCode(str(c.value)) for c in claims if c.fact == "mediator" and c.value}
    return frozenset(named | set(record.mediators if record else ()))


def _whole(exact: Sequence[Claim], document: str) -> Value:
    """Return the largest number that a document gives; of words the one that it gives."""
    values = {claim.value for claim in exact if claim.document == document}
    numbers = [value for value in values if isinstance(value, int)]
    return max(numbers) if numbers else next(iter(values))


def _parts(exact: Sequence[Claim]) -> frozenset[int]:
    """Return what else the numbers of one document can mean: parts, sums, some without others."""
    found: set[int] = set()
    for document in {claim.document for claim in exact}:
        numbers = {
            claim.value
            for claim in exact
            if claim.document == document and isinstance(claim.value, int)
        }
        if len(numbers) > 1:
            found |= (numbers - {max(numbers)}) | {sum(numbers)}
    for claim in exact:
        if isinstance(claim.value, int):
            found |= {number for some in claim.among for number in (some, claim.value - some)}
    return frozenset(found)


def _in_unit(key: Key, unit: Unit) -> Key:
    return Key(fact=key.fact, home=key.home, holder=key.holder, unit=unit)


def _subject(key: Key) -> tuple[Fact, str, str]:
    return key.fact, key.home or "", key.holder or ""


def _other_numbers(counts: dict[Unit, int], unit: Unit | None) -> frozenset[int]:
    """Return the numbers in other units, and those with civilians added or left out."""
    numbers = {number for other, number in counts.items() if other not in {unit, "civilians"}}
    civilians = counts.get("civilians")
    if civilians is not None:
        numbers |= {
            counts[other] + civilians for other in ("people", "soldiers") if other in counts
        }
        if counts.get("people", 0) > civilians:
            numbers.add(counts["people"] - civilians)
    return frozenset(numbers)
