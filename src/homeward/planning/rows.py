"""From clauses to rows: whole-number sums over people and the ways they go.

Rules of this file:
- A row belongs to a clause. What it counts is a list of terms: people, how much each adds,
  and by which ways.
- A wish (`prefer`) has the same rows with slack: how much is missing, which a level above
  the objectives makes as small as it can be.
- In lockstep, ratios and balances hold in each phase, and so in all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from homeward.foundation.ids import Flow, PersonId
from homeward.planning.travellers import DEAD, EQUIVALENTS, Travellers, Whom, values_of
from homeward.planning.ways import AGREED, Way, part_name
from homeward.terms.agreed import Agreement
from homeward.terms.clauses import (
    Balance,
    Bundle,
    Cap,
    Clause,
    Give,
    Pair,
    Phase,
    Quota,
    Ratio,
    Remains,
    Surplus,
    Together,
)

LEAST_SHARE = "least_share"
"""The objective, and the name of its slack: thousandths of a party's people who return."""

MANY = 10_000_000
"""More than anybody can be short of: the bound of a slack that has no other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """People who count for a row, how much each adds, and by which ways.

    None for `phase`, `account` or `basis` means any.
    """

    whom: Whom
    factor: int = 1
    phase: int | None = None
    account: str | None = None
    basis: str | None = None

    def counts(self, way: Way) -> bool:
        """Say whether a way counts."""
        return (
            self.phase in (None, way.phase)
            and self.account in (None, way.account)
            and self.basis in (None, way.basis)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One inequality: `low <= what is counted, and the slacks, <= high`.

    `slacks`: name of a slack -> what a unit of it adds.
    """

    clause: str
    label: str
    low: int | None
    high: int | None
    terms: tuple[Term, ...]
    slacks: Mapping[str, int] = field(default_factory=dict)

    def allows(self, activity: int) -> bool:
        """Say whether so much keeps the clause."""
        above = self.low is None or activity >= self.low
        return above and (self.high is None or activity <= self.high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A slack of a wish: from 0 to `most` units, each of which `worth` says the value."""

    name: str
    clause: str
    most: int
    worth: int


def rows_of(
    clause: Clause, travellers: Travellers, phases: int
) -> tuple[tuple[Row, ...], tuple[Missing, ...]]:
    """Return the rows of a clause, and the slacks of a wish.

    Args:
        clause: Of the agreement.
        travellers: The agreement applied to the pool; only its lists of names are asked.
        phases: How many phases there are.
    """
    rows = tuple(_rows(clause, travellers, phases))
    if isinstance(clause, Pair) and clause.prefer:
        return _as_many_pairs(rows)
    return _wished(rows) if clause.prefer else (rows, ())


def _rows(clause: Clause, travellers: Travellers, phases: int) -> Iterator[Row]:
    agreement = travellers.agreement
    match clause:
        case Give() | Quota() | Cap() | Remains():
            yield from _numbers(clause, agreement)
        case Balance(unit=unit) if unit != "agreed":
            for phase in _phases(agreement, phases):
                yield from _balance(clause, agreement, phase)
        case Ratio():
            for phase in _phases(agreement, phases):
                yield from _ratio(clause, phase)
        case Pair():
            yield from _pairs(clause, agreement)
        case Together():
            yield from _together(clause, sorted(travellers.named(clause), key=str))
        case Bundle():
            yield from _bundle(clause, sorted(travellers.named(clause), key=str))
        case Phase():
            yield from _phase(clause, agreement, phases)


def _numbers(clause: Give | Quota | Cap | Remains, agreement: Agreement) -> Iterator[Row]:
    """Yield the rows of clauses that state numbers of people on flows."""
    match clause:
        case Give(flows=flows, count=count):
            apart = _flows_of_ratios(agreement)
            for flow in flows:
                account = clause.id if flow in apart else None
                term = Term(whom=Whom(flow=flow, where=clause.where), account=account)
                yield _row(clause, str(flow), count, count, [term])
        case Quota(flows=flows, scope="sum"):
            yield _row(clause, "together", clause.min, clause.max, _people(clause, flows))
        case Quota(flows=flows):
            for flow in flows:
                yield _row(clause, str(flow), clause.min, clause.max, _people(clause, [flow]))
        case Cap(by=by, flows=flows, max=most):
            if by is not None:
                flows = tuple(Flow(by, home) for home in sorted(agreement.parties) if home != by)
            yield _row(clause, by or "together", None, most, _people(clause, flows))
        case Remains():
            yield from _remains(clause)


def _row(
    clause: Clause, label: str, low: int | None, high: int | None, terms: Sequence[Term]
) -> Row:
    return Row(clause=clause.id, label=label, low=low, high=high, terms=tuple(terms))


def _people(clause: Quota | Cap, flows: Sequence[Flow]) -> list[Term]:
    unit = getattr(clause, "unit", "people")
    return [Term(whom=Whom(flow=flow, where=clause.where, unit=unit)) for flow in flows]


def _flows_of_ratios(agreement: Agreement) -> set[Flow]:
    ratios = [clause for clause in agreement.clauses if isinstance(clause, Ratio)]
    return {part.flow for ratio in ratios for part in ratio.give}


def _phases(agreement: Agreement, phases: int) -> list[int | None]:
    """Return the phases in each of which a clause holds; None for all together."""
    in_each = agreement.phase is not None and agreement.phase.lockstep
    return list(range(1, phases + 1)) if in_each else [None]


def _labelled(label: str, phase: int | None) -> str:
    return label if phase is None else f"{label}, phase {phase}"


def _balance(clause: Balance, agreement: Agreement, phase: int | None) -> Iterator[Row]:
    sides: dict[str, tuple[str, ...]] = {}
    if clause.scope == "party":
        sides = {code: (code,) for code in sorted(agreement.parties)}
    elif clause.scope == "bloc":
        sides = {name: tuple(group) for name, group in agreement.blocs.items()}
    owed = any(isinstance(other, Surplus) for other in agreement.clauses)
    for name, group in sides.items():
        signs = [(f, (f.holder in group) - (f.home in group)) for f in clause.flows]
        terms = [
            Term(
                whom=Whom(flow=flow, where=clause.where, unit=clause.unit),
                factor=sign,
                phase=phase,
                basis=AGREED if owed else None,
            )
            for flow, sign in signs
            if sign
        ]
        opening = sum(
            account.amount * ((account.debtor in group) - (account.creditor in group))
            for account in agreement.accounts
            if account.unit == clause.unit and phase in (None, 1)
        )
        yield _row(clause, _labelled(name, phase), opening, opening, terms)


def _ratio(clause: Ratio, phase: int | None) -> Iterator[Row]:
    counted = Whom(flow=clause.for_each.flow, where=clause.for_each.where)
    for number, part in enumerate(clause.give, 1):
        given = Whom(flow=part.flow, where=part.where)
        terms = [
            Term(whom=given, account=part_name(clause, number), phase=phase),
            Term(whom=counted, factor=-part.count, phase=phase),
        ]
        yield _row(clause, _labelled(f"part {number}", phase), 0, 0, terms)


def _pairs(clause: Pair, agreement: Agreement) -> Iterator[Row]:
    one, other = clause.flows
    for text in values_of(agreement, clause.key):
        yield _row(
            clause,
            f"{clause.key} {text or 'not known'}",
            0,
            0,
            [
                Term(
                    whom=Whom(flow=flow, where=clause.where, value=(clause.key, text)), factor=sign
                )
                for flow, sign in ((one, 1), (other, -1))
            ],
        )


def _person(person: PersonId, factor: int) -> Term:
    return Term(whom=Whom(person=person), factor=factor)


def _together(clause: Together, persons: Sequence[PersonId]) -> Iterator[Row]:
    for number, (one, other) in enumerate(pairwise(persons), 1):
        yield _row(clause, f"pair {number}", 0, 0, [_person(one, 1), _person(other, -1)])


def _bundle(clause: Bundle, persons: Sequence[PersonId]) -> Iterator[Row]:
    low = 0 if clause.both_ways else None
    for number, person in enumerate(persons, 1):
        for place, needed in enumerate(clause.requires, 1):
            terms = [_person(person, 1), _person(needed, -1)]
            yield _row(clause, f"{number} needs {place}", low, 0, terms)


def _remains(clause: Remains) -> Iterator[Row]:
    for flow in clause.flows:
        term = Term(whom=Whom(flow=flow, where=DEAD))
        yield _row(clause, str(flow), clause.min, clause.max, [term])
    if clause.balance == "equal":
        first = clause.flows[0]
        for flow in clause.flows[1:]:
            terms = [
                Term(whom=Whom(flow=of, where=DEAD), factor=sign)
                for of, sign in ((flow, 1), (first, -1))
            ]
            yield _row(clause, f"{flow} as {first}", 0, 0, terms)


def _phase(clause: Phase, agreement: Agreement, phases: int) -> Iterator[Row]:
    for phase in range(1, phases + 1):
        if clause.at_least and clause.flow is not None:
            whom = Whom(flow=clause.flow, where="all")
            dead = Whom(flow=clause.flow, where=DEAD)
            terms = [Term(whom=whom, phase=phase), Term(whom=dead, phase=phase)]
            low = clause.at_least[phase - 1]
            yield _row(clause, f"{clause.flow}, phase {phase}", low, None, terms)
        if clause.seats is not None:
            for flow in agreement.flows:
                term = Term(whom=Whom(flow=flow, where="all"), phase=phase)
                yield _row(clause, f"{flow}, phase {phase}", None, clause.seats, [term])
        if clause.equal:
            for code in sorted(agreement.parties):
                terms = [
                    Term(
                        whom=Whom(flow=flow, where="all"),
                        factor=(flow.holder == code) - (flow.home == code),
                        phase=phase,
                    )
                    for flow in agreement.flows
                    if code in (flow.holder, flow.home)
                ]
                yield _row(clause, f"{code}, phase {phase}", 0, 0, terms)


def _wished(rows: Sequence[Row]) -> tuple[tuple[Row, ...], tuple[Missing, ...]]:
    """Let every row miss its bounds; each unit that is missing costs one."""
    found, slacks = [], []
    for number, row in enumerate(rows):
        adds = {}
        for side, bound, sign in (("short", row.low, 1), ("over", row.high, -1)):
            if bound is not None:
                name = f"{row.clause} {number} {side}"
                adds[name] = sign
                most = row.low if side == "short" and row.low else MANY
                slacks.append(Missing(name=name, clause=row.clause, most=most, worth=-1))
        found.append(
            Row(
                clause=row.clause,
                label=row.label,
                low=row.low,
                high=row.high,
                terms=row.terms,
                slacks=adds,
            )
        )
    return tuple(found), tuple(slacks)


def _as_many_pairs(rows: Sequence[Row]) -> tuple[tuple[Row, ...], tuple[Missing, ...]]:
    """Count pairs: of each value no more than go on either flow."""
    found, slacks = [], []
    for number, row in enumerate(rows):
        name = f"{row.clause} {number} pairs"
        slacks.append(Missing(name=name, clause=row.clause, most=MANY, worth=1))
        for term in row.terms:
            own = Term(whom=term.whom)
            found.append(
                Row(
                    clause=row.clause,
                    label=f"{row.label}, {term.whom.flow}",
                    low=0,
                    high=None,
                    terms=(own,),
                    slacks={name: -1},
                )
            )
    return tuple(found), tuple(slacks)


def least_share_of(
    agreement: Agreement, could_go: Mapping[str, int]
) -> tuple[list[Row], list[Missing]]:
    """Return rows by which a slack is at most each party's share of people who return.

    Args:
        agreement: Whose objectives may ask for the least share.
        could_go: Flow -> how many could go home by it.

    Returns:
        A row for each party that has people held, and the slack, in thousandths; nothing
        where the agreement does not ask.
    """
    if all(objective.kind != LEAST_SHARE for objective in agreement.objectives):
        return [], []
    rows = []
    for code in sorted(agreement.parties):
        flows = [flow for flow in agreement.flows if flow.home == code]
        held = sum(could_go.get(str(flow), 0) for flow in flows)
        if held:
            rows.append(
                Row(
                    clause=LEAST_SHARE,
                    label=f"share of {code}",
                    low=0,
                    high=None,
                    terms=tuple(
                        Term(whom=Whom(flow=flow, where="all"), factor=1000) for flow in flows
                    ),
                    slacks={LEAST_SHARE: -held},
                )
            )
    return rows, [Missing(name=LEAST_SHARE, clause=LEAST_SHARE, most=1000, worth=1)]


def added_at_most(
    travellers: Travellers, row: Row, holder: str, moves: Mapping[tuple[str, Way], int]
) -> tuple[int, int]:
    """Return the least and the most that people of a list that is not here can add to a row.

    Args:
        travellers: Knows the scale of equivalents.
        row: The row.
        holder: Whose people.
        moves: (home, way) -> how many of them travel.
    """
    scale = travellers.agreement.equivalents
    heaviest = max(scale.weights.values(), default=1) if scale else 1
    least = most = 0
    for term in row.terms:
        whom = term.whom
        if whom.person is not None:
            count = int(whom.person.holder == holder)
        elif whom.flow is not None and whom.flow.holder == holder:
            count = sum(
                number
                for (home, way), number in moves.items()
                if home == whom.flow.home and term.counts(way)
            )
        else:
            continue
        weight = heaviest if whom.unit == EQUIVALENTS else 1
        least += min(0, term.factor * weight * count)
        most += max(0, term.factor * weight * count)
    return least, most
