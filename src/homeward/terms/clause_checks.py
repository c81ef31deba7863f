"""What a clause needs from the rest of the agreement, and what no two clauses may say.

Rules of this file:
- Whatever a clause names exists: category, party, clause, phase, column, scale.
- One calendar, one consent, one custodian: two would have to be reconciled by somebody.
- People who require one another in a circle are refused: they go together, and
  `both_ways` or `together` says so in one clause that everybody can read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from homeward.foundation.ids import PartyCode
from homeward.terms.clauses import (
    PHASE_MAX,
    Balance,
    Bundle,
    Clause,
    Consent,
    Escrow,
    Gate,
    Pair,
    Phase,
    Surplus,
    categories_of,
    flows_of,
)
from homeward.terms.places import Place

Placed = tuple[Clause, Place]

_PHASE = re.compile(r"phase ([1-9][0-9]{0,2})")
_GATED = (
    *("give", "all_of", "quota", "ratio", "balance", "pair", "named", "together"),
    *("bundle", "destination", "surplus", "remains"),
)
"""Kinds by which somebody goes, and whose release can therefore wait for a gate."""

_SINGLE: tuple[type[Clause], ...] = (Consent, Phase, Escrow)
"""Kinds of which an agreement has one at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """What of an agreement its clauses may name."""

    parties: tuple[PartyCode, ...]
    mediators: tuple[PartyCode, ...]
    categories: tuple[str, ...]
    pairings: tuple[str, ...]
    has_blocs: bool
    has_equivalents: bool


def verify_clauses(clauses: Sequence[Placed], rest: Rest) -> None:
    """Refuse clauses that do not fit one another or the rest of the agreement.

    Args:
        clauses: In the document's order, each with its place.
        rest: What they may name.

    Raises:
        InputError: The first that does not fit; it names what would.
    """
    seen: set[str] = set()
    for clause, place in clauses:
        if clause.id in seen:
            raise place.key("id").wrong("an id of its own", "an id used twice")
        seen.add(clause.id)
        for check in _CHECKS:
            check(clause, place, rest)
    for single in _SINGLE:
        of_kind = [(clause, place) for clause, place in clauses if isinstance(clause, single)]
        if len(of_kind) > 1:
            clause, place = of_kind[1]
            raise place.key("kind").wrong(f"one {clause.kind} clause", "two")
    _gates(clauses)
    _surpluses(clauses)
    _circles(clauses)


def phase_number(before: str) -> int | None:
    """Read `"phase N"` of a gate; None if it names a clause."""
    found = _PHASE.fullmatch(before)
    return int(found[1]) if found else None


def phase_count(phase: Phase | None) -> int:
    """Return how many phases an agreement has at most."""
    if phase is None:
        return 1
    return len(phase.days) or (phase.rounds if isinstance(phase.rounds, int) else PHASE_MAX)


def _names(clause: Clause, place: Place, rest: Rest) -> None:
    for key, name in categories_of(clause):
        if name not in rest.categories:
            expected = f"{'where' if key in {'for_each', 'give'} else key} = one of {', '.join(sorted(rest.categories))}"
            raise place.key(key).wrong(expected, name[:60])


def _parties(clause: Clause, place: Place, rest: Rest) -> None:
    for flow in flows_of(clause):
        if flow.holder not in rest.parties or flow.home not in rest.parties:
            key = next((k for k in ("flows", "flow", "for_each") if hasattr(clause, k)), "flows")
            raise place.key(key).wrong(
                f"flows between the parties {', '.join(rest.parties)}", str(flow)
            )
    if getattr(clause, "by", None) not in {None, *rest.parties}:
        raise place.key("by").wrong(f"by = a party, one of {', '.join(rest.parties)}", "another")
    for key in ("persons", "requires"):
        if not {person.holder for person in getattr(clause, key, ())} <= set(rest.parties):
            expected = f"people held by the parties {', '.join(rest.parties)}"
            raise place.key(key).wrong(expected, "another holder")
    if isinstance(clause, Gate):
        allowed = (*rest.parties, *rest.mediators)
        if clause.confirmed_by not in allowed:
            expected = f"confirmed_by = a party or a mediator, one of {', '.join(allowed)}"
            raise place.key("confirmed_by").wrong(expected, clause.confirmed_by)


def _scales(clause: Clause, place: Place, rest: Rest) -> None:
    if getattr(clause, "unit", None) == "equivalents" and not rest.has_equivalents:
        raise place.key("unit").wrong("[equivalents], for a clause that counts them", "none")
    if isinstance(clause, Balance) and clause.scope == "bloc" and not rest.has_blocs:
        raise place.key("scope").wrong("[blocs], for a balance of blocs", "none")
    if isinstance(clause, Pair) and clause.key not in rest.pairings:
        expected = (
            f"key = one of {', '.join(rest.pairings)} (free text only if [equivalents] is by it)"
        )
        raise place.key("key").wrong(expected, clause.key[:40])


_CHECKS: tuple[Callable[[Clause, Place, Rest], None], ...] = (_names, _parties, _scales)


def _gates(clauses: Sequence[Placed]) -> None:
    kinds = {clause.id: clause.kind for clause, _ in clauses}
    phase = next((clause for clause, _ in clauses if isinstance(clause, Phase)), None)
    for clause, place in clauses:
        if not isinstance(clause, Gate):
            continue
        number = phase_number(clause.before)
        if number is not None:
            if number > phase_count(phase):
                expected = f"before = a phase from 1 to {phase_count(phase)}"
                raise place.key("before").wrong(expected, clause.before)
            continue
        if kinds.get(clause.before) not in _GATED:
            allowed = [name for name, kind in kinds.items() if kind in _GATED]
            expected = 'before = "phase N", or the id of a clause by which people go'
            listed = f": one of {', '.join(allowed)}" if allowed else ""
            raise place.key("before").wrong(f"{expected}{listed}"[:1000], clause.before)


def _surpluses(clauses: Sequence[Placed]) -> None:
    taken: dict[object, str] = {}
    for clause, place in clauses:
        if isinstance(clause, Surplus):
            for flow in clause.flows:
                if flow in taken:
                    expected = f"flows of which clause {taken[flow]} says nothing"
                    raise place.key("flows").wrong(expected, str(flow))
                taken[flow] = clause.id


def _circles(clauses: Sequence[Placed]) -> None:
    """Refuse bundles by which somebody requires themselves through others."""
    bundles = [(c, p) for c, p in clauses if isinstance(c, Bundle) and not c.both_ways]
    places = {bundle.id: place for bundle, place in bundles}
    of_person: dict[object, list[str]] = {}
    for bundle, _ in bundles:
        for person in bundle.persons:
            of_person.setdefault(person, []).append(bundle.id)
    after = {
        bundle.id: sorted({each for p in bundle.requires for each in of_person.get(p, ())})
        for bundle, _ in bundles
    }
    circle = _circle(after)
    if circle:
        raise (
            places[circle[0]]
            .key("requires")
            .wrong(
                "nobody who requires themselves through others (both_ways = true says that people go "
                "only together)",
                f"a circle of the clauses {', '.join(circle)}",
            )
        )


def _circle(after: Mapping[str, Sequence[str]]) -> list[str]:
    """Find a circle in a graph, without recursion; each node is left once."""
    done: set[str] = set()
    for start in after:
        trail = [start]
        waiting = [iter(after[start])] if start not in done else []
        while waiting:
            following = next(waiting[-1], None)
            if following is None:
                waiting.pop()
                done.add(trail.pop())
            elif following in trail:
                return trail[trail.index(following) :]
            elif following not in done:
                trail.append(following)
                waiting.append(iter(after[following]))
    return []
